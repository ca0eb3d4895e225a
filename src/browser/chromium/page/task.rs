//! The life of a page: from a tab to its end, and its commands in between.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Mutex as AsyncMutex, RwLockReadGuard};
use tracing::{debug, warn};

use super::moving::{self, Told};
use super::{GONE, Page, before, popups};
use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::{Command, Failure, null};
use crate::browser::chromium::cookies::all;
use crate::browser::chromium::handle::{Handle, Queues};
use crate::browser::chromium::place::Place;
use crate::browser::chromium::shared::Shared;
use crate::browser::chromium::tabs::{IDLE_AFTER, Tab};
use crate::lived;

/// How long what was begun before may take once the page is to be closed.
const CLOSE_GRACE: Duration = Duration::from_secs(2);
/// How long a page may take to answer at all, once a command of it has taken too long.
const WEDGED_AFTER: Duration = Duration::from_secs(2);
/// Commands that a page's document has nothing to do with. Before any other one the tab shows about:blank.
const BESIDE_DOCUMENT: [&str; 6] = ["on", "off", "answer", "releaseEvents", "set", "setContent"];
/// Commands that load another document.
const LOADS: [&str; 3] = ["open", "openUrl", "goto"];

/// Commands that others of the page may wait for. A page that moves to another tab takes them along.
type Beside = Arc<AsyncMutex<UnboundedReceiver<Command>>>;

/// What `createPage` asks for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    isolate: bool,
}

/// Makes a page, which takes commands at once: they wait for its tab. args: [number, { isolate }]
pub(in crate::browser::chromium) fn create(browser: &Arc<Shared>, command: &Command) {
    let reply = browser.reply(command.id, 0);
    let number = match command.args.get::<u64>(0, "the number of a page") {
        Ok(number) => number.unwrap_or_default(),
        Err(failure) => return reply.give(Err(failure)),
    };
    let wanted = match command.args.get::<Wanted>(1, "the options of a page") {
        Ok(wanted) => wanted.unwrap_or_default(),
        Err(failure) => return reply.give(Err(failure)),
    };
    let (handle, queues) = Handle::new();
    if !browser.enter(number, handle.clone()) {
        return reply.give(Err(Failure::new(
            "session not created",
            format!("session p{number} exists"),
        )));
    }
    reply.give(null());
    let living = begin(Arc::clone(browser), number, wanted, handle, queues);
    browser.spawn(&browser.stop, living);
}

/// The life of a page that is there already.
pub(super) fn adopt(page: Arc<Page>, tab: Tab, handle: Handle, queues: Queues) {
    let beside = Arc::new(AsyncMutex::new(queues.beside));
    page.spawn(run_beside(
        Arc::clone(&page),
        handle.clone(),
        Arc::clone(&beside),
    ));
    let browser = Arc::clone(&page.browser);
    let living = live(page, tab, handle, queues.commands, beside);
    browser.spawn(&browser.stop, living);
}

async fn begin(browser: Arc<Shared>, number: u64, wanted: Wanted, handle: Handle, queues: Queues) {
    let Queues {
        commands: mut queue,
        beside,
    } = queues;
    let place = Place {
        is_own: wanted.isolate,
        proxy: None,
    };
    match first_tab(&browser, &place).await {
        Ok((tab, unchanged)) => {
            let page = Page::new(&browser, number, &tab, &place);
            drop(unchanged);
            let beside = Arc::new(AsyncMutex::new(beside));
            page.spawn(run_beside(
                Arc::clone(&page),
                handle.clone(),
                Arc::clone(&beside),
            ));
            live(page, tab, handle, queue, beside).await;
        }
        Err(error) => {
            warn!(%error, number, "there is no tab for a page");
            browser.doubt();
            browser.leave(number);
            queue.close();
            while let Some(command) = queue.recv().await {
                let message = format!("Chromium has no tab for the page: {error}");
                let reply = browser.reply(command.id, number);
                reply.give(Err(Failure::new("no such window", message)));
            }
        }
    }
}

/// With it what keeps the cookies of all pages as they are.
async fn first_tab<'a>(
    browser: &'a Arc<Shared>,
    place: &Place,
) -> Result<(Tab, Option<RwLockReadGuard<'a, ()>>), CdpError> {
    let tab = browser.tabs.take(place).await?;
    let unchanged = all::fill(browser, &tab).await?;
    Ok((tab, unchanged))
}

