//! What the backlog says of items and leases.

use std::sync::Arc;
use std::time::Duration;

use super::tally::{Counts, SpanSummary};
use crate::id::{ItemId, LeaseId, WorkerId};

/// One hand-over: send `payload` to `worker`.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) worker: WorkerId,
    pub(crate) lease: LeaseId,
    pub(crate) item: ItemId,
    /// 1 for the first hand-over of this item.
    pub(crate) attempt: u32,
    pub(crate) timeout: Duration,
    /// It uses room in advance that the worker has offered, and not a slot.
    pub(crate) ahead: bool,
    /// The worker has a slot for it now, and its time runs.
    pub(crate) begun: bool,
    pub(crate) payload: Arc<str>,
}

/// A lease that ended by its deadline. The item waits for `Backlog::decide`.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Expiry {
    pub(crate) item: ItemId,
    pub(crate) lease: LeaseId,
    pub(crate) worker: WorkerId,
}

/// Leases that a worker is to give back unless it has begun them.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Recall {
    pub(crate) worker: WorkerId,
    pub(crate) leases: Vec<LeaseId>,
}

/// What the user's code did while `timeout` was emitted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct TimeoutOutcome {
    /// The item has a `timeout` listener of the user's.
    pub(crate) has_listener: bool,
    /// The listener enqueued the same request again: that call took the item's place.
    pub(crate) replaced: bool,
    /// The listener called `item.requeue()`.
    pub(crate) asked_requeue: bool,
    /// The listener ended the item (`item.cancel()`).
    pub(crate) cancelled: bool,
}

/// What became of an item that lost its lease.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// It waits again, at the tail.
    Requeued,
    /// It is out of the backlog and nothing more will be said of it.
    Dropped,
    /// It is out of the backlog: its attempts, so many, are used up.
    Exhausted(u32),
    /// It is out of the backlog after so many attempts: too many workers ended under it.
    Doomed(u32),
}

/// An item whose worker is gone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Loss {
    pub(crate) item: ItemId,
    pub(crate) fate: Fate,
}

/// The lease that an item had when it was ended from outside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Held {
    pub(crate) worker: WorkerId,
    pub(crate) lease: LeaseId,
    pub(crate) begun: bool,
}

/// An item that left the backlog, and the leases it took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ended {
    pub(crate) item: ItemId,
    pub(crate) attempts: u32,
}

/// What became of a handler's error.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Failure {
    /// The item waits again for another attempt.
    Retried,
    /// The item is out of the backlog.
    Failed(Ended),
    /// The lease was over: the error is ignored, as a late answer is.
    Late,
}

/// What a backlog holds and has seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BacklogStats {
    pub(crate) waiting: usize,
    pub(crate) leased: usize,
    /// Items whose time is over and of which nothing was decided yet.
    pub(crate) expired: usize,
    pub(crate) counts: Counts,
    /// From the arrival of an item to its first lease.
    pub(crate) wait: SpanSummary,
    /// From the beginning of a lease to its answer or failure.
    pub(crate) run: SpanSummary,
}

/// What a worker holds and has done.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct WorkerLoad {
    pub(crate) leased: usize,
    /// Items it answered.
    pub(crate) completed: u64,
    /// A request that it got last may still have to do with how it fares.
    pub(crate) at_work: bool,
}
