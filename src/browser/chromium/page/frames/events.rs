//! What a session tells of its frames.

use std::sync::Arc;

use serde::Deserialize;

use super::Frames;
use crate::browser::chromium::cdp::{Raw, SessionId, read};

/// `Page.frameAttached`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    frame_id: String,
    parent_frame_id: String,
}

/// `Page.frameDetached`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detached {
    frame_id: String,
    #[serde(default)]
    reason: String,
}

/// `Page.frameNavigated`
#[derive(Debug, Deserialize)]
struct Navigated {
    frame: Frame,
}

/// `Page.Frame`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Frame {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    pub(super) url: String,
    #[serde(default)]
    url_fragment: String,
}

/// `Page.navigatedWithinDocument`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NavigatedWithin {
    frame_id: String,
    url: String,
}

/// `Runtime.executionContextCreated`
#[derive(Debug, Deserialize)]
struct Created {
    context: Context,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    id: i64,
    #[serde(default)]
    aux_data: AuxData,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AuxData {
    is_default: bool,
    frame_id: String,
}

/// `Runtime.executionContextDestroyed`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Destroyed {
    execution_context_id: i64,
}

impl Frame {
    pub(super) fn whole_url(&self) -> String {
        format!("{}{}", self.url, self.url_fragment)
    }
}

impl Frames {
    /// Hears of an event of any of the page's sessions.
    pub(in crate::browser::chromium::page) fn event(
        &self,
        session: &SessionId,
        method: &str,
        params: &Raw,
    ) {
        match method {
            "Page.frameAttached" => self.attached(session, params),
            "Page.frameDetached" => self.detached(params),
            "Page.frameNavigated" => self.navigated(session, params),
            "Page.navigatedWithinDocument" => self.navigated_within(params),
            "Runtime.executionContextCreated" => self.context_created(session, params),
            "Runtime.executionContextDestroyed" => {
                if let Ok(event) = read::<Destroyed>(params) {
                    let id = event.execution_context_id;
                    self.state.lock().tree.forget_context(session, Some(id));
                }
            }
            "Runtime.executionContextsCleared" => {
                self.state.lock().tree.forget_context(session, None);
            }
            _ => {}
        }
    }

    /// Whether the main frame has a new document in the window that it had: the first one of a pop-up of the same site is in
    /// that of about:blank.
    pub(in crate::browser::chromium::page) fn keeps_window(&self, params: &Raw) -> bool {
        let Ok(Navigated { frame }) = read(params) else {
            return false;
        };
        let state = self.state.lock();
        let main = state.tree.get(&frame.id);
        *frame.id == *state.tree.main() && main.is_some_and(|frame| frame.context.is_some())
    }

    fn attached(&self, session: &SessionId, params: &Raw) {
        if let Ok(event) = read::<Attached>(params) {
            let mut state = self.state.lock();
            state
                .tree
                .attach(&event.frame_id, &event.parent_frame_id, session);
        }
    }

    fn detached(&self, params: &Raw) {
        match read::<Detached>(params) {
            // It goes on in another process.
            Ok(event) if event.reason == "swap" => {}
            Ok(event) => self.state.lock().tree.detach(&event.frame_id),
            Err(_) => {}
        }
    }

    fn navigated(&self, session: &SessionId, params: &Raw) {
        let Ok(Navigated { frame }) = read(params) else {
            return;
        };
        let mut state = self.state.lock();
        state.tree.empty(&frame.id);
        let url = frame.whole_url();
        if let Some(known) = state.tree.get_mut(&frame.id) {
            known.name = frame.name;
            known.url = url;
            known.session = Some(session.clone());
        }
    }

    fn navigated_within(&self, params: &Raw) {
        if let Ok(event) = read::<NavigatedWithin>(params)
            && let Some(frame) = self.state.lock().tree.get_mut(&event.frame_id)
        {
            frame.url = event.url;
        }
    }

    fn context_created(&self, session: &SessionId, params: &Raw) {
        let Ok(Created { context }) = read(params) else {
            return;
        };
        if !context.aux_data.is_default {
            return;
        }
        let mut state = self.state.lock();
        if let Some(frame) = state.tree.get_mut(&context.aux_data.frame_id) {
            frame.session = Some(session.clone());
            frame.context = Some(context.id);
        }
    }

    /// The names and addresses of a session's frames, as the browser has them now.
    pub(super) fn renew(&self, frames: Vec<Frame>) {
        let mut state = self.state.lock();
        for frame in frames {
            let url = frame.whole_url();
            if let Some(known) = state.tree.get_mut(&frame.id) {
                known.name = frame.name;
                known.url = url;
            }
        }
    }

    /// The frames in one, in their order.
    pub(super) fn children_of(&self, id: &str) -> Vec<Arc<str>> {
        self.state.lock().tree.children(id).to_vec()
    }
}
