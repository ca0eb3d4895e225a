//! A tab that has had another page shows the emptied document of that page until this one has a document of its own. What
//! that document still does is not this page's: nobody hears of it, and nobody is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use serde::Deserialize;
use serde_json::json;

use super::Page;
use crate::browser::chromium::cdp::{Raw, Session, SessionId, read};
use crate::browser::chromium::tabs::{Tab, blank};

const GONE: u8 = 0;
const SHOWN: u8 = 1;
/// about:blank is on its way.
const LEFT: u8 = 2;

/// What is there of the page before.
#[derive(Debug)]
pub(super) struct Before(AtomicU8);

/// `Page.frameNavigated`
#[derive(Debug, Deserialize)]
struct Navigated {
    frame: Frame,
}

#[derive(Debug, Deserialize)]
struct Frame {
    id: String,
}

/// `Network.requestWillBeSent`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    frame_id: String,
}

/// `Page.javascriptDialogOpening`
#[derive(Debug, Deserialize)]
struct Opening {
    #[serde(rename = "type")]
    kind: String,
}

impl Before {
    pub(super) fn new(tab: &Tab) -> Self {
        Self(AtomicU8::new(if tab.is_used { SHOWN } else { GONE }))
    }

    /// Whether what the tab shows is not this page's.
    pub(super) fn is_there(&self) -> bool {
        self.0.load(Ordering::Acquire) != GONE
    }
}

/// Shows about:blank in its place.
pub(super) async fn leave(page: &Arc<Page>) {
    page.before.0.store(LEFT, Ordering::Release);
    // Its script context may only be made for the first script, and what Chromium tells of that is not this page's.
    let told = async {
        blank(&page.session).await?;
        page.session
            .run("Runtime.evaluate", json!({ "expression": "0" }))
            .await
    };
    if told.await.is_err() {
        page.traces.soil();
    }
    page.before.0.store(GONE, Ordering::Release);
}

/// Whether an event is none of this page's; what waits for an answer then has one.
pub(super) fn takes(page: &Page, session: &SessionId, method: &str, params: &Raw) -> bool {
    let state = page.before.0.load(Ordering::Acquire);
    if state == GONE {
        return false;
    }
    let is_own = |kind: &str, frame: &str| kind == "Document" && frame == page.target;
    let answer = |method: &'static str, args| {
        Session::new(&page.browser.connection, session.clone()).notify(method, args);
    };
    match method {
        "Page.frameNavigated" => {
            let is_main = read(params).is_ok_and(|Navigated { frame }| frame.id == page.target);
            if is_main && state == SHOWN {
                page.before.0.store(GONE, Ordering::Release);
            }
            false
        }
        "Page.javascriptDialogOpening" => {
            let accept = read(params).is_ok_and(|Opening { kind }| kind == "beforeunload");
            answer("Page.handleJavaScriptDialog", json!({ "accept": accept }));
            true
        }
        "Debugger.paused" => {
            answer("Debugger.resume", json!({}));
            true
        }
        // One that `Fetch` holds waits for this. It may be of the page's own document, which the browser's process has begun
        // to load before the renderer tells of it: so what is held of the page before goes on when its time is over.
        "Network.requestWillBeSent" => {
            !read(params).is_ok_and(|Sent { r#type, frame_id }| is_own(&r#type, &frame_id))
        }
        "Page.fileChooserOpened"
        | "Page.navigatedWithinDocument"
        | "Runtime.bindingCalled"
        | "Runtime.consoleAPICalled"
        | "Runtime.exceptionThrown" => true,
        _ => false,
    }
}
