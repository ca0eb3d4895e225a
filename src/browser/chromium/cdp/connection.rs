//! One connection to a browser: commands and their replies, events to whoever listens to a session.
//!
//! What comes is handled by the task that reads it, in order: a listener hears of an event before the caller of a command
//! hears of a reply that came behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use tracing::{trace, warn};

use super::error::CdpError;
use super::message::{Incoming, Raw, Refusal, read};
use super::session_id::SessionId;

/// Chromium ends the connection at a command of more than 100 MiB.
const LONGEST: usize = 64 << 20;

/// Where commands leave.
pub(in crate::browser::chromium) trait Outlet:
    Send + Sync + std::fmt::Debug
{
    /// Sends one text. Must not block.
    fn send(&self, text: &[u8]);
}

/// Who hears of what happens in a session. Called by the task that reads; must not block.
pub(in crate::browser::chromium) trait Listener: Send + Sync {
    fn event(&self, session: &SessionId, method: &str, params: &Raw);
}

/// A connection; its clones are the same one.
#[derive(Clone, Debug)]
pub(in crate::browser::chromium) struct Connection(Arc<Shared>);

struct Shared {
    outlet: Box<dyn Outlet>,
    last_id: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_over: bool,
    waiting: FxHashMap<u64, Waiting>,
    listeners: FxHashMap<SessionId, Arc<dyn Listener>>,
    /// Sessions that answer nothing any more, and are not over yet.
    dead: FxHashSet<SessionId>,
}

impl State {
    /// Callers hear of it by the dropped sender.
    fn fail(&mut self, id: &SessionId) {
        self.waiting.retain(|_, waiting| waiting.session != *id);
    }
}

/// A command without its reply yet.
struct Waiting {
    session: SessionId,
    reply: oneshot::Sender<Reply>,
}

/// The result, or the words of a refusal.
pub(super) type Reply = Result<Box<Raw>, Refusal>;

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outgoing<'a, P> {
    id: u64,
    method: &'static str,
    params: &'a P,
    #[serde(skip_serializing_if = "str::is_empty")]
    session_id: &'a str,
}

impl Connection {
    pub(in crate::browser::chromium) fn new(outlet: Box<dyn Outlet>) -> Self {
        Self(Arc::new(Shared {
            outlet,
            last_id: AtomicU64::new(0),
            state: Mutex::default(),
        }))
    }

    /// `listener` hears of a session's events from now on, in the place of whoever did.
    pub(in crate::browser::chromium) fn listen(&self, id: SessionId, listener: Arc<dyn Listener>) {
        let _ = self.0.state.lock().listeners.insert(id, listener);
    }

    /// A session is over: nobody listens, and nothing is answered any more.
    pub(in crate::browser::chromium) fn forget(&self, id: &SessionId) {
        let mut state = self.0.state.lock();
        let _ = state.listeners.remove(id);
        let _ = state.dead.remove(id);
        state.fail(id);
    }

    /// Fails what waits for replies of a session, and what is sent to it from now on: its process has ended.
    pub(in crate::browser::chromium) fn abandon(&self, id: &SessionId) {
        let mut state = self.0.state.lock();
        let _ = state.dead.insert(id.clone());
        state.fail(id);
    }

    /// The connection has ended.
    pub(in crate::browser::chromium) fn end(&self) {
        let mut state = self.0.state.lock();
        state.is_over = true;
        state.waiting.clear();
        state.listeners.clear();
    }

    /// Sends a command, and takes its reply. Without a reply the page or the browser is gone.
    pub(super) fn send<P: Serialize>(
        &self,
        session: &SessionId,
        method: &'static str,
        params: &P,
    ) -> Result<oneshot::Receiver<Reply>, CdpError> {
        let (reply, receiver) = oneshot::channel();
        let id = self.0.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let text = Self::text(id, session, method, params)?;
        {
            let mut state = self.0.state.lock();
            if state.is_over || state.dead.contains(session) {
                return Err(CdpError::Gone { method });
            }
            let session = session.clone();
            let _ = state.waiting.insert(id, Waiting { session, reply });
        }
        trace!(id, session = session.as_str(), method, "to Chromium");
        self.0.outlet.send(&text);
        Ok(receiver)
    }

    /// Sends a command whose outcome is of interest to nobody.
    pub(super) fn notify<P: Serialize>(
        &self,
        session: &SessionId,
        method: &'static str,
        params: &P,
    ) {
        let id = self.0.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        match Self::text(id, session, method, params) {
            Ok(text) => {
                trace!(id, session = session.as_str(), method, "to Chromium");
                self.0.outlet.send(&text);
            }
            Err(error) => warn!(%error, "a command was not sent"),
        }
    }

    fn text<P: Serialize>(
        id: u64,
        session: &SessionId,
        method: &'static str,
        params: &P,
    ) -> Result<Vec<u8>, CdpError> {
        let session_id = session.as_str();
        let text = serde_json::to_vec(&Outgoing {
            id,
            method,
            params,
            session_id,
        })
        .map_err(|source| CdpError::Unreadable { method, source })?;
        if text.len() > LONGEST {
            return Err(CdpError::TooLong {
                method,
                size: text.len(),
                limit: LONGEST,
            });
        }
        Ok(text)
    }

    /// One frame that has come.
    pub(in crate::browser::chromium) fn receive(&self, frame: &[u8]) {
        let Ok(incoming) = serde_json::from_slice::<Incoming<'_>>(frame) else {
            warn!(size = frame.len(), "Chromium said what nobody understands");
            return;
        };
        match (incoming.id, incoming.method) {
            (Some(id), _) => self.reply(id, &incoming),
            (None, Some(method)) => {
                trace!(session = incoming.session_id, method, "from Chromium");
                let session = SessionId::of(incoming.session_id.unwrap_or_default());
                let listener = self.0.state.lock().listeners.get(&session).cloned();
                if let (Some(listener), Some(params)) = (listener, incoming.params) {
                    listener.event(&session, method, params);
                }
            }
            (None, None) => warn!("Chromium sent neither a reply nor an event"),
        }
    }

    fn reply(&self, id: u64, incoming: &Incoming<'_>) {
        let Some(waiting) = self.0.state.lock().waiting.remove(&id) else {
            return;
        };
        let reply = match (incoming.result, incoming.error) {
            (Some(result), _) => Ok(result.to_owned()),
            (None, Some(error)) => Err(read(error).unwrap_or(Refusal {
                code: 0,
                message: "an error that cannot be read".to_owned(),
            })),
            (None, None) => Ok(RawValue::NULL.to_owned()),
        };
        // The caller may have gone on without it.
        let _ = waiting.reply.send(reply);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Silent;

    impl Outlet for Silent {
        fn send(&self, _text: &[u8]) {}
    }

    #[test]
    fn nothing_waits_for_a_session_whose_process_has_ended() {
        let connection = Connection::new(Box::new(Silent));
        let (one, two) = (SessionId::of("one"), SessionId::of("two"));
        let send = |id| connection.send(id, "Runtime.evaluate", &());
        let mut before = send(&one).expect("sent");
        let mut other = send(&two).expect("sent");
        connection.abandon(&one);
        assert!(
            before
                .try_recv()
                .is_err_and(|error| error == oneshot::error::TryRecvError::Closed)
        );
        assert!(matches!(send(&one), Err(CdpError::Gone { .. })));
        assert!(
            other
                .try_recv()
                .is_err_and(|error| error == oneshot::error::TryRecvError::Empty)
        );
        connection.forget(&one);
        assert!(send(&one).is_ok(), "it is no longer kept in mind");
    }
}
