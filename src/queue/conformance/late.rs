//! Events that come at any time: after the worker left, the item was cancelled, the queue was paused.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::time::Instant;

use super::super::backlog::ItemOptions;
use super::super::dispatcher::Dispatcher;
use super::super::event::QueueEvent;
use super::super::fate::{Fate, TimeoutOutcome};
use super::super::outcomes::Cancelled;
use super::super::slots::Offer;
use super::super::tally::Outcome;
use super::Conforms;
use super::steps::{Pick, Step, WORKERS, steps};
use super::subject::slots;
use super::world::config;
use crate::id::{ItemId, LeaseId, WorkerId};

struct Queue<B> {
    queue: Dispatcher<B>,
    now: Instant,
    items: ItemId,
    leases: Vec<(LeaseId, WorkerId)>,
    ends: BTreeSet<ItemId>,
    /// What each worker has offered and not got anything for.
    room: BTreeMap<WorkerId, u32>,
    /// The most slots that each worker ever had.
    of: BTreeMap<WorkerId, usize>,
}

impl<B: Conforms> Queue<B> {
    fn take(&mut self, step: &Step) {
        let now = self.now;
        match *step {
            Step::Enqueue(options) => self.enqueue(options),
            Step::Offer(worker, offer) => self.offer(worker, offer),
            Step::Assign => {}
            Step::Settle(pick) => self.answer(self.pick_lease(pick)),
            Step::Fail(pick) => {
                let (lease, worker) = self.pick_lease(pick);
                self.queue.fail(worker, lease, String::new(), now);
            }
            Step::GiveBack(pick) => {
                let (lease, worker) = self.pick_lease(pick);
                self.queue.give_back(worker, lease, now);
            }
            Step::Released(pick) => self.released(self.pick_lease(pick)),
            Step::Recall => drop(self.queue.recall(now)),
            Step::GiveBackUnstarted(worker, rest) => self.give_back_unstarted(worker, rest),
            Step::Wait(time) => self.now += time,
            Step::Expire => drop(self.queue.expire(now)),
            Step::Decide(pick, outcome) => {
                self.decide(pick as ItemId % (self.items + 1), outcome);
            }
            Step::Cancel(pick) => self.cancel(pick as ItemId % (self.items + 1)),
            Step::Withdraw(worker) => {
                self.queue.withdraw(worker);
                let _ = self.room.remove(&worker);
            }
            Step::Remove(worker, crashed) => self.remove(worker, crashed),
            Step::Pause(paused) => self.queue.set_paused(paused),
        }
    }

    fn pick_lease(&self, pick: Pick) -> (LeaseId, WorkerId) {
        let picked = self.leases.get(pick % (self.leases.len() + 1));
        picked.copied().unwrap_or((u64::MAX, 0))
    }

    fn enqueue(&mut self, options: ItemOptions) {
        let id = self.items;
        self.items += 1;
        self.queue.enqueue(id, "".into(), options, self.now);
    }

    fn offer(&mut self, worker: WorkerId, offer: Offer) {
        self.queue.offer(worker, offer);
        *self.room.entry(worker).or_default() += offer.slots + offer.ahead;
        let most = self.of.entry(worker).or_default();
        *most = (*most).max(offer.of as usize);
    }

    fn answer(&mut self, (lease, worker): (LeaseId, WorkerId)) {
        self.queue.answer(worker, lease, String::new(), self.now);
    }

    /// Of leases that are over: no worker of ours says it of others.
    fn released(&mut self, (lease, worker): (LeaseId, WorkerId)) {
        if !self.queue.leases.is_open(lease) {
            self.queue.released(worker, lease, self.now);
        }
    }

    fn give_back_unstarted(&mut self, worker: WorkerId, rest: LeaseId) {
        let held = self.queue.leases_of(worker).into_iter();
        let started: Vec<_> = held.filter(|lease| lease % 2 == rest).collect();
        self.queue.give_back_unstarted(worker, &started, self.now);
    }

    fn decide(&mut self, id: ItemId, outcome: TimeoutOutcome) {
        let fate = self.queue.decide(id, outcome, self.now);
        if fate.is_some_and(|fate| fate != Fate::Requeued) {
            self.ended(id);
        }
    }

    fn cancel(&mut self, id: ItemId) {
        let cancelled = self.queue.cancel(id, Outcome::Cancelled, self.now);
        if cancelled != Cancelled::Unknown {
            self.ended(id);
        }
    }

