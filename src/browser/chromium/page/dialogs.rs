//! Dialogs that a page really opens: where nobody listens, and where its scripts keep the browser's own functions. Each is
//! answered at once, or as soon as Node has.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::Page;
use crate::browser::chromium::cdp::{Raw, Session, SessionId, read};
use crate::browser::chromium::command::Failure;

/// `Page.javascriptDialogOpening`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opening {
    /// Chromium cuts it at 10,240 characters.
    message: Box<RawValue>,
    #[serde(rename = "type")]
    kind: String,
    default_prompt: Option<Box<RawValue>>,
}

/// What is said to a dialog.
#[derive(Debug, Default)]
struct Answer {
    accepts: bool,
    text: Option<String>,
}

/// Commands that a page's scripts must run for: they wait for a dialog that is open.
const NEEDS_SCRIPTS: [&str; 12] = [
    "evaluate",
    "evaluateJavaScript",
    "evaluateAsync",
    "get",
    "goto",
    "includeJs",
    "injectJs",
    "render",
    "renderBase64",
    "sendEvent",
    "uploadFile",
    "waitFor",
];

/// The dialogs of one page.
#[derive(Debug, Default)]
pub(super) struct Dialogs {
    /// Node is asked what to say to one.
    is_asked: AtomicBool,
}

impl Dialogs {
    /// Whether the page waits for one.
    pub(super) fn is_open(&self) -> bool {
        self.is_asked.load(Ordering::Acquire)
    }

    /// A command of a listener that a dialog waits for: it would wait for the dialog.
    pub(super) fn refuse(&self, method: &str) -> Option<Failure> {
        (self.is_asked.load(Ordering::Acquire) && NEEDS_SCRIPTS.contains(&method)).then(|| {
            Failure::new(
                "unexpected alert open",
                format!("{method}: the page waits for the answer to its dialog; answer it first"),
            )
        })
    }
}

/// `Page.javascriptDialogOpening`
pub(super) fn opening(page: &Page, session: &SessionId, params: &Raw) {
    let session = Session::new(&page.browser.connection, session.clone());
    let Ok(dialog) = read::<Opening>(params) else {
        return say(&session, &Answer::default());
    };
    let message = dialog.message.get();
    let (name, args) = match dialog.kind.as_str() {
        "alert" => {
            page.events.emit("onAlert", || format!("[{message}]"));
            return say(&session, &Answer::yes());
        }
        "prompt" => {
            let preset = dialog.default_prompt.as_ref().map_or("\"\"", |p| p.get());
            ("onPrompt", format!("[{message},{preset}]"))
        }
        _ => ("onConfirm", format!("[{message}]")),
    };
    let is_leaving = dialog.kind == "beforeunload";
    let asked = page.events.ask(name, &args).zip(page.me());
    let Some((answer, me)) = asked else {
        // As PhantomJS without a listener; but a page may always be left.
        let accepts = is_leaving;
        return say(
            &session,
            &Answer {
                accepts,
                text: None,
            },
        );
    };
    page.dialogs.is_asked.store(true, Ordering::Release);
    page.spawn(async move {
        let answer = answer.await.ok();
        me.dialogs.is_asked.store(false, Ordering::Release);
        let answer = answer.as_deref().map_or("null", RawValue::get);
        say(&session, &Answer::of(&dialog.kind, answer));
    });
}

impl Answer {
    fn yes() -> Self {
        Self {
            accepts: true,
            text: None,
        }
    }

    /// `answer` is JSON text.
    fn of(kind: &str, answer: &str) -> Self {
        let is_empty = ["null", "false", "0", "\"\""].contains(&answer);
        match kind {
            "prompt" if answer == "null" => Self::default(),
            "prompt" => Self {
                accepts: true,
                text: Some(serde_json::from_str(answer).unwrap_or_else(|_| answer.to_owned())),
            },
            // Without an answer the page is left.
            "beforeunload" => Self {
                accepts: answer == "null" || !is_empty,
                text: None,
            },
            _ => Self {
                accepts: !is_empty,
                text: None,
            },
        }
    }
}

fn say(session: &Session, answer: &Answer) {
    let params = match &answer.text {
        Some(text) => json!({ "accept": answer.accepts, "promptText": text }),
        None => json!({ "accept": answer.accepts }),
    };
    session.notify("Page.handleJavaScriptDialog", params);
}
