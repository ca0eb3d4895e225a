//! A queue under test: what came of a call is here when the call returns.

use std::time::Duration;

use tokio::time::Instant;

use super::super::backlog::ItemOptions;
use super::super::dispatcher::Dispatcher;
use super::super::event::QueueEvent;
use super::super::fate::{Fate, Generation, TimeoutOutcome};
use super::super::outcomes::{Assignment, BacklogStats, Cancelled, Ended, Expiry, WorkerLoad};
use super::super::recall::Recall;
use super::super::slots::Offer;
use super::super::tally::Outcome;
use super::Conforms;
use crate::id::{ItemId, LeaseId, WorkerId};

/// What became of a handler's error.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Failure {
    Retried,
    Failed(Ended),
    Late,
}

/// An item whose worker is gone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Loss {
    pub(super) item: ItemId,
    pub(super) fate: Fate,
    pub(super) attempts: u32,
}

pub(super) struct Subject<B> {
    pub(super) queue: Dispatcher<B>,
}

impl<B: Conforms> Subject<B> {
    pub(super) fn new(requeue: Option<bool>, retries: u32) -> Self {
        Self {
            queue: Dispatcher::of(B::empty(retries), requeue),
        }
    }

    /// Lets all come that is on its way, and takes it in.
    pub(super) fn arrive(&mut self, now: Instant) {
        self.queue.hear_backlog(now);
        while self.queue.backlog.arrive() {
            self.queue.hear_backlog(now);
        }
    }

    fn events(&mut self, now: Instant) -> Vec<QueueEvent> {
        self.arrive(now);
        let (first, others) = self.queue.take_events();
        first.into_iter().chain(others).collect()
    }

    /// The only event, if there is any.
    fn event(&mut self, now: Instant) -> Option<QueueEvent> {
        let mut events = self.events(now);
        assert!(events.len() < 2, "{events:?}");
        events.pop()
    }

    pub(super) fn enqueue(&mut self, id: ItemId, options: ItemOptions, now: Instant) {
        self.queue.enqueue(id, id.to_string().into(), options, now);
    }

    pub(super) fn offer(&mut self, worker: WorkerId, offer: Offer) {
        self.queue.offer(worker, offer);
    }

    pub(super) fn withdraw(&mut self, worker: WorkerId) {
        self.queue.withdraw(worker);
    }

    pub(super) fn set_paused(&mut self, paused: bool) {
        self.queue.set_paused(paused);
    }

    /// One hand-over, whether or not there may be more.
    pub(super) fn assign(&mut self, now: Instant) -> Option<Assignment> {
        self.arrive(now);
        if self.queue.assigned.is_empty() && self.queue.request(now) {
            self.arrive(now);
        }
        self.queue.assigned.pop_front()
    }

    pub(super) fn settle(
        &mut self,
        worker: WorkerId,
        lease: LeaseId,
        now: Instant,
    ) -> Option<Ended> {
        let answer = format!("answer to {lease}");
        self.queue.answer(worker, lease, answer.clone(), now);
        match self.event(now)? {
            QueueEvent::Answered { ended, response } if response == answer => Some(ended),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn fail(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) -> Failure {
        let late = self.stats().counts.late;
        self.queue.fail(worker, lease, "error".to_owned(), now);
        match self.event(now) {
            Some(QueueEvent::Failed { ended, error }) if error == "error" => Failure::Failed(ended),
            Some(other) => panic!("{other:?}"),
            None if self.stats().counts.late > late => Failure::Late,
            None => Failure::Retried,
        }
    }

    pub(super) fn give_back(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) {
        self.queue.give_back(worker, lease, now);
        assert_eq!(self.event(now), None);
    }

    pub(super) fn give_back_unstarted(
        &mut self,
        worker: WorkerId,
        started: &[LeaseId],
        now: Instant,
    ) {
        self.queue.give_back_unstarted(worker, started, now);
        assert_eq!(self.event(now), None);
    }

    pub(super) fn released(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) {
        self.queue.released(worker, lease, now);
        assert_eq!(self.event(now), None);
    }

    pub(super) fn remove_worker(
        &mut self,
        worker: WorkerId,
        is_crash: bool,
        now: Instant,
    ) -> Vec<Loss> {
        let leases = self.queue.leases_of(worker);
        let open = leases
            .iter()
            .filter_map(|lease| self.queue.leases.get(*lease));
        let begun: Vec<_> = open
            .filter(|lease| lease.begun.is_some())
            .map(|lease| lease.item)
            .collect();
        self.queue
            .remove_worker(worker, is_crash, Some("fault"), now);
        let (mut crashed, mut ended) = (Vec::new(), Vec::new());
        for event in self.events(now) {
            match event {
                QueueEvent::Crashed {
                    item,
                    worker: of,
                    fault,
                } if of == worker && fault.as_deref() == Some("fault") => crashed.push(item),
                QueueEvent::Exhausted { ended: one } => ended.push((one, Fate::Exhausted)),
                QueueEvent::Doomed { ended: one } => ended.push((one, Fate::Doomed)),
                other => panic!("{other:?}"),
            }
        }
        let expected = if is_crash { &begun[..] } else { &[] };
        assert_eq!(crashed, expected);
        let loss = |item: &ItemId| match ended.iter().find(|(ended, _)| ended.item == *item) {
            Some((ended, fate)) => Loss {
                item: *item,
                fate: *fate,
                attempts: ended.attempts,
            },
            None => Loss {
                item: *item,
                fate: Fate::Requeued,
                attempts: self.attempts(*item).expect("it is not over"),
            },
        };
        begun.iter().map(loss).collect()
    }

    pub(super) fn recall(&mut self, now: Instant) -> Option<Recall> {
        let recall = self.queue.recall(now);
        assert_eq!(self.event(now), None);
        recall
    }

    pub(super) fn expire(&mut self, now: Instant) -> Option<Expiry> {
        let expiry = self.queue.expire(now);
        assert_eq!(self.event(now), None);
        expiry
    }

    pub(super) fn decide(
        &mut self,
        item: ItemId,
        outcome: TimeoutOutcome,
        now: Instant,
    ) -> Option<Fate> {
        let fate = self.queue.decide(item, outcome, now);
        assert_eq!(self.event(now), None);
        fate
    }

    pub(super) fn cancel(&mut self, item: ItemId, how: Outcome, now: Instant) -> Cancelled {
        let cancelled = self.queue.cancel(item, how, now);
        assert_eq!(self.event(now), None);
        cancelled
    }

    pub(super) fn stats(&self) -> BacklogStats {
        self.queue.stats()
    }

    pub(super) fn load_of(&self, worker: WorkerId) -> WorkerLoad {
        self.queue.load_of(worker)
    }

    pub(super) fn attempts(&self, item: ItemId) -> Option<u32> {
        self.queue.attempts(item)
    }

    pub(super) fn waiting(&self) -> Vec<ItemId> {
        self.queue.waiting_ids().collect()
    }

    pub(super) fn idle(&self) -> Vec<WorkerId> {
        self.queue.idle_workers().collect()
    }
}

pub(super) fn options() -> ItemOptions {
    ItemOptions {
        timeout: Duration::from_secs(60),
        max_attempts: None,
        max_crashes: None,
        priority: 0,
    }
}

/// Free slots of a worker that has plenty.
pub(super) fn slots(slots: u32) -> Offer {
    Offer {
        generation: Generation::Documented,
        slots,
        ahead: 0,
        of: 100,
        patience: Duration::from_millis(5),
    }
}
