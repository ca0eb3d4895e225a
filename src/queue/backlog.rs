//! The queue's state machine: items, leases, credits. No clock, no socket, no task: events in, decisions out.
//!
//! An item is waiting, leased to one worker, or expired (its lease ended without an answer and the engine's owner has yet
//! to say what becomes of it). It leaves the backlog exactly once: answered, failed, dropped or cancelled. A later
//! backlog kept elsewhere (Redis) takes this type's place behind the same methods.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::trace;

use super::tally::{Counts, Outcome, SpanSummary, Tally};
use crate::deadlines::Deadlines;

/// An item's id, given by the engine that enqueues it, unique there.
pub(crate) type ItemId = u64;
/// A lease's id: one hand-over of an item to a worker. Never used twice.
pub(crate) type LeaseId = u64;
/// The id of a worker process, as `cluster.Worker.id` has it.
pub(crate) type WorkerId = u32;

/// What the published generations of the client do with a request that timed out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Generation {
    /// `request(page, item)`: a timed-out request is enqueued again.
    Documented,
    /// `queueItemReady(request)`, version 0.1.x: a user's `timeout` listener has the last word.
    Published,
}

/// The settings that hold for every item of one backlog.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BacklogOptions {
    /// Re-enqueue after a timeout: always, never, or by the client's generation.
    pub(crate) requeue: Option<bool>,
    /// How often a handler's error is followed by another attempt.
    pub(crate) retry_errors: u32,
}

/// What the caller of [`Backlog::enqueue`] wants for one item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemOptions {
    /// Length of a lease.
    pub(crate) timeout: Duration,
    /// Attempts before the item fails; none for no limit.
    pub(crate) max_attempts: Option<u32>,
    /// Higher goes first; equal ones in order of arrival.
    pub(crate) priority: i32,
}

/// Small, as there may be a million of them.
#[derive(Debug)]
struct Item {
    payload: Arc<str>,
    timeout_ms: u32,
    /// `u32::MAX` for no limit, which no count reaches.
    max_attempts: u32,
    priority: i32,
    /// Leases so far, the present one included.
    attempts: u32,
    /// Failures of the handler so far.
    errors: u32,
    state: ItemState,
    /// When it was enqueued, µs after the backlog was made; `HANDED_OVER` from its first lease on.
    arrived: u64,
}

const HANDED_OVER: u64 = u64::MAX;

impl Item {
    fn is_exhausted(&self) -> bool {
        self.attempts >= self.max_attempts
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum ItemState {
    /// Its place among those of its priority.
    Waiting(u64),
    Leased(LeaseId),
    Expired(Generation),
}

/// A place in the queue: higher priority first (hence negated), then order of arrival.
type Place = (i64, u64);

#[derive(Debug)]
struct Lease {
    item: ItemId,
    worker: WorkerId,
    begun: Instant,
    /// Where the item waited.
    place: Place,
}

#[derive(Debug)]
struct Worker {
    generation: Generation,
    leases: HashSet<LeaseId>,
    completed: u64,
}

/// One hand-over: send `payload` to `worker`.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) worker: WorkerId,
    pub(crate) lease: LeaseId,
    pub(crate) item: ItemId,
    /// 1 for the first hand-over of this item.
    pub(crate) attempt: u32,
    pub(crate) timeout: Duration,
    /// The worker has no free slot yet.
    pub(crate) ahead: bool,
    pub(crate) payload: Arc<str>,
    /// True when no other lease ends earlier: the timer must look again.
    pub(crate) nearest: bool,
}

/// A lease that ended by its deadline. The item waits for [`Backlog::decide`].
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Expiry {
    pub(crate) item: ItemId,
    pub(crate) lease: LeaseId,
    pub(crate) worker: WorkerId,
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
}

/// The in-memory backlog.
#[derive(Debug)]
pub(crate) struct Backlog {
    options: BacklogOptions,
    /// Ids grow: the newest are at one end and the next to leave at the other, where a hash would scatter a million of them
    /// over all of memory.
    items: BTreeMap<ItemId, Item>,
    waiting: BTreeMap<Place, ItemId>,
    leases: HashMap<LeaseId, Lease>,
    deadlines: Deadlines<LeaseId>,
    workers: HashMap<WorkerId, Worker>,
    /// One entry per free slot, longest free first.
    idle: VecDeque<WorkerId>,
    /// One entry per request that a worker takes before it has a free slot: only when there is none anywhere.
    ahead: VecDeque<WorkerId>,
    /// Arrivals at the tail, counted.
    next_tail: u64,
    next_lease: LeaseId,
    paused: bool,
    made: Instant,
    tally: Tally,
}

impl Backlog {
    pub(crate) fn new(options: BacklogOptions) -> Self {
        Self {
            options,
            items: BTreeMap::new(),
            waiting: BTreeMap::new(),
            leases: HashMap::new(),
            deadlines: Deadlines::new(),
            workers: HashMap::new(),
            idle: VecDeque::new(),
            ahead: VecDeque::new(),
            next_tail: 0,
            next_lease: 1,
            paused: false,
            made: Instant::now(),
            tally: Tally::default(),
        }
    }

