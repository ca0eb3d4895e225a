//! The queue's state machine: items, leases, credits. No clock, no socket, no task: events in, decisions out.
//!
//! An item is waiting, leased to one worker, or expired (its lease ended without an answer and the engine's owner has yet
//! to say what becomes of it). It leaves the backlog exactly once: answered, failed, dropped or cancelled. A later
//! backlog kept elsewhere (Redis) takes this type's place behind the same methods.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::trace;

use super::crew::{Crew, Token};
use super::items::{HANDED_OVER, Item, ItemState, Place, Waiting, place};
use super::tally::{Outcome, Tally};
use crate::deadlines::Deadlines;
use crate::id::{ItemId, LeaseId, WorkerId};

pub(crate) use super::crew::Offer;
pub(crate) use super::items::ItemOptions;
pub(crate) use super::outcomes::{
    Assignment, BacklogStats, Ended, Expiry, Failure, Fate, Held, Loss, Recall, TimeoutOutcome,
    WorkerLoad,
};

/// A worker that has not given back by then what it was asked for is stopped: it is taken without its word.
const RECALL_LIMIT: Duration = Duration::from_secs(1);

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

#[derive(Debug)]
struct Lease {
    item: ItemId,
    worker: WorkerId,
    /// None while it is held in advance: its time has not begun.
    begun: Option<Instant>,
    /// Where the item waited.
    place: Place,
}

