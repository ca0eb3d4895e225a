//! What is told of pages passes here on its way to Node. A Chromium that exits in order, by `exit` or by a signal, takes its
//! pages away one after the other before it ends: their commands would fail, and their loads, as if by pages of their own.
//! So what comes behind a page's end that nobody asked for waits until the browser says that it goes on.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::json;

use super::cdp::{Connection, Session};
use super::command::Sink;
use super::tabs::Context;
use crate::browser::remote::Entry;

/// The way of all entries, in order.
#[derive(Clone)]
pub(super) struct Gate(Arc<Inner>);

struct Inner {
    sink: Sink,
    state: Mutex<State>,
}

enum State {
    Open,
    /// What has come since there is a doubt.
    Held(Vec<Entry>),
    /// The browser ends: who waits hears of that.
    Shut,
}

impl Gate {
    pub(super) fn new(sink: Sink) -> Self {
        let state = Mutex::new(State::Open);
        Self(Arc::new(Inner { sink, state }))
    }

    /// Where entries go in.
    pub(super) fn sink(&self) -> Sink {
        let inner = Arc::clone(&self.0);
        Arc::new(move |entries| match &mut *inner.state.lock() {
            State::Open => (inner.sink)(entries),
            State::Held(held) => held.extend(entries),
            State::Shut => {}
        })
    }

    /// The browser may be about to end. False where it is known already.
    pub(super) fn hold(&self) -> bool {
        let mut state = self.0.state.lock();
        let is_open = matches!(*state, State::Open);
        if is_open {
            *state = State::Held(Vec::new());
        }
        is_open
    }

    /// It goes on.
    pub(super) fn open(&self) {
        let mut state = self.0.state.lock();
        if let State::Held(held) = &mut *state {
            let held = std::mem::take(held);
            *state = State::Open;
            if !held.is_empty() {
                (self.0.sink)(held);
            }
        }
    }

    /// It ends: nothing more is told of it but that.
    pub(super) fn shut(&self) {
        *self.0.state.lock() = State::Shut;
    }
}

/// Whether the browser is none that ends: that may still answer, but makes no browser contexts. Asked at once; costs 2 ms.
pub(super) fn goes_on(connection: &Connection) -> impl Future<Output = bool> + Send + use<> {
    let root = Session::root(connection);
    let made = root.call_slow::<Context, _>(
        "Target.createBrowserContext",
        json!({ "disposeOnDetach": true }),
    );
    async move {
        let Ok(Context { browser_context_id }) = made.await else {
            return false;
        };
        root.notify(
            "Target.disposeBrowserContext",
            json!({ "browserContextId": browser_context_id }),
        );
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::remote::EntryKind;

    fn gate() -> (Gate, Arc<Mutex<Vec<i64>>>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = {
            let told = Arc::clone(&told);
            move |entries: Vec<Entry>| told.lock().extend(entries.iter().map(|entry| entry.id))
        };
        (Gate::new(Arc::new(sink)), told)
    }

    fn tell(gate: &Gate, id: i64) {
        let text = "null".to_owned();
        let kind = EntryKind::Value;
        gate.sink()(vec![Entry { id, kind, text }]);
    }

    #[test]
    fn what_is_held_comes_in_order_once_it_is_open() {
        let (gate, told) = gate();
        tell(&gate, 1);
        assert!(gate.hold());
        assert!(!gate.hold());
        tell(&gate, 2);
        tell(&gate, 3);
        assert_eq!(*told.lock(), [1]);
        gate.open();
        tell(&gate, 4);
        assert_eq!(*told.lock(), [1, 2, 3, 4]);
    }

    #[test]
    fn nothing_comes_once_it_is_shut() {
        let (gate, told) = gate();
        assert!(gate.hold());
        tell(&gate, 1);
        gate.shut();
        tell(&gate, 2);
        gate.open();
        assert!(!gate.hold());
        assert!(told.lock().is_empty());
    }
}
