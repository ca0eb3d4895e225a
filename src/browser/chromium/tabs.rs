//! Tabs: made when they are needed, used again once they are as new.

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;
use tracing::debug;

use super::cdp::{CdpError, Connection, Session};

/// One tab of the browser, with its session.
#[derive(Debug)]
pub(super) struct Tab {
    /// Also the id of its main frame.
    pub(super) target: String,
    pub(super) session: Session,
}

/// All of one browser's.
#[derive(Debug)]
pub(super) struct Tabs {
    connection: Connection,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Tab>,
    /// Sessions that came before the answer to `Target.createTarget`, by target.
    attached: FxHashMap<String, Session>,
    /// Who waits for the session of a target.
    awaited: FxHashMap<String, oneshot::Sender<Session>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    target_id: String,
}

/// `Target.TargetInfo`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetInfo {
    pub(super) target_id: String,
    pub(super) opener_id: Option<String>,
}

impl Tabs {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            state: Arc::default(),
        }
    }

    /// A tab that shows nothing yet.
    ///
    /// # Errors
    /// When the browser makes none.
    pub(super) async fn take(&self) -> Result<Tab, CdpError> {
        if let Some(tab) = self.state.lock().idle.pop() {
            return Ok(tab);
        }
        let root = Session::root(&self.connection);
        let created = root
            .call::<Created, _>("Target.createTarget", json!({ "url": "about:blank" }))
            .await?;
        let session = self.session_of(&created.target_id).await?;
        let tab = Tab {
            target: created.target_id,
            session,
        };
        Ok(tab)
    }

    /// The session of a target that was made.
    async fn session_of(&self, target: &str) -> Result<Session, CdpError> {
        let session = {
            let mut state = self.state.lock();
            match state.attached.remove(target) {
                Some(session) => return Ok(session),
                None => {
                    let (sender, receiver) = oneshot::channel();
                    let _ = state.awaited.insert(target.to_owned(), sender);
                    receiver
                }
            }
        };
        session.await.map_err(|_| CdpError::Gone {
            method: "Target.attachedToTarget",
        })
    }

    /// A tab is there, held until it is told to go on.
    pub(super) fn attached(&self, session: Session, target: TargetInfo) {
        prepare(&session);
        let mut state = self.state.lock();
        match state.awaited.remove(&target.target_id) {
            Some(waiting) => drop(waiting.send(session)),
            None => {
                let _ = state.attached.insert(target.target_id, session);
            }
        }
    }

    /// A page is done with its tab.
    pub(super) fn give_back(&self, tab: Tab) {
        debug!(target = tab.target, "a tab is closed");
        self.connection.forget(tab.session.id());
        Session::root(&self.connection)
            .notify("Target.closeTarget", json!({ "targetId": tab.target }));
    }
}

/// All at once: a held tab answers most of it when it goes on.
fn prepare(session: &Session) {
    session.notify("Page.enable", json!({}));
    session.notify("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
    session.notify("Runtime.enable", json!({}));
    session.notify(
        "Target.setAutoAttach",
        json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true }),
    );
    session.notify("Runtime.runIfWaitingForDebugger", json!({}));
}