/// The in-memory backlog.
#[derive(Debug)]
pub(crate) struct Backlog {
    options: BacklogOptions,
    /// Ids grow: the newest are at one end and the next to leave at the other, where a hash would scatter a million of them
    /// over all of memory.
    items: BTreeMap<ItemId, Item>,
    waiting: Waiting,
    leases: HashMap<LeaseId, Lease>,
    /// The ends of the leases that are begun.
    deadlines: Deadlines<LeaseId>,
    crew: Crew,
    /// When to look whether what a worker holds in advance moves.
    looks: Deadlines<WorkerId>,
    /// Something falls due earlier than all before.
    is_nearer: bool,
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
            waiting: Waiting::default(),
            leases: HashMap::new(),
            deadlines: Deadlines::new(),
            crew: Crew::default(),
            looks: Deadlines::new(),
            is_nearer: false,
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
        self.waiting.insert(place, id, false);
        let item = Item::new(payload, options, place.1, arrived);
        let _ = self.items.insert(id, item);
    }

    /// A worker takes more.
    pub(crate) fn offer(&mut self, worker: WorkerId, offer: Offer) {
        self.crew.offer(worker, offer);
    }

    /// Takes back the free slots of a worker that wants no more work; its leases go on.
    pub(crate) fn withdraw(&mut self, worker: WorkerId) {
        self.crew.withdraw(worker);
    }

    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// True when there may be both an item and a worker to take it.
    pub(crate) fn can_assign(&self) -> bool {
        self.crew.may_have_room() && !self.paused && !self.waiting.is_empty()
    }

    /// The next hand-over, while there are both an item and a worker to take it.
    pub(crate) fn assign(&mut self, now: Instant) -> Option<Assignment> {
        if !self.can_assign() {
            return None;
        }
        let is_suspects_turn = self.waiting.is_suspects_turn();
        if is_suspects_turn && let Some(token) = self.crew.take_empty() {
            let (place, id) = self.waiting.pop_suspect()?;
            return self.hand_over(token, place, id, now);
        }
        if !self.waiting.has_plain() {
            return None;
        }
        if !is_suspects_turn && !self.crew.has_room() {
            // One of higher priority has come since: what is kept free for the suspect is for that one.
            self.crew.end_reservation();
        }
        let token = self.crew.take()?;
        let (place, id) = self.waiting.pop_plain()?;
        self.hand_over(token, place, id, now)
    }

    fn hand_over(
        &mut self,
        Token { worker, is_slot }: Token,
        place: Place,
        id: ItemId,
        now: Instant,
    ) -> Option<Assignment> {
        let micros = self.micros(now);
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
        let begun = self.crew.give(worker, lease, item.is_suspect());
        trace!(item = id, worker, lease, attempt = item.attempts, "leased");
        let assignment = Assignment {
            worker,
            lease,
            item: id,
            attempt: item.attempts,
            timeout: item.timeout(),
            ahead: !is_slot,
            begun,
            payload: Arc::clone(&item.payload),
        };
        let begins = begun.then_some(now);
        let _ = self.leases.insert(
            lease,
            Lease {
                item: id,
                worker,
                begun: begins,
                place,
            },
        );
        if begun {
            self.is_nearer |= self.deadlines.insert(lease, now + assignment.timeout);
        } else {
            self.look_later(worker, now);
        }
        Some(assignment)
    }

    /// True, once, when something falls due earlier than all before: the timer must look again.
    pub(crate) fn take_nearer(&mut self) -> bool {
        std::mem::take(&mut self.is_nearer)
    }

    /// An answer came. The item it ends, or none when the lease was over already.
    pub(crate) fn settle(
        &mut self,
        worker: WorkerId,
        lease: LeaseId,
        now: Instant,
    ) -> Option<Ended> {
        let Lease { item, .. } = self.end_by_worker(worker, lease, now)?;
        trace!(item, worker, lease, "answered");
        self.tally.counts.completed += 1;
        if let Some(worker) = self.crew.workers.get_mut(&worker) {
            worker.completed += 1;
        }
        self.take_out(item)
    }

    /// The handler failed.
    pub(crate) fn fail(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) -> Failure {
        let Some(Lease { item: id, .. }) = self.end_by_worker(worker, lease, now) else {
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

    /// A worker says that the slot is free which a lease took there, whatever became of the lease.
    pub(crate) fn released(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) {
        if let Some(next) = self.crew.freed(worker, lease)
            && let Some(lease) = self.leases.get_mut(&next)
        {
            lease.begun = Some(now);
            let timeout = self.items.get(&lease.item).map(Item::timeout);
            let due = now + timeout.unwrap_or_default();
            self.is_nearer |= self.deadlines.insert(next, due);
        }
    }

    /// A worker gives a lease back unstarted: the item waits where it did before, and it was no attempt.
    pub(crate) fn give_back(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) {
        if self.leases.get(&lease).is_none_or(|l| l.worker == worker) {
            self.return_lease(lease);
            self.released(worker, lease, now);
        }
    }

    fn return_lease(&mut self, lease: LeaseId) {
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
            self.waiting.insert(place, id, item.is_suspect());
        }
    }

    /// A worker that takes nothing more says which of its leases it has started: the others go back.
    pub(crate) fn give_back_unstarted(&mut self, worker: WorkerId, started: &[LeaseId]) {
        for lease in self.leases_of(worker) {
            if !started.contains(&lease) {
                self.return_lease(lease);
            }
        }
    }

    /// A worker is gone: what it held waits again at once. With `crashed` the end was none of its own choice, and what it
    /// had begun may be why. Says what became of that.
    pub(crate) fn remove_worker(&mut self, worker: WorkerId, crashed: bool) -> Vec<Loss> {
        let mut leases = self.leases_of(worker);
        let gone = self.crew.remove(worker);
        let running = gone.map_or_else(Vec::new, |worker| worker.running);
        let _ = self.looks.remove(worker);
        leases.sort_unstable();
        let mut losses = Vec::new();
        for lease in leases {
            if self.leases.get(&lease).is_some_and(|l| l.begun.is_none()) {
                self.return_lease(lease);
            } else if let Some(Lease { item, .. }) = self.end_lease(lease) {
                let fate = self.lose(item, crashed && running.contains(&lease));
                losses.push(Loss { item, fate });
            }
        }
        losses
    }

    fn lose(&mut self, id: ItemId, crashed: bool) -> Fate {
        let Some(item) = self.items.get_mut(&id) else {
            return Fate::Dropped;
        };
        if crashed {
            item.crashes += 1;
            if item.is_doomed() {
                let attempts = item.attempts;
                trace!(
                    item = id,
                    crashes = item.crashes,
                    "failed: its workers ended"
                );
                self.tally.counts.failed += 1;
                let _ = self.items.remove(&id);
                return Fate::Doomed(attempts);
            }
        }
        self.requeue(id, "its worker is gone")
    }

    /// The open leases of a worker.
    fn leases_of(&self, worker: WorkerId) -> Vec<LeaseId> {
        let open = self.leases.iter();
        open.filter(|(_, lease)| lease.worker == worker)
            .map(|(id, _)| *id)
            .collect()
    }

    /// One that is looked at already is looked at twice before anything is taken from it.
    fn look_later(&mut self, id: WorkerId, now: Instant) {
        let Some(worker) = self.crew.workers.get_mut(&id) else {
            return;
        };
        if worker.ahead.len() == 1 {
            worker.is_recalled = false;
            worker.seen_moves = None;
        }
        if !worker.is_watched {
            worker.is_watched = true;
            worker.seen_moves = Some(worker.moves);
            self.is_nearer |= self.looks.insert(id, now + worker.patience);
        }
    }

    /// Leases that a worker holds in advance and that have not moved for longer than its patience: what it computes blocks
    /// it. It is to give them back.
    pub(crate) fn recall(&mut self, now: Instant) -> Option<Recall> {
        while let Some(id) = self.looks.pop_due(now) {
            let Some(worker) = self.crew.workers.get_mut(&id) else {
                continue;
            };
            worker.is_watched = !worker.ahead.is_empty();
            if !worker.is_watched {
                continue;
            }
            if worker.seen_moves != Some(worker.moves) {
                worker.seen_moves = Some(worker.moves);
                worker.is_recalled = false;
                let _ = self.looks.insert(id, now + worker.patience);
                continue;
            }
            let leases: Vec<_> = worker.ahead.iter().copied().collect();
            if worker.is_recalled {
                // It is stopped, or its machine has no time for it.
                worker.is_watched = false;
                leases.iter().for_each(|lease| self.return_lease(*lease));
            } else {
                self.crew.stall(id);
                let _ = self.looks.insert(id, now + RECALL_LIMIT);
            }
            trace!(worker = id, count = leases.len(), "recalled");
            return Some(Recall { worker: id, leases });
        }
        None
    }

    /// The next lease that ended by `now`.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Expiry> {
        let lease = self.deadlines.pop_due(now)?;
        let Lease { item, worker, .. } = self.end_lease(lease)?;
        trace!(item, worker, lease, "expired");
        self.tally.counts.timeouts += 1;
        let generation = self
            .crew
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
    pub(crate) fn cancel(&mut self, id: ItemId, outcome: Outcome) -> Option<Option<Held>> {
        let item = self.items.remove(&id)?;
        trace!(item = id, ?outcome, "ended from outside");
        self.tally.end(outcome);
        Some(match item.state {
            ItemState::Waiting(turn) => {
                let place = place(item.priority, turn);
                self.waiting.remove(place, item.is_suspect());
                None
            }
            ItemState::Leased(lease) => self.end_lease(lease).map(|ended| Held {
                worker: ended.worker,
                lease,
                begun: ended.begun.is_some(),
            }),
            ItemState::Expired(_) => None,
        })
    }

    /// While paused nothing is handed over.
    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let ends = self.deadlines.next().into_iter();
        ends.chain(self.looks.next()).min()
    }

    pub(crate) fn waiting_len(&self) -> usize {
        self.waiting.len()
    }

    /// The waiting items, in the order they will be handed over.
    pub(crate) fn waiting_ids(&self) -> impl Iterator<Item = ItemId> + '_ {
        self.waiting.ids()
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
        self.crew.idle.iter().copied()
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
        let known = self.crew.workers.get(&worker);
        WorkerLoad {
            leased: self.leases_of(worker).len(),
            completed: known.map_or(0, |worker| worker.completed),
            at_work: known.is_some_and(|worker| worker.at_work),
        }
    }

    fn place_at_tail(&mut self, priority: i32) -> Place {
        let place = place(priority, self.next_tail);
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
    fn end_by_worker(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) -> Option<Lease> {
        let is_its = self.leases.get(&lease).is_some_and(|l| l.worker == worker);
        let ended = if is_its { self.end_lease(lease) } else { None };
        self.released(worker, lease, now);
        let Some(ended) = ended else {
            trace!(lease, "late answer dropped");
            self.tally.counts.late += 1;
            return None;
        };
        let ran = now.saturating_duration_since(ended.begun.unwrap_or(now));
        self.tally.run.record(ran);
        Some(ended)
    }

    fn end_lease(&mut self, lease: LeaseId) -> Option<Lease> {
        let ended = self.leases.remove(&lease)?;
        if ended.begun.is_some() {
            let _ = self.deadlines.remove(lease);
        } else {
            let _ = self.crew.drop_ahead(ended.worker, lease);
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
        let is_suspect = item.is_suspect();
        let place = self.place_at_tail(item.priority);
        self.waiting.insert(place, id, is_suspect);
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
#[path = "crew_tests.rs"]
mod crew_tests;

#[cfg(test)]
#[path = "backlog_model.rs"]
mod model;
