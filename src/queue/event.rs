//! What a queue tells its owner.

use super::outcomes::Ended;
use crate::id::{ItemId, WorkerId};

/// What happened to an item.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum QueueEvent {
    /// The response, JSON text. The item is over.
    Answered { ended: Ended, response: String },
    /// The handler's error, JSON text. The item is over.
    Failed { ended: Ended, error: String },
    /// The lease ended at its deadline; the owner answers with [`Queue::decide`](super::Queue::decide).
    Expired { item: ItemId },
    /// Its attempts are used up. The item is over.
    Exhausted { ended: Ended },
    /// A worker ended under an item. `Exhausted` or `Doomed` comes next when that was one time too many.
    Crashed {
        item: ItemId,
        worker: WorkerId,
        /// What the worker said of its end.
        fault: Option<String>,
    },
    /// Too many workers ended under it. The item is over.
    Doomed { ended: Ended },
}

/// A request that cannot be enqueued.
#[derive(Debug, thiserror::Error)]
#[error("a request of {size} bytes is above the limit of {limit}")]
pub(crate) struct RequestTooLong {
    size: usize,
    limit: usize,
}

impl RequestTooLong {
    pub(super) fn check(size: usize, limit: usize) -> Result<(), Self> {
        if size > limit {
            Err(Self { size, limit })
        } else {
            Ok(())
        }
    }
}