    /// Puts a new item at the tail.
    pub(crate) fn enqueue(
        &mut self,
        id: ItemId,
        payload: Arc<str>,
        options: ItemOptions,
        now: Instant,
    ) {
        trace!(item = id, priority = options.priority, "enqueued");
        self.tally.counts.enqueued += 1;
        let arrived = self.micros(now);
        let place = self.place_at_tail(options.priority);
        let _ = self.waiting.insert(place, id);
        let _ = self.items.insert(
            id,
            Item {
                payload,
                timeout_ms: u32::try_from(options.timeout.as_millis()).unwrap_or(u32::MAX),
                max_attempts: options.max_attempts.unwrap_or(u32::MAX),
                priority: options.priority,
                attempts: 0,
                errors: 0,
                state: ItemState::Waiting(place.1),
                arrived,
            },
        );
    }

    /// A worker has `slots` more free slots, and takes `ahead` more requests before it has slots for them. Its generation
    /// is that of the listener it has now.
    pub(crate) fn offer(
        &mut self,
        worker: WorkerId,
        generation: Generation,
        slots: u32,
        ahead: u32,
    ) {
        let entry = self.workers.entry(worker).or_insert_with(|| Worker {
            generation,
            leases: HashSet::new(),
            completed: 0,
        });
        entry.generation = generation;
        self.idle.extend((0..slots).map(|_| worker));
        self.ahead.extend((0..ahead).map(|_| worker));
    }

    /// Takes back the free slots of a worker that wants no more work; its leases go on.
    pub(crate) fn withdraw(&mut self, worker: WorkerId) {
        self.idle.retain(|idle| *idle != worker);
        self.ahead.retain(|busy| *busy != worker);
    }

    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// True when there are both an item and a worker to take it.
    pub(crate) fn can_assign(&self) -> bool {
        let has_taker = !self.idle.is_empty() || !self.ahead.is_empty();
        has_taker && !self.paused && !self.waiting.is_empty()
    }

    /// The next hand-over, while there are both an item and a worker to take it.
    pub(crate) fn assign(&mut self, now: Instant) -> Option<Assignment> {
        if !self.can_assign() {
            return None;
        }
        let micros = self.micros(now);
        let free = self.idle.pop_front();
        let worker = free.or_else(|| self.ahead.pop_front())?;
        let (place, id) = self.waiting.pop_first()?;
        let item = self.items.get_mut(&id)?;
        let lease = self.next_lease;
        self.next_lease += 1;
        item.attempts += 1;
        item.state = ItemState::Leased(lease);
        if item.arrived != HANDED_OVER {
            let waited = micros.saturating_sub(item.arrived);
            self.tally.wait.record(Duration::from_micros(waited));
            item.arrived = HANDED_OVER;
        }
        self.tally.counts.delivered += 1;
        trace!(item = id, worker, lease, attempt = item.attempts, "leased");
        let _ = self.leases.insert(
            lease,
            Lease {
                item: id,
                worker,
                begun: now,
                place,
            },
        );
        if let Some(worker) = self.workers.get_mut(&worker) {
            let _ = worker.leases.insert(lease);
        }
        let timeout = Duration::from_millis(item.timeout_ms.into());
        let nearest = self.deadlines.insert(lease, now + timeout);
        Some(Assignment {
            worker,
            lease,
            item: id,
            attempt: item.attempts,
            timeout,
            ahead: free.is_none(),
            payload: Arc::clone(&item.payload),
            nearest,
        })
    }

