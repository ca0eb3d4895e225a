//! What a page's scripts tell, and ask: `callPhantom`, dialogs, `onInitialized`.
//!
//! A document tells by the binding (`in_page/base.js`). A script that asks stands at a `debugger` statement behind that,
//! until the answer is put into its frame: so the page's other commands go on meanwhile, `evaluate` among them, and the
//! answer may take its time. A `debugger` statement of the page's own is passed over.

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::held::Held;
use super::{Page, files};
use crate::browser::chromium::cdp::{Raw, Session, SessionId, read};

const BEGIN: &str = "onInitialized";

/// The questions of one page.
#[derive(Debug, Default)]
pub(super) struct Questions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// What was asked last in a session: the script is about to be held.
    asked: FxHashMap<SessionId, Question>,
    /// Where a script is held.
    held: FxHashSet<SessionId>,
}

#[derive(Debug)]
struct Question {
    name: String,
    /// JSON text of an array.
    args: Box<RawValue>,
}

/// What a document tells: whether it waits for an answer (2) or not (1), the event, and its arguments; or the HTTP status
/// that it came with, and its size (0).
#[derive(Debug, Deserialize)]
struct Said(u8, String, Box<RawValue>);

/// `Runtime.bindingCalled`
#[derive(Debug, Deserialize)]
struct Called {
    name: String,
    payload: String,
}

/// `Debugger.paused`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paused {
    call_frames: Vec<CallFrame>,
}

/// `Debugger.CallFrame`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallFrame {
    call_frame_id: String,
}

impl Questions {
    /// Whether a script waits for an answer.
    pub(super) fn is_any_held(&self) -> bool {
        !self.0.lock().held.is_empty()
    }

    /// Nothing is held in this session any more.
    pub(super) fn forget(&self, session: &SessionId) {
        let mut state = self.0.lock();
        let _ = state.asked.remove(session);
        let _ = state.held.remove(session);
    }
}

/// `Runtime.bindingCalled`
pub(super) fn called(page: &Page, session: &SessionId, params: &Raw) {
    let Ok(Called { name, payload }) = read(params) else {
        return;
    };
    if name != page.browser.in_page.name() {
        return;
    }
    let Ok(Said(kind, name, args)) = serde_json::from_str(&payload) else {
        return;
    };
    if kind == 0 {
        if let Ok([status, size]) = serde_json::from_str::<[u64; 2]>(args.get()) {
            page.loads.answered(page, status as u32, size == 0);
        }
        return;
    }
    if name == BEGIN {
        if page.loads.has_begun() {
            return;
        }
        if *session == *page.session.id() {
            page.network.begun(page);
        }
    }
    if kind == 2 {
        let mut state = page.questions.0.lock();
        // In a script that runs while another one is held, nothing can be held.
        if !state.held.contains(session) {
            let _ = state.asked.insert(session.clone(), Question { name, args });
            return;
        }
    }
    match name.as_str() {
        BEGIN => {
            page.loads.begun();
            page.loads.first_initialized(page);
        }
        _ => page.events.emit(&name, || args.get().to_owned()),
    }
}

/// `Debugger.paused`
pub(super) fn paused(page: &Page, session: &SessionId, params: &Raw) {
    let session = Session::new(&page.browser.connection, session.clone());
    let frame = read::<Paused>(params)
        .ok()
        .and_then(|paused| paused.call_frames.into_iter().next());
    let question = {
        let mut state = page.questions.0.lock();
        let question = state.asked.remove(session.id());
        if question.is_some() {
            let _ = state.held.insert(session.id().clone());
        }
        question
    };
    match (question, frame, page.me()) {
        (Some(question), Some(frame), Some(me)) => {
            let held = Held {
                session,
                frame: frame.call_frame_id,
            };
            page.spawn(async move { answer(&me, question, held).await });
        }
        _ => session.notify("Debugger.resume", json!({})),
    }
}

/// `Debugger.resumed`
pub(super) fn resumed(page: &Page, session: &SessionId) {
    let _ = page.questions.0.lock().held.remove(session);
}

/// Lets Node answer, and the script go on.
async fn answer(page: &Arc<Page>, question: Question, held: Held) {
    let Question { name, args } = question;
    if name == BEGIN {
        page.loads.begun();
    }
    let answer = match page.events.ask(&name, args.get()) {
        Some(answer) => answer.await.ok(),
        None => None,
    };
    let answer = match &answer {
        Some(answer) if name == "onFilePicker" => {
            files::choose(&held, answer).await;
            "null"
        }
        Some(answer) => answer.get(),
        None => "null",
    };
    // Chromium takes `resume` before whatever waits for the page's thread: so that thread must be through with the answer,
    // and with all that Node has sent before. Where it fails there is nothing to go on.
    let _ = held
        .session
        .run(
            "Debugger.evaluateOnCallFrame",
            json!({
                "callFrameId": held.frame,
                "expression": format!("answer={}", json!(answer)),
                "silent": true,
            }),
        )
        .await;
    held.session.notify("Debugger.resume", json!({}));
}
