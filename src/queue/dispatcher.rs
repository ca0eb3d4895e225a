//! The queue's state machine: a backlog's items go to workers' free slots as leases. No clock, no socket, no task.
//!
//! Whatever ends a lease, its end is said to the backlog, and what the backlog says of it becomes a [`QueueEvent`].

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::time::Instant;
use tracing::trace;

use super::backlog::{Backlog, Event, HandOver, ItemOptions, ItemState, ItemView, LeaseEnd, Run};
use super::chosen::Chosen;
use super::event::QueueEvent;
use super::fate::{self, Fate, Generation, TimeoutOutcome};
use super::leases::{Lease, Leases};
use super::outcomes::{Assignment, Cancelled, Ended, Expiry, Held};
use super::recall::{Looks, Recall, Stuck};
use super::slots::{Given, Offer, Slots};
use super::tally::{Outcome, Tally};
use crate::id::{ItemId, LeaseId, WorkerId};

/// The settings that hold for every item of one queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BacklogOptions {
    /// Re-enqueue after a timeout: always, never, or by the client's generation.
    pub(crate) requeue: Option<bool>,
    /// How often a handler's error is followed by another attempt.
    pub(crate) retry_errors: u32,
}

/// A backlog, the workers' slots, and the leases between them.
#[derive(Debug)]
pub(crate) struct Dispatcher<B = Chosen> {
    pub(super) backlog: B,
    pub(super) slots: Slots,
    requeue: Option<bool>,
    pub(super) leases: Leases,
    pub(super) looks: Looks,
    /// Items whose leases ended by their deadlines, until it is decided what becomes of them.
    pub(super) expired: HashMap<ItemId, Generation>,
    /// What is to be sent.
    pub(super) assigned: VecDeque<Assignment>,
    events: VecDeque<QueueEvent>,
    /// Something falls due earlier than all before.
    is_nearer: bool,
    paused: bool,
    pub(super) tally: Tally,
}

