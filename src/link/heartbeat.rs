//! Signs of life of a worker.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::outbox::Outbox;
use super::wire::ToWorker;
use crate::lived;

/// So many heartbeats in a row without a word, and a worker is frozen.
pub(crate) const MISSED_HEARTBEATS: u32 = 3;

/// Asks a worker for signs of life, and says when there are none. A lease's end says more and sooner, but one that holds
/// nothing has none.
pub(super) async fn watch<T>(
    outbox: &Outbox,
    heartbeat: Duration,
    heard: &AtomicBool,
    on_frozen: impl Fn(),
) -> T {
    let mut missed = 0;
    loop {
        // Beats are counted instead of reading the clock: time that this process itself was frozen for is not the worker's,
        // and the worker may go on after it.
        let is_in_time = lived::tick(heartbeat).await;
        missed = if heard.swap(false, Ordering::Relaxed) || !is_in_time {
            0
        } else {
            missed + 1
        };
        if missed == MISSED_HEARTBEATS {
            missed = 0;
            on_frozen();
        }
        let _ = outbox.send(&ToWorker::Ping);
    }
}
