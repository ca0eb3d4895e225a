//! The life of a page: from a tab to its end, and its commands in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::debug;

use super::Page;
use crate::browser::chromium::command::{Command, Failure, null};
use crate::browser::chromium::remote::Shared;
use crate::lived;

/// How long what was begun before may take once the page is to be closed.
const CLOSE_GRACE: Duration = Duration::from_secs(2);

/// How others reach a page.
#[derive(Clone, Debug)]
pub(in crate::browser::chromium) struct Handle(Arc<Contact>);

#[derive(Debug)]
struct Contact {
    commands: UnboundedSender<Command>,
    /// The command that runs; 0 for none.
    current: AtomicI64,
    /// Its time is over.
    expired: Notify,
    /// It is to be closed.
    closing: Notify,
}

impl Handle {
    fn new() -> (Self, UnboundedReceiver<Command>) {
        let (commands, queue) = unbounded_channel();
        let contact = Contact {
            commands,
            current: AtomicI64::new(0),
            expired: Notify::new(),
            closing: Notify::new(),
        };
        (Self(Arc::new(contact)), queue)
    }

    /// # Errors
    /// Gives the command back where the page is gone.
    pub(in crate::browser::chromium) fn send(&self, command: Command) -> Result<(), Command> {
        if command.method == "close" {
            self.0.closing.notify_one();
        }
        self.0.commands.send(command).map_err(|error| error.0)
    }

    /// The deadline of a command is over: the page need not go on with it.
    pub(in crate::browser::chromium) fn expire(&self, id: i64) {
        if self.0.current.load(Ordering::Acquire) == id {
            self.0.expired.notify_one();
        }
    }
}

/// Makes a page, which takes commands at once: they wait for its tab.
pub(in crate::browser::chromium) fn create(browser: &Arc<Shared>, command: &Command) {
    let reply = browser.reply(command.id, 0);
    let number = match command.args.get::<u64>(0, "the number of a page") {
        Ok(number) => number.unwrap_or_default(),
        Err(failure) => return reply.give(Err(failure)),
    };
    let (handle, queue) = Handle::new();
    if !browser.enter(number, handle.clone()) {
        return reply.give(Err(Failure::new(
            "session not created",
            format!("session p{number} exists"),
        )));
    }
    reply.give(null());
    let living = live(Arc::clone(browser), number, handle, queue);
    browser.spawn(&browser.stop, living);
}

async fn live(
    browser: Arc<Shared>,
    number: u64,
    handle: Handle,
    mut queue: UnboundedReceiver<Command>,
) {
    let tab = match browser.tabs.take().await {
        Ok(tab) => tab,
        Err(error) => {
            debug!(%error, number, "there is no tab for a page");
            browser.leave(number);
            return;
        }
    };
    let page = Page::new(&browser, number, &tab);
    while let Some(command) = queue.recv().await {
        let Command {
            id, method, args, ..
        } = command;
        let reply = browser.reply(id, number);
        if method == "close" {
            browser.leave(number);
            reply.give(null());
            break;
        }
        handle.0.current.store(id, Ordering::Release);
        let closing = async {
            handle.0.closing.notified().await;
            // It is still to come, for the loop.
            handle.0.closing.notify_one();
            lived::sleep(CLOSE_GRACE).await;
        };
        tokio::select! {
            biased;
            () = page.run(&method, args, reply) => {}
            () = handle.0.expired.notified() => {
                debug!(number, method, "a command is given up");
                page.session.notify("Runtime.terminateExecution", json!({}));
            }
            () = closing => debug!(number, method, "a command is given up, as its page is closed"),
        }
        handle.0.current.store(0, Ordering::Release);
    }
    page.end();
    browser.tabs.give_back(tab);
}
