//! What the master's end tells its owner.

use super::backlog::Ended;
use super::endpoint::ListenError;
use crate::id::{ItemId, WorkerId};

/// What the engine's owner must know.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum ServerEvent {
    /// The response, JSON text. The item is over.
    Answered { ended: Ended, response: String },
    /// The handler's error, JSON text. The item is over.
    Failed { ended: Ended, error: String },
    /// The lease ended; the owner answers with [`QueueServer::decide`].
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
    /// A worker is connected.
    Joined { worker: WorkerId },
    /// A worker's connection ended.
    Left { worker: WorkerId },
    /// A worker says why it cannot go on.
    Fault { worker: WorkerId, message: String },
    /// A worker says what its user should hear of, JSON text.
    Notice { worker: WorkerId, what: String },
    /// A worker can take work.
    Ready { worker: WorkerId },
    /// A worker ends before long.
    Retiring { worker: WorkerId, reason: String },
    /// A worker has nothing left to do; [`QueueServer::release`] lets it go.
    Leaving { worker: WorkerId },
    /// A worker does not react any more, and to what.
    Frozen { worker: WorkerId, to: Silence },
}

/// What a worker did not react to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Silence {
    /// The end of its lease.
    LeaseEnd,
    /// Heartbeats.
    Heartbeat,
}

/// Why the queue cannot take requests.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ServerError {
    #[error("cannot make the local socket for the workers {0}")]
    Listen(#[from] ListenError),
    #[error("a request of {size} bytes is above the limit of {limit}")]
    RequestTooLong { size: usize, limit: usize },
}
