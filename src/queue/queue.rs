//! The queue of one engine: its dispatcher, with a clock and the way to each worker.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use rustc_hash::FxHashMap;
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::warn;

use super::backlog::{Backlog, ItemOptions};
use super::chosen::Chosen;
use super::dispatcher::{BacklogOptions, Dispatcher};
use super::event::{QueueEvent, RequestTooLong};
use super::fate::{Fate, Generation, TimeoutOutcome};
use super::journaled::Journaled;
use super::memory::Memory;
use super::outcomes::{Assignment, BacklogStats, Cancelled, Expiry, Held, WorkerLoad};
use super::recall::Recall;
use super::slots::Offer;
use super::tally::Outcome;
use super::unheard::Unheard;
use crate::deadlines;
use crate::id::{ItemId, LeaseId, WorkerId};
use crate::link::wire::{QueueOrder, QueueReport, ToWorker};
use crate::link::{Departure, Outbox};
use crate::lived::Lived;
use crate::store::{Journal, Record};

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
pub(crate) struct Queue<B = Chosen> {
    state: Mutex<State<B>>,
    /// Rung when something falls due earlier than all before.
    timer: Notify,
    /// Rung when the backlog has more to say; for good silent where it says all at once.
    wakes: Arc<Notify>,
    max_message: usize,
}

#[derive(Debug)]
struct State<B> {
    dispatcher: Dispatcher<B>,
    /// The ways to the connected workers.
    outboxes: FxHashMap<WorkerId, Outbox>,
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
    /// A queue in memory; behind a journal, if there is one, with what that has found.
    pub(crate) fn new(options: QueueOptions, journal: Option<(Arc<Journal>, Vec<Record>)>) -> Self {
        let retries = options.backlog.retry_errors;
        let backlog = match journal {
            None => Chosen::Memory(Memory::new(retries)),
            Some((journal, waiting)) => {
                Chosen::Journaled(Journaled::new(retries, journal, waiting))
            }
        };
        Self {
            wakes: backlog.wakes().unwrap_or_default(),
            state: Mutex::new(State {
                dispatcher: Dispatcher::of(backlog, options.backlog.requeue),
                outboxes: FxHashMap::default(),
                unheard: Unheard::new(),
                blocked: HashSet::new(),
                lost_at_work: VecDeque::new(),
                clock: Lived::new(),
            }),
            timer: Notify::new(),
            max_message: options.max_message,
        }
    }
}

impl<B: Backlog> Queue<B> {
    /// Ends leases at their deadlines, and hears what the backlog says by itself, for ever. `on_blocked` is told of a
    /// worker that takes no note of the end of a lease: it does not react any more.
    pub(crate) async fn run(&self, on_event: impl Fn(QueueEvent), on_blocked: impl Fn(WorkerId)) {
        tokio::join!(
            self.keep_time(&on_event, on_blocked),
            self.listen(&on_event)
        );
    }

    async fn listen(&self, on_event: impl Fn(QueueEvent)) {
        loop {
            self.wakes.notified().await;
            self.at_now(&on_event, Dispatcher::hear_backlog);
        }
    }

    async fn keep_time(&self, on_event: impl Fn(QueueEvent), on_blocked: impl Fn(WorkerId)) {
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
        state.dispatcher.enqueue(id, request.into(), options, now);
        self.hand_over(&mut state);
        Ok(())
    }

    /// Settles an item after [`QueueEvent::Expired`]. None when it is over already.
    pub(crate) fn decide(&self, item: ItemId, outcome: TimeoutOutcome) -> Option<Fate> {
        let mut state = self.state.lock();
        let now = state.clock.now();
        let fate = state.dispatcher.decide(item, outcome, now);
        self.hand_over(&mut state);
        fate
    }

    /// Ends an item from outside; false when there is no such item (any more).
    pub(crate) fn cancel(&self, item: ItemId, outcome: Outcome) -> bool {
        let mut state = self.state.lock();
        let now = state.clock.now();
        match state.dispatcher.cancel(item, outcome, now) {
            Cancelled::Unknown => return false,
            Cancelled::Idle => {}
            Cancelled::Held(Held {
                worker,
                lease,
                begun: true,
            }) => {
                state.order(worker, QueueOrder::Cancelled { lease });
                if state.unheard.expect(worker, lease, now) {
                    self.timer.notify_one();
                }
            }
            Cancelled::Held(Held { worker, lease, .. }) => state.recall(worker, vec![lease]),
        }
        true
    }

    pub(crate) fn set_paused(&self, paused: bool) {
        let mut state = self.state.lock();
        state.dispatcher.set_paused(paused);
        self.hand_over(&mut state);
    }

    /// A worker is connected: `outbox` leads to it.
    pub(crate) fn joined(&self, worker: WorkerId, outbox: &Outbox) {
        let _ = self.state.lock().outboxes.insert(worker, outbox.clone());
    }

    /// A worker takes no more: what it has offered is void.
    pub(crate) fn withdraw(&self, worker: WorkerId) {
        self.state.lock().dispatcher.withdraw(worker);
    }

