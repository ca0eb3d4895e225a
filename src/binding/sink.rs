//! Events on their way to JavaScript: all that are ready cross in one call.

use std::sync::Arc;

use napi::bindgen_prelude::{Function, ToNapiValue};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use parking_lot::Mutex;

/// Does not keep the event loop alive: that is for the engine's own state to say.
type Wake<E> = ThreadsafeFunction<(), (), Vec<E>, Status, false, true, 0>;

/// A queue of events with a JavaScript function at its end, which gets them as one array.
pub(super) struct EventSink<E: ToNapiValue + Send + 'static> {
    ready: Arc<Mutex<Vec<E>>>,
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
        Ok(Arc::new(Self { ready, wake }))
    }

    pub(super) fn push(&self, event: E) {
        let was_empty = {
            let mut ready = self.ready.lock();
            ready.push(event);
            ready.len() == 1
        };
        // Otherwise a call is on its way already and will take this one along.
        if was_empty {
            let _ = self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

impl<E: ToNapiValue + Send + 'static> std::fmt::Debug for EventSink<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventSink")
            .field("ready", &self.ready.lock().len())
            .finish_non_exhaustive()
    }
}
