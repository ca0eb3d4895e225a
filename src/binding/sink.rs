//! Events on their way to JavaScript: all that are ready cross in one call.

use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{Function, ToNapiValue};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use parking_lot::{Condvar, Mutex};

/// Does not keep the event loop alive: that is for the engine's own state to say.
type Wake<E> = ThreadsafeFunction<(), (), Vec<E>, Status, false, true, 0>;

/// A queue of events with a JavaScript function at its end, which gets them as one array.
pub(super) struct EventSink<E: ToNapiValue + Send + 'static> {
    ready: Arc<Mutex<Vec<E>>>,
    /// An event is there, for who waits on JavaScript's own thread.
    arrived: Condvar,
    wake: Wake<E>,
}

impl<E: ToNapiValue + Send + 'static> EventSink<E> {
    pub(super) fn new(on_events: &Function<'_, Vec<E>, ()>) -> Result<Arc<Self>> {
        let ready = Arc::new(Mutex::new(Vec::new()));
        let drained = Arc::clone(&ready);
        let wake = on_events
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .build_callback(move |_| Ok(std::mem::take(&mut *drained.lock())))?;
        Ok(Arc::new(Self {
            ready,
            arrived: Condvar::new(),
            wake,
        }))
    }

    pub(super) fn push(&self, event: E) {
        let was_empty = {
            let mut ready = self.ready.lock();
            ready.push(event);
            ready.len() == 1
        };
        let _ = self.arrived.notify_one();
        // Otherwise a call is on its way already and will take this one along.
        if was_empty {
            let _ = self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// The events that are ready, in place of the function. Blocks until there is one, or for `limit`.
    pub(super) fn take(&self, limit: Duration) -> Vec<E> {
        let mut ready = self.ready.lock();
        if ready.is_empty() {
            let _ = self.arrived.wait_for(&mut ready, limit);
        }
        std::mem::take(&mut *ready)
    }
}

impl<E: ToNapiValue + Send + 'static> std::fmt::Debug for EventSink<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventSink")
            .field("ready", &self.ready.lock().len())
            .finish_non_exhaustive()
    }
}
