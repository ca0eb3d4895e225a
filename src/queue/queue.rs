//! The queue of one engine: the backlog, with a clock and the way to each worker.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::warn;

use super::backlog::{
    Assignment, Backlog, BacklogOptions, BacklogStats, Ended, Expiry, Failure, Fate, Generation,
    Held, ItemOptions, Loss, Offer, Recall, TimeoutOutcome, WorkerLoad,
};
use super::event::{QueueEvent, RequestTooLong};
use super::tally::Outcome;
use super::unheard::Unheard;
use crate::deadlines;
use crate::id::{ItemId, LeaseId, WorkerId};
use crate::link::wire::{QueueOrder, QueueReport, ToWorker};
use crate::link::{Departure, Outbox};
use crate::lived::Lived;

/// More slots than any worker has (option `workerParallelism`). Each takes room in the list of idle workers.
const MAX_SLOTS: u32 = 1024;
/// So many leases fit in one frame, however low the limit of messages is.
const RECALLED_AT_ONCE: usize = 64;
/// More than there can be workers: of those that were lost before nobody asks any more.
const MAX_LOST: usize = 2048;

/// Settings of a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueueOptions {
    pub(crate) backlog: BacklogOptions,
    /// Longest request, bytes of JSON.
    pub(crate) max_message: usize,
}

/// Requests on their way to workers, and answers on their way back. It runs no task of its own: its owner has one for
/// [`run`](Self::run).
///
/// One lock holds all of its state: enqueueing takes it once, and so does an answer with the hand-over that follows.
#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Rung when something falls due earlier than all before.
    timer: Notify,
    max_message: usize,
}

#[derive(Debug)]
struct State {
    backlog: Backlog,
    /// The ways to the connected workers.
    outboxes: HashMap<WorkerId, Outbox>,
    unheard: Unheard,
    /// A lease that is over blocks them: whatever else they hold is not to blame for their end.
    blocked: HashSet<WorkerId>,
    /// The last workers whose connections ended while they were at work.
    lost_at_work: VecDeque<WorkerId>,
    clock: Lived,
}

/// What a deadline brings.
enum Due {
    Event(QueueEvent),
    Blocked(WorkerId),
}

impl Queue {
    pub(crate) fn new(options: QueueOptions) -> Self {
        Self {
            state: Mutex::new(State {
                backlog: Backlog::new(options.backlog),
                outboxes: HashMap::new(),
                unheard: Unheard::new(),
                blocked: HashSet::new(),
                lost_at_work: VecDeque::new(),
                clock: Lived::new(),
            }),
            timer: Notify::new(),
            max_message: options.max_message,
        }
    }

    /// Ends leases at their deadlines, for ever. `on_blocked` is told of a worker that takes no note of that: it does not
    /// react any more.
    pub(crate) async fn run(&self, on_event: impl Fn(QueueEvent), on_blocked: impl Fn(WorkerId)) {
        let next = || self.state.lock().wake_at();
        let end = || {
            while let Some(due) = self.next_due() {
                match due {
                    Due::Event(event) => on_event(event),
                    Due::Blocked(worker) => on_blocked(worker),
                }
            }
        };
        deadlines::keep(&self.timer, next, end).await
    }

    /// Enqueues a request given as JSON text.
    ///
    /// # Errors
    /// [`RequestTooLong`] above the limit.
    pub(crate) fn enqueue(
        &self,
        id: ItemId,
        request: String,
        options: ItemOptions,
    ) -> Result<(), RequestTooLong> {
        RequestTooLong::check(request.len(), self.max_message)?;
        let mut state = self.state.lock();
        let now = state.clock.now();
        state.backlog.enqueue(id, request.into(), options, now);
        self.hand_over(&mut state);
        Ok(())
    }

    /// Settles an item after [`QueueEvent::Expired`]. None when it is over already.
    pub(crate) fn decide(&self, item: ItemId, outcome: TimeoutOutcome) -> Option<Fate> {
        let mut state = self.state.lock();
        let fate = state.backlog.decide(item, outcome);
        self.hand_over(&mut state);
        fate
    }

    /// Ends an item from outside; false when there is no such item (any more).
    pub(crate) fn cancel(&self, item: ItemId, outcome: Outcome) -> bool {
        let mut state = self.state.lock();
        let Some(held) = state.backlog.cancel(item, outcome) else {
            return false;
        };
        match held {
            Some(Held {
                worker,
                lease,
                begun: true,
            }) => {
                state.order(worker, QueueOrder::Cancelled { lease });
                let now = state.clock.now();
                if state.unheard.expect(worker, lease, now) {
                    self.timer.notify_one();
                }
            }
            Some(Held { worker, lease, .. }) => state.recall(worker, vec![lease]),
            None => {}
        }
        true
    }