    /// An answer came. The item it ends, or none when the lease was over already.
    pub(crate) fn settle(&mut self, lease: LeaseId, now: Instant) -> Option<Ended> {
        let Lease { item, worker, .. } = self.end_by_worker(lease, now)?;
        trace!(item, worker, lease, "answered");
        self.tally.counts.completed += 1;
        if let Some(worker) = self.workers.get_mut(&worker) {
            worker.completed += 1;
        }
        self.take_out(item)
    }

    /// The handler failed.
    pub(crate) fn fail(&mut self, lease: LeaseId, now: Instant) -> Failure {
        let Some(Lease { item: id, .. }) = self.end_by_worker(lease, now) else {
            return Failure::Late;
        };
        let retry_errors = self.options.retry_errors;
        let retry = self.items.get_mut(&id).is_some_and(|item| {
            item.errors += 1;
            item.errors <= retry_errors && !item.is_exhausted()
        });
        if retry {
            let _ = self.requeue(id, "its handler failed");
            return Failure::Retried;
        }
        trace!(item = id, lease, "failed");
        self.tally.counts.failed += 1;
        self.take_out(id).map_or(Failure::Late, Failure::Failed)
    }

    /// A worker gives a lease back unstarted: the item waits where it did before, and it was no attempt.
    pub(crate) fn give_back(&mut self, lease: LeaseId) {
        let Some(Lease {
            item: id, place, ..
        }) = self.end_lease(lease)
        else {
            return;
        };
        trace!(item = id, lease, "given back unstarted");
        self.tally.counts.returned += 1;
        if let Some(item) = self.items.get_mut(&id) {
            item.attempts -= 1;
            item.state = ItemState::Waiting(place.1);
            let _ = self.waiting.insert(place, id);
        }
    }

    /// A worker that takes nothing more says which of its leases it has started: the others go back.
    pub(crate) fn give_back_unstarted(&mut self, worker: WorkerId, started: &[LeaseId]) {
        let Some(known) = self.workers.get(&worker) else {
            return;
        };
        let held = known.leases.iter().copied();
        let unstarted: Vec<_> = held.filter(|lease| !started.contains(lease)).collect();
        for lease in unstarted {
            self.give_back(lease);
        }
    }

    /// A worker is gone: what it held waits again at once. Says what became of each item.
    pub(crate) fn remove_worker(&mut self, worker: WorkerId) -> Vec<(ItemId, Fate)> {
        self.withdraw(worker);
        let Some(gone) = self.workers.remove(&worker) else {
            return Vec::new();
        };
        let mut leases: Vec<_> = gone.leases.into_iter().collect();
        leases.sort_unstable();
        leases
            .into_iter()
            .filter_map(|lease| {
                let item = self.end_lease(lease)?.item;
                Some((item, self.requeue(item, "its worker is gone")))
            })
            .collect()
    }

    /// The next lease that ended by `now`.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Expiry> {
        let lease = self.deadlines.pop_due(now)?;
        let Lease { item, worker, .. } = self.end_lease(lease)?;
        trace!(item, worker, lease, "expired");
        self.tally.counts.timeouts += 1;
        let generation = self
            .workers
            .get(&worker)
            .map_or(Generation::Documented, |worker| worker.generation);
        if let Some(item) = self.items.get_mut(&item) {
            item.state = ItemState::Expired(generation);
        }
        Some(Expiry {
            item,
            lease,
            worker,
        })
    }

    /// Settles an expired item by what the user's `timeout` listener did. None when it is not expired (any more).
    pub(crate) fn decide(&mut self, id: ItemId, outcome: TimeoutOutcome) -> Option<Fate> {
        let ItemState::Expired(generation) = self.items.get(&id)?.state else {
            return None;
        };
        let requeue = if outcome.replaced || outcome.cancelled {
            false
        } else if outcome.asked_requeue {
            true
        } else {
            // 0.1.x never re-enqueues by itself, and its users answer an error in their listener: a response after
            // that would answer twice.
            self.options
                .requeue
                .unwrap_or(!(generation == Generation::Published && outcome.has_listener))
        };
        if requeue {
            return Some(self.requeue(id, "its time was over"));
        }
        trace!(item = id, replaced = outcome.replaced, "timed out");
        self.tally.counts.timed_out += 1;
        let _ = self.items.remove(&id);
        Some(Fate::Dropped)
    }

