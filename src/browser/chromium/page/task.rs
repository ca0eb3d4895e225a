//! The life of a page: from a tab to its end, and its commands in between.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::debug;

use super::Page;
use crate::browser::chromium::command::{Command, Failure, null};
use crate::browser::chromium::handle::{Handle, Queues};
use crate::browser::chromium::shared::Shared;
use crate::lived;

/// How long what was begun before may take once the page is to be closed.
const CLOSE_GRACE: Duration = Duration::from_secs(2);

/// Makes a page, which takes commands at once: they wait for its tab.
pub(in crate::browser::chromium) fn create(browser: &Arc<Shared>, command: &Command) {
    let reply = browser.reply(command.id, 0);
    let number = match command.args.get::<u64>(0, "the number of a page") {
        Ok(number) => number.unwrap_or_default(),
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
    let living = live(Arc::clone(browser), number, handle, queues);
    browser.spawn(&browser.stop, living);
}

async fn live(browser: Arc<Shared>, number: u64, handle: Handle, queues: Queues) {
    let Queues {
        commands: mut queue,
        beside,
    } = queues;
    let tab = match browser.tabs.take().await {
        Ok(tab) => tab,
        Err(error) => {
            debug!(%error, number, "there is no tab for a page");
            browser.leave(number);
            return;
        }
    };
    let page = Page::new(&browser, number, &tab);
    page.spawn(run_beside(Arc::clone(&page), beside));
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
                page.session.notify("Runtime.terminateExecution", json!({}));
            }
            () = closing => debug!(number, method, "a command is given up, as its page is closed"),
        }
        handle.begins(0);
    }
    page.end();
    browser.tabs.give_back(tab);
}

/// Runs commands that others of the page may wait for.
async fn run_beside(page: Arc<Page>, mut queue: UnboundedReceiver<Command>) {
    while let Some(Command {
        id, method, args, ..
    }) = queue.recv().await
    {
        let reply = page.browser.reply(id, page.number);
        let running = Arc::clone(&page);
        page.spawn(async move { running.run(&method, args, reply).await });
    }
}
