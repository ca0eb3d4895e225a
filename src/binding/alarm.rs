//! Timers of JavaScript's that stand still while the process does.

use napi::Result;
use napi::bindgen_prelude::{Function, within_runtime_if_available};
use napi_derive::napi;
use tokio_util::sync::CancellationToken;

use super::number::ms;
use super::sink::EventSink;
use crate::lived;

/// Calls back once, unless it is cancelled before. It does not keep the event loop alive.
#[napi]
#[derive(Debug)]
pub struct NativeAlarm {
    // Not one that cancels when it is dropped: nobody need hold an alarm for it to ring.
    cancel: CancellationToken,
}

#[napi]
impl NativeAlarm {
    /// After `limit` ms of time that this process lives through.
    #[napi(constructor)]
    pub fn new(limit: f64, on_due: Function<'_, Vec<bool>, ()>) -> Result<Self> {
        let sink = EventSink::new(&on_due)?;
        let cancel = CancellationToken::new();
        let ringing = cancel.clone().run_until_cancelled_owned(async move {
            lived::sleep(ms(limit)).await;
            sink.push(true);
        });
        within_runtime_if_available(|| tokio::spawn(ringing));
        Ok(Self { cancel })
    }

    #[napi]
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}
