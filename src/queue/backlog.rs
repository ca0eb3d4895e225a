//! The seam behind which items wait: what a store of items must do.
//!
//! No method waits for anything. What comes of a call is an [`Event`], at once in memory, later where another process has
//! a say. Local, and so no matter of a backlog: which worker has a free slot, prefetch, and the deadlines of leases
//! ([`Dispatcher`](super::dispatcher::Dispatcher)). Every backlog must pass [`conformance`](super::conformance).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::fate::{Fate, Tries};
use super::outcomes::Ended;
use super::tally::Outcome;
use crate::id::{ItemId, LeaseId};

/// Where items wait. An item is waiting, leased, or expired: its lease ended by its deadline, and [`decide`] has yet to say
/// what becomes of it. It leaves the backlog exactly once.
///
/// [`decide`]: Self::decide
pub(crate) trait Backlog {
    /// Puts a new item at the tail of its priority. `payload` is the request, JSON text.
    fn enqueue(&mut self, id: ItemId, payload: Arc<str>, options: ItemOptions, now: Instant);

    /// How the next item runs that can be asked for, as far as is known here; none when there is nothing to ask for.
    fn next(&self) -> Option<Run>;

    /// True when an item can be asked for that runs so, first in the line or not.
    fn has(&self, run: Run) -> bool;

    /// Asks for the first item that runs so. [`Event::HandOver`] or [`Event::Unavailable`] answers.
    fn request(&mut self, run: Run, now: Instant);

    /// A lease of an item ended. [`Event::Late`] answers when the item has another lease by now, or none: nothing changes.
    fn settle(&mut self, item: ItemId, lease: LeaseId, end: LeaseEnd);

    /// Says what becomes of an expired item. [`Event::Decided`] answers; nothing does when it is not expired.
    fn decide(&mut self, item: ItemId, fate: Fate);

    /// Ends an item from outside, whatever its state. [`Event::Cancelled`] answers; nothing does when there is no such item.
    fn cancel(&mut self, item: ItemId, how: Outcome);

    /// An item as it is known here; none when it is over. Must be cheap, and know all that this process enqueued.
    fn view(&self, item: ItemId) -> Option<ItemView>;

    /// How many items wait, as far as is known here.
    fn waiting_len(&self) -> usize;

    /// The items that wait, as far as is known here, in the order in which they will be handed over.
    fn waiting_ids(&self) -> impl Iterator<Item = ItemId> + '_;

    /// The next thing that came of a call. Those of one item come in order.
    fn poll(&mut self) -> Option<Event>;

    /// What is rung when [`poll`](Self::poll) has more to say and nobody has called; none where that cannot be.
    fn wakes(&self) -> Option<Arc<Notify>> {
        None
    }
}

/// What the caller of [`Backlog::enqueue`] wants for one item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemOptions {
    /// Length of a lease.
    pub(crate) timeout: Duration,
    /// Attempts before the item fails; none for no limit.
    pub(crate) max_attempts: Option<u32>,
    /// Crashes of its worker before the item fails; none for no limit.
    pub(crate) max_crashes: Option<u32>,
    /// Higher goes first; equal ones in order of arrival.
    pub(crate) priority: i32,
}

/// Where an item may run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Run {
    /// Beside others of its worker.
    Beside,
    /// At a worker that holds nothing else: a worker ended under it. Others may pass it while there is no such worker.
    Alone,
}

/// One hand-over of an item: it is leased from now on.
#[derive(Debug)]
pub(crate) struct HandOver {
    pub(crate) item: ItemId,
    /// Made by the backlog; no other lease of it ever has it.
    pub(crate) lease: LeaseId,
    pub(crate) run: Run,
    /// 1 for the first hand-over of this item.
    pub(crate) attempt: u32,
    /// Length of the lease.
    pub(crate) timeout: Duration,
    /// From the arrival of the item to its first lease; none at a later one.
    pub(crate) waited: Option<Duration>,
    pub(crate) payload: Arc<str>,
}

/// How a lease ended.
#[derive(Debug)]
pub(crate) enum LeaseEnd {
    /// By an answer, JSON text.
    Answered { response: String },
    /// By its handler's error, JSON text.
    Failed { error: String },
    /// Its worker gave it back unstarted: the item waits where it did, and it was no attempt.
    GivenBack,
    /// Its worker is gone. The item may be why, where that was a crash.
    Lost { is_crash: bool },
    /// By its deadline: the item waits for [`Backlog::decide`].
    Expired,
}

/// Why a lease brought no answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Miss {
    HandlerFailed,
    WorkerGone,
}

impl Miss {
    /// As the log has it.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::HandlerFailed => "its handler failed",
            Self::WorkerGone => "its worker is gone",
        }
    }
}

/// What came of a call.
#[derive(Debug)]
pub(crate) enum Event {
    /// An item that was asked for.
    HandOver(HandOver),
    /// There is no item any more for a request: it was cancelled, or another process was faster.
    Unavailable { run: Run },
    /// The item waits again, at the tail.
    Requeued { item: ItemId, miss: Miss },
    /// The item waits again where it did before.
    Returned { item: ItemId },
    /// The item is over, by an answer.
    Answered { ended: Ended, response: String },
    /// The item is over: its handler failed.
    Failed { ended: Ended, error: String },
    /// The item is over: its attempts are used up.
    Exhausted { ended: Ended },
    /// The item is over: too many workers ended under it.
    Doomed { ended: Ended },
    /// What [`Backlog::decide`] said has come to be.
    Decided { item: ItemId, fate: Fate },
    /// The item is over, from outside.
    Cancelled { item: ItemId, how: Outcome },
    /// The lease was over already when its end was said.
    Late { item: ItemId },
}

/// Whether an item waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ItemState {
    Waiting,
    Leased(LeaseId),
    Expired,
}

/// An item as it is known here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct ItemView {
    pub(crate) state: ItemState,
    pub(crate) tries: Tries,
}