    /// A worker has said goodbye: it has begun these leases, and the others go to the next.
    pub(crate) fn goodbye(&self, worker: WorkerId, started: &[LeaseId]) {
        let mut state = self.state.lock();
        state.dispatcher.withdraw(worker);
        let now = state.clock.now();
        state.dispatcher.give_back_unstarted(worker, started, now);
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
        if state.dispatcher.load_of(worker).at_work {
            state.lost_at_work.push_back(worker);
            if state.lost_at_work.len() > MAX_LOST {
                let _ = state.lost_at_work.pop_front();
            }
        }
        let is_crash = !state.blocked.remove(&worker) && departure.is_crash();
        let now = state.clock.now();
        let fault = departure.fault.as_deref();
        let dispatcher = &mut state.dispatcher;
        dispatcher.remove_worker(worker, is_crash, fault, now);
        self.hand_over(&mut state);
        tell(state, on_event);
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
                state.dispatcher.offer(worker, offer);
                self.hand_over(&mut state);
            }
            QueueReport::Answer { lease, response } => {
                // Copied without the lock.
                let response = response.to_owned();
                self.at_now(on_event, |dispatcher, now| {
                    dispatcher.answer(worker, lease, response, now);
                });
            }
            QueueReport::Fail { lease, error } => {
                let error = error.to_owned();
                self.at_now(on_event, |dispatcher, now| {
                    dispatcher.fail(worker, lease, error, now);
                });
            }
            QueueReport::GiveBack { lease } => self.at_now(on_event, |dispatcher, now| {
                dispatcher.give_back(worker, lease, now);
            }),
            QueueReport::Released { lease } => self.released(worker, lease),
            QueueReport::Withdraw => self.withdraw(worker),
        }
        true
    }

    fn released(&self, worker: WorkerId, lease: LeaseId) {
        let mut state = self.state.lock();
        state.unheard.heard(worker, lease);
        let now = state.clock.now();
        state.dispatcher.released(worker, lease, now);
        self.hand_over(&mut state);
    }

    /// What the queue holds and has seen.
    pub(crate) fn stats(&self) -> BacklogStats {
        self.state.lock().dispatcher.stats()
    }

    /// What a worker holds and has done.
    pub(crate) fn load_of(&self, worker: WorkerId) -> WorkerLoad {
        self.state.lock().dispatcher.load_of(worker)
    }

    /// Whether a worker that is gone was at work, and how many requests workers have answered so far.
    pub(crate) fn end_of(&self, worker: WorkerId) -> (bool, u64) {
        let state = self.state.lock();
        // Its process may be seen to end before its connection.
        let at_work =
            state.lost_at_work.contains(&worker) || state.dispatcher.load_of(worker).at_work;
        (at_work, state.dispatcher.stats().run.count)
    }

    /// How many items wait.
    pub(crate) fn waiting_len(&self) -> usize {
        self.state.lock().dispatcher.waiting_len()
    }

    /// The items that wait, oldest first.
    pub(crate) fn waiting_ids(&self) -> Vec<ItemId> {
        self.state.lock().dispatcher.waiting_ids().collect()
    }

    /// True while a worker has the item.
    pub(crate) fn is_leased(&self, item: ItemId) -> bool {
        self.state.lock().dispatcher.is_leased(item)
    }

    /// How often an item was handed over; none when it is over.
    pub(crate) fn attempts(&self, item: ItemId) -> Option<u32> {
        self.state.lock().dispatcher.attempts(item)
    }

    /// The workers waiting for work, one entry per free slot.
    pub(crate) fn idle_workers(&self) -> Vec<WorkerId> {
        self.state.lock().dispatcher.idle_workers().collect()
    }

    /// True when no worker is connected, and none has to take note of anything.
    #[cfg(test)]
    pub(crate) fn knows_nobody(&self) -> bool {
        let state = self.state.lock();
        state.outboxes.is_empty() && state.unheard.next().is_none()
    }

    /// Tells the dispatcher what happened just now, and hands over what that allows.
    fn at_now(
        &self,
        on_event: impl Fn(QueueEvent),
        happened: impl FnOnce(&mut Dispatcher<B>, Instant),
    ) {
        let mut state = self.state.lock();
        let now = state.clock.now();
        happened(&mut state.dispatcher, now);
        self.hand_over(&mut state);
        tell(state, on_event);
    }

    /// Hands over all that items and free slots allow.
    fn hand_over(&self, state: &mut State<B>) {
        // Reading the clock is a good part of what an enqueued item costs.
        if state.dispatcher.can_assign() {
            state.assign_all();
        }
        if state.dispatcher.take_nearer() {
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
        }) = state.dispatcher.expire(now)
        {
            state.order(worker, QueueOrder::Expired { lease });
            let _ = state.unheard.expect(worker, lease, now);
            return Some(Due::Event(QueueEvent::Expired { item }));
        }
        while let Some(Recall { worker, leases }) = state.dispatcher.recall(now) {
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

impl<B: Backlog> State<B> {
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
        }) = self.dispatcher.assign(now)
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
            let _ = if ahead || self.dispatcher.has_waiting() {
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
        let leases = self.dispatcher.next_deadline().into_iter();
        let due = leases.chain(self.unheard.next()).min();
        self.clock.wake_at(due)
    }
}

/// Tells the owner what happened, without the lock.
fn tell<B: Backlog>(mut state: MutexGuard<'_, State<B>>, on_event: impl Fn(QueueEvent)) {
    let (first, others) = state.dispatcher.take_events();
    drop(state);
    first.into_iter().chain(others).for_each(on_event);
}
