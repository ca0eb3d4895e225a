//! Targets: what of a browser has a session of its own (CDP `Target`). Each is held when it begins, until its session is
//! made ready.

use serde::Deserialize;
use serde_json::json;

use super::cdp::Session;
use super::in_page::InPage;

/// `Target.attachedToTarget`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attached {
    pub(super) session_id: String,
    pub(super) target_info: TargetInfo,
}

/// `Target.TargetInfo`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetInfo {
    /// Of a page or frame also the frame's id.
    pub(super) target_id: String,
    pub(super) r#type: String,
    pub(super) opener_id: Option<String>,
    /// None where the browser has but its own.
    pub(super) browser_context_id: Option<String>,
}

/// `Target.detachedFromTarget`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Detached {
    pub(super) session_id: String,
}

/// Has the session of a page or a frame tell of its documents, in each of which our own functions are.
pub(super) fn tell_of_document(session: &Session, in_page: &InPage) {
    session.notify("Page.enable", json!({}));
    session.notify("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
    session.notify("Runtime.enable", json!({}));
    in_page.prepare(session);
}

/// Lets a held target go on: its session is ready, and its children are held like itself.
pub(super) fn go_on(session: &Session) {
    session.notify(
        "Target.setAutoAttach",
        json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true }),
    );
    session.notify("Runtime.runIfWaitingForDebugger", json!({}));
}

/// `Page.getFrameTree`; `F` has what is wanted of each frame.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound = "F: Deserialize<'de>")]
pub(super) struct Frames<F> {
    frame_tree: FrameTree<F>,
}

/// `Page.FrameTree`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound = "F: Deserialize<'de>")]
struct FrameTree<F> {
    frame: F,
    #[serde(default)]
    child_frames: Vec<FrameTree<F>>,
}

impl<F> Frames<F> {
    /// The main frame.
    pub(super) fn main(self) -> F {
        self.frame_tree.frame
    }

    /// The main frame, then each of the others behind the one that it is in.
    pub(super) fn all(self) -> Vec<F> {
        let mut all = Vec::new();
        self.frame_tree.add_to(&mut all);
        all
    }
}

impl<F> FrameTree<F> {
    fn add_to(self, all: &mut Vec<F>) {
        all.push(self.frame);
        for child in self.child_frames {
            child.add_to(all);
        }
    }
}
