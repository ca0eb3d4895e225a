//! What a page writes to its console.

use serde::Deserialize;
use serde_json::json;

use super::Page;
use super::errors::{self, StackTrace, Step};
use super::remote_object::RemoteObject;
use crate::browser::chromium::cdp::{Raw, read};

/// What PhantomJS takes for a message. The rest (`table`, `count`, `group`, `time`, …) it leaves out.
const MESSAGES: [&str; 7] = ["log", "info", "debug", "warning", "dir", "dirxml", "trace"];
/// What it takes for an error.
const ERRORS: [&str; 2] = ["error", "assert"];

/// `Runtime.consoleAPICalled`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Called {
    #[serde(rename = "type")]
    kind: String,
    args: Vec<RemoteObject>,
    stack_trace: Option<StackTrace>,
}

/// `Runtime.consoleAPICalled`
pub(super) fn called(page: &Page, params: &Raw) {
    let Ok(called) = read::<Called>(params) else {
        return;
    };
    // `console.log()` says nothing.
    if called.args.is_empty() {
        return;
    }
    if MESSAGES.contains(&called.kind.as_str()) {
        if page.events.is_heard("onConsoleMessage") && page.flood.admits() {
            page.events
                .emit("onConsoleMessage", || format!("[{}]", joined(&called.args)));
        }
    } else if ERRORS.contains(&called.kind.as_str()) && page.flood.admits() {
        let message: Vec<String> = called.args.iter().map(RemoteObject::text).collect();
        let step = Step::of_file(called.stack_trace.as_ref());
        errors::report(page, &message.join(" "), &[step]);
    }
}

/// All arguments with spaces between, as JSON text. A single string passes as it is.
fn joined(args: &[RemoteObject]) -> String {
    if let [only] = args
        && let Some(text) = only.string()
    {
        return text.get().to_owned();
    }
    let texts: Vec<String> = args.iter().map(RemoteObject::text).collect();
    json!(texts.join(" ")).to_string()
}