    /// Ends an item from outside. The lease to call off, if a worker has it; none when the item is unknown.
    pub(crate) fn cancel(
        &mut self,
        id: ItemId,
        outcome: Outcome,
    ) -> Option<Option<(WorkerId, LeaseId)>> {
        let item = self.items.remove(&id)?;
        trace!(item = id, ?outcome, "ended from outside");
        self.tally.end(outcome);
        Some(match item.state {
            ItemState::Waiting(place) => {
                let _ = self.waiting.remove(&(-i64::from(item.priority), place));
                None
            }
            ItemState::Leased(lease) => self.end_lease(lease).map(|ended| (ended.worker, lease)),
            ItemState::Expired(_) => None,
        })
    }

    /// While paused nothing is handed over.
    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.next()
    }

    pub(crate) fn waiting_len(&self) -> usize {
        self.waiting.len()
    }

    /// The waiting items, in the order they will be handed over.
    pub(crate) fn waiting_ids(&self) -> impl Iterator<Item = ItemId> + '_ {
        self.waiting.values().copied()
    }

    /// How often an item was handed over; none when it is over.
    pub(crate) fn attempts(&self, id: ItemId) -> Option<u32> {
        self.items.get(&id).map(|item| item.attempts)
    }

    /// True while a worker has the item.
    pub(crate) fn is_leased(&self, id: ItemId) -> bool {
        let item = self.items.get(&id);
        item.is_some_and(|item| matches!(item.state, ItemState::Leased(_)))
    }

    /// The workers waiting for work, one entry per free slot, longest free first.
    pub(crate) fn idle_workers(&self) -> impl Iterator<Item = WorkerId> + '_ {
        self.idle.iter().copied()
    }

    pub(crate) fn stats(&self) -> BacklogStats {
        let (waiting, leased) = (self.waiting.len(), self.leases.len());
        BacklogStats {
            waiting,
            leased,
            expired: self.items.len().saturating_sub(waiting + leased),
            counts: self.tally.counts,
            wait: self.tally.wait.summary(),
            run: self.tally.run.summary(),
        }
    }

    /// All zero for one that has not offered a slot yet.
    pub(crate) fn load_of(&self, worker: WorkerId) -> WorkerLoad {
        let load = |worker: &Worker| WorkerLoad {
            leased: worker.leases.len(),
            completed: worker.completed,
        };
        self.workers.get(&worker).map(load).unwrap_or_default()
    }

    fn place_at_tail(&mut self, priority: i32) -> Place {
        let place = (-i64::from(priority), self.next_tail);
        self.next_tail += 1;
        place
    }

    fn micros(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.made).as_micros() as u64
    }

    fn take_out(&mut self, item: ItemId) -> Option<Ended> {
        let attempts = self.items.remove(&item)?.attempts;
        Some(Ended { item, attempts })
    }

    /// Ends a lease by its worker's word; none when it comes too late.
    fn end_by_worker(&mut self, lease: LeaseId, now: Instant) -> Option<Lease> {
        let Some(ended) = self.end_lease(lease) else {
            trace!(lease, "late answer dropped");
            self.tally.counts.late += 1;
            return None;
        };
        self.tally
            .run
            .record(now.saturating_duration_since(ended.begun));
        Some(ended)
    }

    fn end_lease(&mut self, lease: LeaseId) -> Option<Lease> {
        let ended = self.leases.remove(&lease)?;
        let _ = self.deadlines.remove(lease);
        if let Some(worker) = self.workers.get_mut(&ended.worker) {
            let _ = worker.leases.remove(&lease);
        }
        Some(ended)
    }

    /// To the tail, or out when the attempts are used up.
    fn requeue(&mut self, id: ItemId, reason: &str) -> Fate {
        let Some(item) = self.items.get(&id) else {
            return Fate::Dropped;
        };
        if item.is_exhausted() {
            let attempts = item.attempts;
            trace!(item = id, attempts, reason, "failed: attempts used up");
            self.tally.counts.failed += 1;
            let _ = self.items.remove(&id);
            return Fate::Exhausted(attempts);
        }
        trace!(item = id, reason, "enqueued again");
        self.tally.counts.requeued += 1;
        let place = self.place_at_tail(item.priority);
        let _ = self.waiting.insert(place, id);
        if let Some(item) = self.items.get_mut(&id) {
            item.state = ItemState::Waiting(place.1);
        }
        Fate::Requeued
    }
}

#[cfg(test)]
#[path = "backlog_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "backlog_model.rs"]
mod model;
