//! `onLongRunningScript`: a script of the page has run for too long, and may be stopped.
//!
//! PhantomJS 2.1.1 has the event, and never emits it. Nothing in Chromium says that a script runs, so a page that somebody
//! listens to is asked whether it answers.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::Page;
use crate::browser::chromium::command::{Outcome, null};
use crate::lived;

const NAME: &str = "onLongRunningScript";
/// QtWebKit's time, and that until the event comes again.
const LONG: u32 = 10;
/// How often it is looked whether a page answers.
const LOOK: Duration = Duration::from_secs(1);

/// What is known of a page's scripts.
#[derive(Debug, Default)]
pub(super) struct LongRunning {
    is_watched: AtomicBool,
    /// One runs for too long.
    is_long: AtomicBool,
}

/// Somebody may have begun to listen.
pub(super) fn watch(page: &Arc<Page>) {
    let is_heard = page.events.is_heard(NAME) && !page.events.is_kept();
    if !is_heard || page.long_running.is_watched.swap(true, Ordering::AcqRel) {
        return;
    }
    let me = Arc::clone(page);
    page.spawn(async move {
        while me.events.is_heard(NAME) && !me.has_crashed() {
            look(&me).await;
            lived::sleep(LOOK).await;
        }
        me.long_running.is_watched.store(false, Ordering::Release);
        // Whoever came meanwhile.
        watch(&me);
    });
}

/// Waits until the page answers.
async fn look(page: &Arc<Page>) {
    let mut answer =
        pin!(page.session.call_slow::<serde::de::IgnoredAny, _>(
            "Runtime.evaluate",
            json!({ "expression": "1" })
        ));
    let mut seconds = 0;
    while lived::timeout(LOOK, answer.as_mut()).await.is_err() {
        seconds = if waits(page) { 0 } else { seconds + 1 };
        if seconds < LONG {
            continue;
        }
        seconds = 0;
        page.long_running.is_long.store(true, Ordering::Release);
        if let Some(heard) = page.events.ask(NAME, "[]") {
            let _ = heard.await;
        }
    }
    page.long_running.is_long.store(false, Ordering::Release);
}

/// Whether the page does not answer for another reason.
fn waits(page: &Page) -> bool {
    page.loads.is_leaving() || page.questions.is_any_held() || page.dialogs.is_open()
}

/// `page.stopJavaScript()`: ends a script that has run for too long. No other one can be running while a command begins.
pub(super) async fn stop(page: &Arc<Page>) -> Outcome {
    if page.long_running.is_long.load(Ordering::Acquire) {
        page.session.notify("Runtime.terminateExecution", json!({}));
        // Where the script has just ended this is what ends.
        let _ = page
            .session
            .run("Runtime.evaluate", json!({ "expression": "1" }))
            .await;
    }
    null()
}