/// Runs a page's commands until it is closed, then gives its tab back.
pub(super) async fn live(
    mut page: Arc<Page>,
    mut tab: Tab,
    handle: Handle,
    mut queue: UnboundedReceiver<Command>,
    beside: Beside,
) {
    let browser = Arc::clone(&page.browser);
    let number = page.number;
    let mut told = Told::default();
    // The last load has an answer when it is over.
    let mut is_answered = false;
    while let Some(command) = next(&page, &mut tab, &mut queue).await {
        let reply = browser.reply(command.id, number);
        if command.method == "close" {
            browser.leave(number);
            page.close();
            popups::close(&page);
            popups::drop_events(&page, page.events.release()).await;
            page.events.end();
            reply.give(null());
            break;
        }
        if command.method == GONE {
            reply.drop_unsaid();
            page.traces.soil();
            page.close();
            popups::close(&page);
            page.events.end();
            page.events.tell("gone", "[]");
            departed(&page, &mut queue).await;
            browser.leave(number);
            break;
        }
        if page.has_crashed() {
            reply.give(Err(Failure::crashed(number)));
            continue;
        }
        let is_load = LOADS.contains(&command.method.as_str());
        if let Some(place) = is_load.then(|| page.leaves()).flatten() {
            match moving::tab_for(&page, &place).await {
                Ok(other) => {
                    let next = Page::new(&browser, number, &other, &place);
                    let before = std::mem::replace(&mut page, next);
                    let old = std::mem::replace(&mut tab, other);
                    browser.spawn(&browser.stop, leave(before, old));
                    let running =
                        run_beside(Arc::clone(&page), handle.clone(), Arc::clone(&beside));
                    page.spawn(running);
                    told.tell(&page).await;
                }
                Err(error) => {
                    reply.give(Err(error.into()));
                    continue;
                }
            }
        }
        told.note(&command);
        // What was to be loaded may have shown nothing.
        let is_left = page.before.is_there() && is_answered && !page.loads.is_opening();
        if (tab.is_used || is_left) && needs_blank(&command) {
            tab.is_used = false;
            before::leave(&page).await;
        }
        let begins_spare = tab.is_apart && is_load;
        if shows_another(&command) {
            tab.is_used = false;
            is_answered = command.method == "open";
        }
        let Command {
            id, method, args, ..
        } = command;
        handle.begins(id);
        let closing = async {
            handle.closing().await;
            lived::sleep(CLOSE_GRACE).await;
        };
        tokio::select! {
            biased;
            () = page.run(&method, args, reply) => {}
            () = handle.expired() => {
                debug!(number, method, "a command is given up");
                page.traces.soil();
                go_on(&page).await;
            }
            () = closing => {
                debug!(number, method, "a command is given up, as its page is closed");
                page.traces.soil();
            }
        }
        handle.begins(0);
        if begins_spare {
            let tabs = Arc::clone(&browser.tabs);
            browser.spawn(&browser.stop, async move { tabs.prepare_spare().await });
        }
    }
    queue.close();
    while let Ok(command) = queue.try_recv() {
        // Dropped without an answer, it says that the page is closed.
        drop(browser.reply(command.id, number));
    }
    leave(page, tab).await;
}

/// The next command. A page that gets none leaves the document of the page before meanwhile.
async fn next(
    page: &Arc<Page>,
    tab: &mut Tab,
    queue: &mut UnboundedReceiver<Command>,
) -> Option<Command> {
    if tab.is_used {
        tokio::select! {
            biased;
            command = queue.recv() => return command,
            () = lived::sleep(IDLE_AFTER) => {}
        }
        tab.is_used = false;
        before::leave(page).await;
    }
    queue.recv().await
}

/// A page is done with a tab.
async fn leave(page: Arc<Page>, tab: Tab) {
    page.end();
    let visited = page.traces.take_origins();
    let tabs = Arc::clone(&page.browser.tabs);
    drop(page);
    tabs.give_back(tab, visited).await;
}

/// Whether the command puts another document in the place of what the tab shows.
fn shows_another(command: &Command) -> bool {
    let method = command.method.as_str();
    LOADS.contains(&method)
        || method == "setContent"
        || method == "set" && command.args.text(0) == "content"
}

/// A page that is gone has listeners as long as its events are kept.
async fn departed(page: &Arc<Page>, queue: &mut UnboundedReceiver<Command>) {
    while page.events.is_kept() {
        let command = tokio::select! {
            command = queue.recv() => command,
            () = page.events.released() => return,
        };
        let Some(Command {
            id, method, args, ..
        }) = command
        else {
            return;
        };
        let reply = page.browser.reply(id, page.number);
        reply.give(match method.as_str() {
            "on" => {
                let outcome = page.events.on(&args);
                popups::deliver_soon(page);
                outcome
            }
            "off" => page.events.off(&args),
            "releaseEvents" => popups::release(page, &args).await,
            "close" => {
                popups::drop_events(page, page.events.release()).await;
                null()
            }
            _ => Err(Failure::closed(page.number)),
        });
    }
}

/// Whether the command would see the emptied document of the page before.
fn needs_blank(command: &Command) -> bool {
    let method = command.method.as_str();
    if method == "set" && command.args.text(0) == "cookies" {
        // They are those of its address.
        return true;
    }
    if LOADS.contains(&method) {
        // Another fragment of the same address would load nothing.
        return command.args.text(0).contains('#');
    }
    !BESIDE_DOCUMENT.contains(&method)
}

/// Ends the script that a command waits for, so that the page can be used for what comes. One that does not answer all
/// the same is closed, as if by its own script.
async fn go_on(page: &Arc<Page>) {
    page.session.notify("Runtime.terminateExecution", json!({}));
    if page.loads.is_leaving() {
        // Chromium runs nothing while it waits for the next document.
        page.session.notify("Page.stopLoading", json!({}));
    }
    let answer = page
        .session
        .run("Runtime.evaluate", json!({ "expression": "1" }));
    if !matches!(lived::timeout(WEDGED_AFTER, answer).await, Ok(Ok(()))) {
        debug!(number = page.number, "a page does not answer");
        page.crash();
    }
}

/// Runs commands that others of the page may wait for.
async fn run_beside(page: Arc<Page>, handle: Handle, queue: Beside) {
    let mut queue = queue.lock().await;
    while let Some(Command {
        id, method, args, ..
    }) = queue.recv().await
    {
        let reply = page.browser.reply(id, page.number);
        if let Some(failure) = page.refusal(&method) {
            reply.give(Err(failure));
            continue;
        }
        let me = Arc::clone(&page);
        let handle = handle.clone();
        let expired = handle.begins_beside(id);
        let mut running = Box::pin(async move {
            tokio::select! {
                biased;
                () = me.run(&method, args, reply) => handle.ends_beside(id),
                _ = expired => {
                    debug!(number = me.number, method, "a command is given up");
                    go_on(&me).await;
                }
            }
        });
        // What it sends at once leaves before what the next one sends.
        if futures_util::poll!(&mut running).is_pending() {
            page.spawn(running);
        }
    }
}
