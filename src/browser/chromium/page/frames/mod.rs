//! The frames of a page: which there are, where each is spoken to, and which one commands are about.
//!
//! A frame of another site may live in another process: it has a session of its own then, which is attached to that of its
//! parent (`Target.setAutoAttach`).

mod commands;
mod events;
mod focus;
mod tree;

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::browser::chromium::cdp::{CdpError, Session, SessionId};
use crate::browser::chromium::command::Failure;
pub(super) use commands::{command, property, set_content};
use tree::Tree;

/// The frames of one page.
#[derive(Debug)]
pub(super) struct Frames {
    main: Session,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tree: Tree,
    /// The sessions of frames of other sites.
    children: FxHashMap<SessionId, Session>,
}

/// Where scripts run: a session, and a context in it where it is not that of the main frame.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) session: Session,
    /// `Runtime.ExecutionContextId`
    pub(super) context: Option<i64>,
}

impl Scope {
    fn params(&self, expression: &str) -> Value {
        // What is null there is refused.
        match self.context {
            None => json!({ "expression": expression }),
            Some(id) => json!({ "expression": expression, "contextId": id }),
        }
    }

    /// Runs a script of ours whose outcome is of interest to nobody.
    pub(super) fn notify(&self, expression: &str) {
        let mut params = self.params(expression);
        params["silent"] = true.into();
        self.session.notify("Runtime.evaluate", params);
    }

    /// `Runtime.evaluate` of what gives a promise; the future waits for its outcome.
    ///
    /// # Errors
    /// [`CdpError`], of the future.
    pub(super) fn evaluate_promise<T: DeserializeOwned>(
        &self,
        expression: &str,
    ) -> impl Future<Output = Result<T, CdpError>> + Send + use<T> {
        let mut params = self.params(expression);
        params["awaitPromise"] = true.into();
        self.session.call_slow("Runtime.evaluate", params)
    }

    /// `Runtime.evaluate`; the future waits for its result.
    ///
    /// # Errors
    /// [`CdpError`], of the future.
    pub(super) fn evaluate<T: DeserializeOwned>(
        &self,
        expression: &str,
    ) -> impl Future<Output = Result<T, CdpError>> + Send + use<T> {
        self.session
            .call_slow("Runtime.evaluate", self.params(expression))
    }
}

impl Frames {
    /// `main` is the id of the main frame.
    pub(super) fn new(session: &Session, main: &str) -> Self {
        let state = State {
            tree: Tree::new(main, session.id()),
            children: FxHashMap::default(),
        };
        Self {
            main: session.clone(),
            state: Mutex::new(state),
        }
    }

    /// The main frame.
    pub(super) fn main(&self) -> Scope {
        Scope {
            session: self.main.clone(),
            context: None,
        }
    }

    /// The frame that the page is switched to.
    ///
    /// # Errors
    /// When its document is not there yet.
    pub(super) fn current(&self) -> Result<Scope, Failure> {
        let state = self.state.lock();
        if state.tree.is_at_main() {
            return Ok(self.main());
        }
        self.scope(&state, state.tree.current()).ok_or_else(|| {
            Failure::new(
                "no such frame",
                "the frame that the page is switched to has no document yet",
            )
        })
    }

    /// The document of a frame; none where it is not there.
    fn scope(&self, state: &State, id: &str) -> Option<Scope> {
        if id == state.tree.main() {
            return Some(self.main());
        }
        let frame = state.tree.get(id)?;
        Some(Scope {
            session: self.session(state, frame.session.as_ref())?,
            context: Some(frame.context?),
        })
    }

    fn session(&self, state: &State, id: Option<&SessionId>) -> Option<Session> {
        match id {
            None => Some(self.main.clone()),
            Some(id) if id == self.main.id() => Some(self.main.clone()),
            Some(id) => state.children.get(id).cloned(),
        }
    }

    /// A frame of another site has a session of its own from now on.
    pub(super) fn add_session(&self, session: &Session, frame: &str) {
        let mut state = self.state.lock();
        let _ = state.children.insert(session.id().clone(), session.clone());
        if let Some(frame) = state.tree.get_mut(frame) {
            frame.session = Some(session.id().clone());
            frame.context = None;
        }
    }

    /// A session is over.
    pub(super) fn remove_session(&self, id: &SessionId) {
        let mut state = self.state.lock();
        let _ = state.children.remove(id);
        state.tree.forget_context(id, None);
    }

    /// Every document that there is.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let state = self.state.lock();
        let ids = state.tree.ids();
        ids.iter().filter_map(|id| self.scope(&state, id)).collect()
    }

    /// The page's session, and those of its frames of other sites.
    pub(super) fn sessions(&self) -> Vec<Session> {
        let state = self.state.lock();
        std::iter::once(&self.main)
            .chain(state.children.values())
            .cloned()
            .collect()
    }

    pub(super) fn id_of_main(&self) -> Arc<str> {
        self.state.lock().tree.main_id()
    }
}