impl<B: Backlog> Dispatcher<B> {
    /// A queue whose items wait in `backlog`. `requeue` as in [`BacklogOptions`].
    pub(crate) fn of(backlog: B, requeue: Option<bool>) -> Self {
        let mut tally = Tally::default();
        // What an earlier process has left counts as enqueued, so that the counts add up.
        tally.counts.enqueued = backlog.waiting_len() as u64;
        Self {
            backlog,
            slots: Slots::default(),
            requeue,
            leases: Leases::new(),
            looks: Looks::new(),
            expired: HashMap::new(),
            assigned: VecDeque::new(),
            events: VecDeque::new(),
            is_nearer: false,
            paused: false,
            tally,
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
        self.tally.counts.enqueued += 1;
        self.backlog.enqueue(id, payload, options, now);
    }

    /// A worker takes more.
    pub(crate) fn offer(&mut self, worker: WorkerId, offer: Offer) {
        self.slots.offer(worker, offer);
    }

    /// Takes back the free slots of a worker that wants no more work; its leases go on.
    pub(crate) fn withdraw(&mut self, worker: WorkerId) {
        self.slots.withdraw(worker);
    }

    /// While paused nothing is handed over.
    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// True when there may be both an item and a worker to take it.
    pub(crate) fn can_assign(&self) -> bool {
        !self.assigned.is_empty() || self.can_request()
    }

    fn can_request(&self) -> bool {
        self.slots.may_have_room() && !self.paused && self.backlog.next().is_some()
    }

    /// The next hand-over, while there are both an item and a worker to take it. Takes note of what the backlog has said.
    pub(crate) fn assign(&mut self, now: Instant) -> Option<Assignment> {
        loop {
            let waits = self.assigned.pop_front();
            let assigned = waits.or_else(|| self.hear(now));
            if assigned.is_some() || !self.request(now) {
                return assigned;
            }
        }
    }

    /// Asks for an item, where there is room for it.
    pub(super) fn request(&mut self, now: Instant) -> bool {
        if !self.can_request() {
            return false;
        }
        let is_suspects_turn = self.backlog.next() == Some(Run::Alone);
        if is_suspects_turn && self.slots.promise(Run::Alone) {
            self.backlog.request(Run::Alone, now);
            return true;
        }
        if !self.backlog.has(Run::Beside) {
            return false;
        }
        if !is_suspects_turn && !self.slots.has_room() {
            // One of higher priority has come since: what is kept free for the suspect is for that one.
            self.slots.end_reservation();
        }
        let is_promised = self.slots.promise(Run::Beside);
        if is_promised {
            self.backlog.request(Run::Beside, now);
        }
        is_promised
    }

    /// Takes note of all that the backlog has said.
    pub(super) fn hear_backlog(&mut self, now: Instant) {
        while let Some(assigned) = self.hear(now) {
            self.assigned.push_back(assigned);
        }
    }

    /// Takes note of what the backlog has said, up to the next hand-over.
    fn hear(&mut self, now: Instant) -> Option<Assignment> {
        while let Some(event) = self.backlog.poll() {
            match event {
                Event::HandOver(hand_over) => {
                    let assigned = self.hand_over(hand_over, now);
                    if assigned.is_some() {
                        return assigned;
                    }
                }
                Event::Unavailable { run } => self.slots.refund(run),
                Event::Requeued { item, miss } => {
                    trace!(item, reason = miss.reason(), "enqueued again");
                    self.tally.counts.requeued += 1;
                }
                Event::Returned { item } => {
                    trace!(item, "given back unstarted");
                    self.tally.counts.returned += 1;
                }
                Event::Answered { ended, response } => {
                    self.tally.counts.completed += 1;
                    self.events
                        .push_back(QueueEvent::Answered { ended, response });
                }
                Event::Failed { ended, error } => {
                    trace!(item = ended.item, "failed");
                    self.failed(QueueEvent::Failed { ended, error });
                }
                Event::Exhausted {
                    ended: ended @ Ended { item, attempts },
                } => {
                    trace!(item, attempts, "failed: attempts used up");
                    self.failed(QueueEvent::Exhausted { ended });
                }
                Event::Doomed { ended } => {
                    trace!(item = ended.item, "failed: its workers ended");
                    self.failed(QueueEvent::Doomed { ended });
                }
                Event::Decided { item, fate } => {
                    let reason = "its time was over";
                    match fate {
                        Fate::Requeued => trace!(item, reason, "enqueued again"),
                        Fate::Exhausted => trace!(item, reason, "failed: attempts used up"),
                        _ => trace!(item, "timed out"),
                    }
                    self.tally.decide(fate);
                }
                Event::Cancelled { item, how } => {
                    trace!(item, ?how, "ended from outside");
                    self.tally.end(how);
                }
                Event::Late { item } => {
                    trace!(item, "the end of a lease was refused");
                    self.tally.counts.late += 1;
                    let _ = self.expired.remove(&item);
                }
            }
        }
        None
    }

    fn failed(&mut self, event: QueueEvent) {
        self.tally.counts.failed += 1;
        self.events.push_back(event);
    }

    /// Gives an item to the worker whose room it was asked for; back where there is none any more.
    fn hand_over(&mut self, hand_over: HandOver, now: Instant) -> Option<Assignment> {
        let HandOver {
            item,
            lease,
            run,
            attempt,
            timeout,
            waited,
            payload,
        } = hand_over;
        self.tally.counts.delivered += 1;
        if let Some(waited) = waited {
            self.tally.wait.record(waited);
        }
        let given = if self.paused {
            self.slots.refund(run);
            None
        } else {
            self.slots.redeem(run, lease)
        };
        let Some(Given {
            worker,
            is_slot,
            begun,
        }) = given
        else {
            self.backlog.settle(item, lease, LeaseEnd::GivenBack);
            return None;
        };
        trace!(item, worker, lease, attempt, "leased");
        let held = Lease {
            item,
            worker,
            begun: begun.then_some(now),
            timeout,
        };
        self.is_nearer |= self.leases.insert(lease, held);
        if !begun {
            self.is_nearer |= self.looks.expect(&mut self.slots, worker, now);
        }
        Some(Assignment {
            worker,
            lease,
            item,
            attempt,
            ahead: !is_slot,
            begun,
            payload,
        })
    }

    /// What the owner must hear of: the first event, and the others, which are rare.
    pub(crate) fn take_events(&mut self) -> (Option<QueueEvent>, VecDeque<QueueEvent>) {
        let first = self.events.pop_front();
        if self.events.is_empty() {
            return (first, VecDeque::new());
        }
        (first, std::mem::take(&mut self.events))
    }

    /// True, once, when something falls due earlier than all before: the timer must look again.
    pub(crate) fn take_nearer(&mut self) -> bool {
        std::mem::take(&mut self.is_nearer)
    }

    /// A worker's answer, JSON text. [`QueueEvent::Answered`] unless the lease was over already.
    pub(crate) fn answer(
        &mut self,
        worker: WorkerId,
        lease: LeaseId,
        response: String,
        now: Instant,
    ) {
        if let Some(item) = self.end_by_worker(worker, lease, now) {
            trace!(item, worker, lease, "answered");
            if let Some(worker) = self.slots.workers.get_mut(&worker) {
                worker.completed += 1;
            }
            self.settle(item, lease, LeaseEnd::Answered { response }, now);
        }
    }

    /// A handler's error, JSON text. [`QueueEvent::Failed`] unless another attempt follows, or the lease was over already.
    pub(crate) fn fail(&mut self, worker: WorkerId, lease: LeaseId, error: String, now: Instant) {
        if let Some(item) = self.end_by_worker(worker, lease, now) {
            trace!(item, worker, lease, "its handler failed");
            self.settle(item, lease, LeaseEnd::Failed { error }, now);
        }
    }

    fn settle(&mut self, item: ItemId, lease: LeaseId, end: LeaseEnd, now: Instant) {
        self.backlog.settle(item, lease, end);
        self.hear_backlog(now);
    }

    /// A worker says that the slot is free which a lease took there, whatever became of the lease.
    pub(crate) fn released(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) {
        self.freed(worker, lease, now);
        let is_begun = |lease: &Lease| lease.worker == worker && lease.begun.is_some();
        if self.leases.get(lease).is_some_and(is_begun) {
            self.slots.stray(worker, lease);
        }
    }

    fn freed(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) {
        if let Some(next) = self.slots.freed(worker, lease) {
            self.is_nearer |= self.leases.begin(next, now);
        }
    }

    /// A worker gives a lease back unstarted: the item waits where it did before, and it was no attempt.
    pub(crate) fn give_back(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) {
        if !self.leases.is_open(lease) || self.leases.is_of(lease, worker) {
            self.return_lease(lease, now);
            self.freed(worker, lease, now);
        }
    }

    fn return_lease(&mut self, lease: LeaseId, now: Instant) {
        if let Some(Lease { item, .. }) = self.end_lease(lease) {
            self.settle(item, lease, LeaseEnd::GivenBack, now);
        }
    }

    /// A worker that takes nothing more says which of its leases it has started: the others go back.
    pub(crate) fn give_back_unstarted(
        &mut self,
        worker: WorkerId,
        started: &[LeaseId],
        now: Instant,
    ) {
        for lease in self.leases_of(worker) {
            if !started.contains(&lease) {
                self.return_lease(lease, now);
            }
        }
    }

    /// A worker is gone: what it held waits again at once. With `is_crash` the end was none of its own choice, and what it
    /// had begun may be why: [`QueueEvent::Crashed`] for each. `fault` is what the worker said of its end.
    pub(crate) fn remove_worker(
        &mut self,
        worker: WorkerId,
        is_crash: bool,
        fault: Option<&str>,
        now: Instant,
    ) {
        let leases = self.leases_of(worker);
        let gone = self.slots.remove(worker);
        self.looks.remove(worker);
        for lease in leases {
            if self.leases.get(lease).is_some_and(|l| l.begun.is_none()) {
                self.return_lease(lease, now);
            } else if let Some(Lease { item, .. }) = self.end_lease(lease) {
                if is_crash {
                    let fault = fault.map(str::to_owned);
                    self.events.push_back(QueueEvent::Crashed {
                        item,
                        worker,
                        fault,
                    });
                }
                let ran = gone
                    .as_ref()
                    .is_some_and(|gone| gone.running.contains(&lease));
                let is_crash = is_crash && ran;
                self.settle(item, lease, LeaseEnd::Lost { is_crash }, now);
            }
        }
    }

    /// Leases that a worker holds in advance and that do not move. It is to give them back.
    pub(crate) fn recall(&mut self, now: Instant) -> Option<Recall> {
        let recall = match self.looks.stuck(&mut self.slots, now)? {
            Stuck::Asked(recall) => recall,
            Stuck::Taken(recall) => {
                for lease in &recall.leases {
                    self.return_lease(*lease, now);
                }
                recall
            }
        };
        trace!(
            worker = recall.worker,
            count = recall.leases.len(),
            "recalled"
        );
        Some(recall)
    }

    /// The next lease that ended by `now`.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Expiry> {
        let (lease, Lease { item, worker, .. }) = self.leases.pop_due(now)?;
        trace!(item, worker, lease, "expired");
        self.tally.counts.timeouts += 1;
        let known = self.slots.workers.get(&worker);
        let generation = known.map_or(Generation::Documented, |worker| worker.generation);
        self.slots.forget(worker, lease);
        let _ = self.expired.insert(item, generation);
        self.settle(item, lease, LeaseEnd::Expired, now);
        Some(Expiry {
            item,
            lease,
            worker,
        })
    }