    pub(crate) fn set_paused(&self, paused: bool) {
        let mut state = self.state.lock();
        state.backlog.set_paused(paused);
        self.hand_over(&mut state);
    }

    /// A worker is connected: `outbox` leads to it.
    pub(crate) fn joined(&self, worker: WorkerId, outbox: &Outbox) {
        let _ = self.state.lock().outboxes.insert(worker, outbox.clone());
    }

    /// A worker takes no more: what it has offered is void.
    pub(crate) fn withdraw(&self, worker: WorkerId) {
        self.state.lock().backlog.withdraw(worker);
    }

    /// A worker has said goodbye: it has begun these leases, and the others go to the next.
    pub(crate) fn goodbye(&self, worker: WorkerId, started: &[LeaseId]) {
        let mut state = self.state.lock();
        state.backlog.withdraw(worker);
        state.backlog.give_back_unstarted(worker, started);
        self.hand_over(&mut state);
    }

    /// A worker's connection has ended: what it held goes to the next.
    pub(crate) fn left(
        &self,
        worker: WorkerId,
        departure: &Departure,
        on_event: impl Fn(QueueEvent),
    ) {
        let mut state = self.state.lock();
        let _ = state.outboxes.remove(&worker);
        if state.backlog.load_of(worker).at_work {
            state.lost_at_work.push_back(worker);
            if state.lost_at_work.len() > MAX_LOST {
                let _ = state.lost_at_work.pop_front();
            }
        }
        let is_crash = !state.blocked.remove(&worker) && departure.is_crash();
        let losses = state.backlog.remove_worker(worker, is_crash);
        self.hand_over(&mut state);
        drop(state);
        for Loss { item, fate } in losses {
            if is_crash {
                on_event(QueueEvent::Crashed {
                    item,
                    worker,
                    fault: departure.fault.clone(),
                });
            }
            match fate {
                Fate::Exhausted(attempts) => {
                    let ended = Ended { item, attempts };
                    on_event(QueueEvent::Exhausted { ended });
                }
                Fate::Doomed(attempts) => {
                    let ended = Ended { item, attempts };
                    on_event(QueueEvent::Doomed { ended });
                }
                Fate::Requeued | Fate::Dropped => {}
            }
        }
    }

    /// Takes what a worker says of requests; false when no worker of ours says that.
    pub(crate) fn reported(
        &self,
        worker: WorkerId,
        report: QueueReport<'_>,
        on_event: impl Fn(QueueEvent),
    ) -> bool {
        match report {
            QueueReport::Offer {
                slots, ahead, of, ..
            } if slots.max(ahead).max(of) > MAX_SLOTS => return false,
            QueueReport::Offer {
                slots,
                ahead,
                of,
                patience_ms,
                published,
            } => {
                let offer = Offer {
                    generation: if published {
                        Generation::Published
                    } else {
                        Generation::Documented
                    },
                    slots,
                    ahead,
                    of,
                    patience: Duration::from_millis(patience_ms.into()),
                };
                let mut state = self.state.lock();
                state.backlog.offer(worker, offer);
                self.hand_over(&mut state);
            }
            QueueReport::Answer { lease, response } => {
                let settled = self.at_now(|backlog, now| backlog.settle(worker, lease, now));
                if let Some(ended) = settled {
                    let response = response.to_owned();
                    on_event(QueueEvent::Answered { ended, response });
                }
            }
            QueueReport::Fail { lease, error } => {
                let failure = self.at_now(|backlog, now| backlog.fail(worker, lease, now));
                if let Failure::Failed(ended) = failure {
                    let error = error.to_owned();
                    on_event(QueueEvent::Failed { ended, error });
                }
            }
            QueueReport::GiveBack { lease } => {
                self.at_now(|backlog, now| backlog.give_back(worker, lease, now));
            }
            QueueReport::Released { lease } => self.released(worker, lease),
            QueueReport::Withdraw => self.withdraw(worker),
        }
        true
    }

    fn released(&self, worker: WorkerId, lease: LeaseId) {
        let mut state = self.state.lock();
        state.unheard.heard(worker, lease);
        let now = state.clock.now();
        state.backlog.released(worker, lease, now);
        self.hand_over(&mut state);
    }

    /// What the queue holds and has seen.
    pub(crate) fn stats(&self) -> BacklogStats {
        self.state.lock().backlog.stats()
    }

    /// What a worker holds and has done.
    pub(crate) fn load_of(&self, worker: WorkerId) -> WorkerLoad {
        self.state.lock().backlog.load_of(worker)
    }

