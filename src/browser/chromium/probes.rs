//! Whether the browser process answers. Pages have processes of their own: whether one of them does is another question.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::json;
use tokio::time::Instant;

use super::cdp::{CdpError, Connection, Session};

/// Questions to the browser process that have no answer yet.
#[derive(Clone, Debug)]
pub(super) struct Probes {
    connection: Connection,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// When the oldest was asked.
    since: Option<Instant>,
    open: usize,
}

impl Probes {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            state: Arc::default(),
        }
    }

    /// Asks it, at once; the future waits for as long as it takes. It costs the browser 0.15 ms.
    pub(super) fn ask(&self) -> impl Future<Output = Result<(), CdpError>> + Send + use<> {
        {
            let mut state = self.state.lock();
            let _ = state.since.get_or_insert_with(Instant::now);
            state.open += 1;
        }
        let answer = Session::root(&self.connection)
            .call_slow::<serde::de::IgnoredAny, _>("Browser.getVersion", json!({}));
        let state = Arc::clone(&self.state);
        async move {
            let answer = answer.await;
            let mut state = state.lock();
            state.open = state.open.saturating_sub(1);
            if state.open == 0 {
                state.since = None;
            }
            answer.map(drop)
        }
    }

    /// For how long the oldest question has no answer.
    pub(super) fn unanswered(&self) -> Option<Duration> {
        self.state.lock().since.map(|since| since.elapsed())
    }
}