    /// Settles an expired item by what the user's `timeout` listener did. None when it is not expired (any more).
    pub(crate) fn decide(
        &mut self,
        item: ItemId,
        outcome: TimeoutOutcome,
        now: Instant,
    ) -> Option<Fate> {
        let generation = self.expired.remove(&item)?;
        let ItemView { tries, .. } = self.backlog.view(item)?;
        let fate = fate::after_timeout(outcome, generation, self.requeue, &tries);
        self.backlog.decide(item, fate);
        self.hear_backlog(now);
        Some(fate)
    }

    /// Ends an item from outside.
    pub(crate) fn cancel(&mut self, item: ItemId, how: Outcome, now: Instant) -> Cancelled {
        let Some(ItemView { state, .. }) = self.backlog.view(item) else {
            return Cancelled::Unknown;
        };
        let _ = self.expired.remove(&item);
        self.backlog.cancel(item, how);
        self.hear_backlog(now);
        let ItemState::Leased(lease) = state else {
            return Cancelled::Idle;
        };
        let Some(Lease { worker, begun, .. }) = self.end_lease(lease) else {
            return Cancelled::Idle;
        };
        self.slots.forget(worker, lease);
        Cancelled::Held(Held {
            worker,
            lease,
            begun: begun.is_some(),
        })
    }

    /// Ends a lease by its worker's word: its item; none when it comes too late.
    fn end_by_worker(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) -> Option<ItemId> {
        let is_its = self.leases.is_of(lease, worker);
        let ended = is_its.then(|| self.end_lease(lease)).flatten();
        self.freed(worker, lease, now);
        let Some(ended) = ended else {
            trace!(lease, "late answer dropped");
            self.tally.counts.late += 1;
            return None;
        };
        let ran = now.saturating_duration_since(ended.begun.unwrap_or(now));
        self.tally.run.record(ran);
        Some(ended.item)
    }

    fn end_lease(&mut self, lease: LeaseId) -> Option<Lease> {
        let ended = self.leases.end(lease)?;
        if ended.begun.is_none() {
            self.slots.forget(ended.worker, lease);
        }
        Some(ended)
    }
}