    /// Whether a worker that is gone was at work, and how many requests workers have answered so far.
    pub(crate) fn end_of(&self, worker: WorkerId) -> (bool, u64) {
        let state = self.state.lock();
        // Its process may be seen to end before its connection.
        let at_work = state.lost_at_work.contains(&worker) || state.backlog.load_of(worker).at_work;
        (at_work, state.backlog.stats().run.count)
    }

    /// How many items wait.
    pub(crate) fn waiting_len(&self) -> usize {
        self.state.lock().backlog.waiting_len()
    }

    /// The items that wait, oldest first.
    pub(crate) fn waiting_ids(&self) -> Vec<ItemId> {
        self.state.lock().backlog.waiting_ids().collect()
    }

    /// True while a worker has the item.
    pub(crate) fn is_leased(&self, item: ItemId) -> bool {
        self.state.lock().backlog.is_leased(item)
    }

    /// How often an item was handed over; none when it is over.
    pub(crate) fn attempts(&self, item: ItemId) -> Option<u32> {
        self.state.lock().backlog.attempts(item)
    }

    /// The workers waiting for work, one entry per free slot.
    pub(crate) fn idle_workers(&self) -> Vec<WorkerId> {
        self.state.lock().backlog.idle_workers().collect()
    }

    /// True when no worker is connected, and none has to take note of anything.
    #[cfg(test)]
    pub(crate) fn knows_nobody(&self) -> bool {
        let state = self.state.lock();
        state.outboxes.is_empty() && state.unheard.next().is_none()
    }

    /// Tells the backlog what happened just now, and hands over what that allows.
    fn at_now<T>(&self, event: impl FnOnce(&mut Backlog, Instant) -> T) -> T {
        let mut state = self.state.lock();
        let now = state.clock.now();
        let result = event(&mut state.backlog, now);
        self.hand_over(&mut state);
        result
    }

    /// Hands over all that items and free slots allow.
    fn hand_over(&self, state: &mut State) {
        // Reading the clock is a good part of what an enqueued item costs.
        if state.backlog.can_assign() {
            state.assign_all();
        }
        if state.backlog.take_nearer() {
            self.timer.notify_one();
        }
    }

    /// What has come to its end by now, one thing at a time.
    fn next_due(&self) -> Option<Due> {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        let now = state.clock.now();
        if let Some(Expiry {
            item,
            lease,
            worker,
        }) = state.backlog.expire(now)
        {
            state.order(worker, QueueOrder::Expired { lease });
            let _ = state.unheard.expect(worker, lease, now);
            return Some(Due::Event(QueueEvent::Expired { item }));
        }
        while let Some(Recall { worker, leases }) = state.backlog.recall(now) {
            state.recall(worker, leases);
            self.hand_over(state);
        }
        while let Some(worker) = state.unheard.pop_due(&mut state.clock) {
            if state.outboxes.contains_key(&worker) {
                let _ = state.blocked.insert(worker);
                warn!(
                    worker,
                    "worker frozen: it took no note of the end of a lease"
                );
                return Some(Due::Blocked(worker));
            }
        }
        None
    }
}

impl State {
    fn assign_all(&mut self) {
        let now = self.clock.now();
        while let Some(Assignment {
            worker,
            lease,
            item,
            attempt,
            ahead,
            begun,
            payload,
            ..
        }) = self.backlog.assign(now)
        {
            let Some(outbox) = self.outboxes.get(&worker) else {
                continue;
            };
            let frame = ToWorker::Queue(QueueOrder::Lease {
                lease,
                item,
                attempt,
                ahead,
                begun,
                request: &payload,
            });
            // Its size was checked when it was enqueued.
            let _ = if ahead || self.backlog.has_waiting() {
                outbox.send(&frame)
            } else {
                outbox.send_at_once(&frame)
            };
        }
    }

    fn recall(&self, worker: WorkerId, mut leases: Vec<LeaseId>) {
        while !leases.is_empty() {
            let rest = leases.split_off(leases.len().min(RECALLED_AT_ONCE));
            self.order(worker, QueueOrder::Recall { leases });
            leases = rest;
        }
    }

    fn order(&self, worker: WorkerId, order: QueueOrder<'_>) {
        if let Some(outbox) = self.outboxes.get(&worker) {
            // Only a lease carries a payload that may be too long.
            let _ = outbox.send(&ToWorker::Queue(order));
        }
    }

    fn wake_at(&mut self) -> Option<Instant> {
        let leases = self.backlog.next_deadline().into_iter();
        let due = leases.chain(self.unheard.next()).min();
        self.clock.wake_at(due)
    }
}
