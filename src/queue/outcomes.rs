//! What the queue says of items, leases and workers.

use std::sync::Arc;

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
    /// It uses room in advance that the worker has offered, and not a slot.
    pub(crate) ahead: bool,
    /// The worker has a slot for it now, and its time runs.
    pub(crate) begun: bool,
    pub(crate) payload: Arc<str>,
}

/// A lease that ended by its deadline. The item waits for `Dispatcher::decide`.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Expiry {
    pub(crate) item: ItemId,
    pub(crate) lease: LeaseId,
    pub(crate) worker: WorkerId,
}

/// The lease that an item had when it was ended from outside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Held {
    pub(crate) worker: WorkerId,
    pub(crate) lease: LeaseId,
    pub(crate) begun: bool,
}

/// What came of ending an item from outside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cancelled {
    /// There is no such item, or it is over already.
    Unknown,
    /// No worker has it.
    Idle,
    /// A worker has it, and must be told.
    Held(Held),
}

/// An item that is over, and the leases it took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ended {
    pub(crate) item: ItemId,
    pub(crate) attempts: u32,
}

/// What a queue holds and has seen.
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