    fn remove(&mut self, worker: WorkerId, is_crash: bool) {
        self.queue.remove_worker(worker, is_crash, None, self.now);
        let _ = self.room.remove(&worker);
        let _ = self.of.remove(&worker);
    }

    fn ended(&mut self, id: ItemId) {
        assert!(self.ends.insert(id), "item {id} ended twice");
    }

    /// Hands over what it can, and hears what came; true when a lease was made.
    fn look(&mut self) -> bool {
        let mut is_any = false;
        while let Some(assigned) = self.queue.assign(self.now) {
            is_any = true;
            self.leases.push((assigned.lease, assigned.worker));
            let room = self.room.get_mut(&assigned.worker);
            *room.expect("it goes where there is room") -= 1;
        }
        let (first, others) = self.queue.take_events();
        for event in first.into_iter().chain(others) {
            match event {
                QueueEvent::Answered { ended, .. }
                | QueueEvent::Failed { ended, .. }
                | QueueEvent::Exhausted { ended }
                | QueueEvent::Doomed { ended } => self.ended(ended.item),
                QueueEvent::Crashed { .. } | QueueEvent::Expired { .. } => {}
            }
        }
        self.check();
        is_any
    }

    /// No worker has more than it can take, and a suspect is alone.
    fn check(&self) {
        for (id, worker) in &self.queue.slots.workers {
            assert!(worker.running.len() <= self.of[id], "worker {id}");
            let leases = self.queue.leases_of(*id);
            let is_suspect = |lease: &LeaseId| {
                let item = self.queue.leases.get(*lease).expect("it is open").item;
                let view = self.queue.backlog.view(item);
                view.is_some_and(|view| view.tries.is_suspect())
            };
            assert!(leases.len() < 2 || !leases.iter().any(is_suspect));
        }
    }

    fn arrive_all(&mut self) {
        while self.look() | self.queue.backlog.arrive() {}
    }

    /// Room is neither lost nor made: nothing is on its way now.
    fn check_room(&self) {
        for (id, room) in &self.room {
            let (slots, ahead) = self.queue.slots.tokens_of(*id);
            assert_eq!(slots + ahead, *room, "worker {id}");
        }
    }

    /// Brings everything to its end.
    fn finish(&mut self) {
        self.arrive_all();
        self.check_room();
        self.queue.set_paused(false);
        for worker in 0..WORKERS {
            self.remove(worker, false);
        }
        self.arrive_all();
        for id in 0..self.items {
            self.decide(id, TimeoutOutcome::Unheard);
        }
        let all = u32::try_from(self.items).expect("few").max(1);
        let offer = Offer {
            of: all,
            patience: Duration::from_secs(1),
            ..slots(4 * all)
        };
        self.offer(WORKERS, offer);
        let mut answered = self.leases.len();
        loop {
            self.arrive_all();
            let Some(lease) = self.leases.get(answered).copied() else {
                break;
            };
            self.answer(lease);
            answered += 1;
        }
        assert_eq!(self.ends.len() as u64, self.items);
        let stats = self.queue.stats();
        assert_eq!((stats.waiting, stats.leased, stats.expired), (0, 0, 0));
        let counts = stats.counts;
        let over = counts.completed + counts.failed + counts.timed_out + counts.cancelled;
        assert_eq!((counts.enqueued, over), (self.items, self.items));
    }
}

pub(super) fn every_item_ends_once_whenever_events_come<B: Conforms>() {
    let mut runner = TestRunner::new(config());
    let arrivals = prop::collection::vec(0_usize..3, 1..120);
    let history = (any::<Option<bool>>(), 0_u32..3, steps(), arrivals);
    let result = runner.run(&history, |(requeue, retries, steps, arrivals)| {
        let mut queue = Queue {
            queue: Dispatcher::of(B::empty(retries), requeue),
            now: Instant::now(),
            items: 0,
            leases: Vec::new(),
            ends: BTreeSet::new(),
            room: BTreeMap::new(),
            of: BTreeMap::new(),
        };
        for (step, arrivals) in steps.iter().zip(arrivals.iter().cycle()) {
            queue.take(step);
            for _ in 0..*arrivals {
                let _ = queue.queue.backlog.arrive();
            }
            let _ = queue.look();
        }
        queue.finish();
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
