//! A queue beside a plain model of it, through random histories: what both say must agree after every step.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::time::Instant;

use super::super::backlog::ItemOptions;
use super::super::fate::{Fate, Generation, TimeoutOutcome};
use super::super::outcomes::{Cancelled, Ended, Expiry, Held};
use super::super::recall::Recall;
use super::super::slots::Offer;
use super::super::tally::Outcome;
use super::Conforms;
use super::model::{End, Model, ModelItem, ModelWorker, Place};
use super::steps::{Pick, Step, WORKERS, steps};
use super::subject::{Failure, Loss, Subject};
use crate::id::{ItemId, LeaseId, WorkerId};

pub(super) struct World<B> {
    pub(super) subject: Subject<B>,
    pub(super) model: Model,
    now: Instant,
    /// Ids given so far: items count from 0.
    pub(super) items: ItemId,
    /// All leases there were, and whose.
    pub(super) leases: Vec<(LeaseId, WorkerId)>,
}

impl<B: Conforms> World<B> {
    fn new(requeue: Option<bool>, retries: u32) -> Self {
        Self {
            subject: Subject::new(requeue, retries),
            model: Model {
                requeue,
                retries,
                items: BTreeMap::new(),
                queue: Vec::new(),
                workers: BTreeMap::new(),
                ends: BTreeMap::new(),
                turns: 0,
                paused: false,
            },
            now: Instant::now(),
            items: 0,
            leases: Vec::new(),
        }
    }

    fn pick_item(&self, pick: Pick) -> ItemId {
        pick as ItemId % (self.items + 1)
    }

    fn pick_lease(&self, pick: Pick) -> (LeaseId, WorkerId) {
        let leases = &self.leases;
        let picked = leases.get(pick % (leases.len() + 1));
        picked.copied().unwrap_or((u64::MAX, 0))
    }

    fn take(&mut self, step: &Step) {
        let before = self.subject.queue.next_deadline();
        match *step {
            Step::Enqueue(options) => self.enqueue(options),
            Step::Offer(worker, offer) => self.offer(worker, offer),
            Step::Assign => drop(self.assign()),
            Step::Settle(pick) => self.settle(self.pick_lease(pick)),
            Step::Fail(pick) => self.fail(self.pick_lease(pick)),
            Step::GiveBack(pick) => self.give_back(self.pick_lease(pick)),
            Step::Released(pick) => self.released(self.pick_lease(pick)),
            Step::Recall => drop(self.recall()),
            Step::GiveBackUnstarted(worker, rest) => self.give_back_unstarted(worker, rest),
            Step::Wait(time) => self.now += time,
            Step::Expire => drop(self.expire()),
            Step::Decide(pick, outcome) => self.decide(self.pick_item(pick), outcome),
            Step::Cancel(pick) => self.cancel(self.pick_item(pick)),
            Step::Withdraw(worker) => self.withdraw(worker),
            Step::Remove(worker, crashed) => self.remove(worker, crashed),
            Step::Pause(paused) => {
                self.subject.set_paused(paused);
                self.model.paused = paused;
            }
        }
        let after = self.subject.queue.next_deadline();
        if before.is_none_or(|before| after.is_some_and(|after| after < before)) {
            let is_told = self.subject.queue.take_nearer();
            assert_eq!(is_told, after.is_some(), "the timer must look again");
        }
        let _ = self.subject.queue.take_nearer();
        self.check();
    }

    fn enqueue(&mut self, options: ItemOptions) {
        let id = self.items;
        self.items += 1;
        self.subject.enqueue(id, options, self.now);
        let item = ModelItem {
            options,
            attempts: 0,
            errors: 0,
            crashes: 0,
            place: Place::Waits,
            turn: 0,
        };
        let _ = self.model.items.insert(id, item);
        self.model.wait_at_tail(id);
    }

    fn offer(&mut self, id: WorkerId, offer: Offer) {
        self.subject.offer(id, offer);
        let new = ModelWorker {
            generation: offer.generation,
            of: 0,
            patience: Duration::ZERO,
            running: Vec::new(),
            ahead: Vec::new(),
            slots: 0,
            room: 0,
            suspect: None,
            moved: self.now,
        };
        let worker = self.model.workers.entry(id).or_insert(new);
        worker.generation = offer.generation;
        worker.of = offer.of as usize;
        worker.patience = offer.patience;
        worker.slots += offer.slots;
        worker.room += offer.ahead;
    }

    fn assign(&mut self) -> Option<(LeaseId, WorkerId)> {
        let idle = self.subject.queue.slots.idle.clone();
        let has_room = !idle.is_empty() || !self.subject.queue.slots.ahead.is_empty();
        let keeps_room = self.subject.queue.slots.keeps_room();
        let assigned = self.subject.assign(self.now);
        let model = &mut self.model;
        let first = model.queue.first().copied();
        let plain = model
            .queue
            .iter()
            .copied()
            .find(|id| !model.is_suspect(*id));
        let suspects = model.workers.values().filter(|w| w.suspect.is_some());
        let is_any_suspect_wanted = first.is_some() && suspects.count() == 0;
        let may_run_alone = is_any_suspect_wanted
            && model
                .workers
                .values()
                .any(|w| w.is_empty() && w.slots + w.room > 0);
        let is_suspects_turn = first.is_some() && first != plain && may_run_alone;
        let expected = if model.paused {
            None
        } else if is_suspects_turn {
            first
        } else if has_room || (keeps_room && first == plain) {
            plain
        } else {
            None
        };
        let Some(assigned) = assigned else {
            let is_wanted = plain.is_some() || is_any_suspect_wanted;
            let mut workers = model.workers.iter();
            let forgotten = workers.find(|(id, w)| {
                w.is_empty() && w.slots > 0 && !self.subject.queue.slots.workers[id].is_stalled()
            });
            assert!(
                model.paused || !is_wanted || forgotten.is_none(),
                "one that holds nothing is given something"
            );
            // Room that is kept for a suspect is none for others.
            let reserves = has_room && first != plain && self.subject.queue.slots.idle.is_empty();
            assert!(expected.is_none() || (expected == plain && reserves));
            return None;
        };
        let id = assigned.item;
        assert_eq!(Some(id), expected);
        let is_suspect = model.is_suspect(id);
        let worker = model.workers.get_mut(&assigned.worker).expect("known");
        assert_eq!(worker.suspect, None, "a suspect runs alone");
        assert!(!is_suspect || worker.is_empty(), "a suspect runs alone");
        let begun = worker.running.len() < worker.of;
        assert_eq!(assigned.begun, begun);
        assert!(begun || self.subject.queue.slots.idle.is_empty());
        if assigned.ahead {
            worker.room -= 1;
        } else {
            worker.slots -= 1;
        }
        let list = if begun {
            &mut worker.running
        } else {
            &mut worker.ahead
        };
        list.push(assigned.lease);
        worker.suspect = is_suspect.then_some(assigned.lease);
        model.queue.retain(|other| *other != id);
        let now = self.now;
        let item = model.item(id);
        item.attempts += 1;
        item.place = Place::Held {
            lease: assigned.lease,
            worker: assigned.worker,
            due: begun.then_some(now + item.options.timeout),
        };
        assert_eq!(assigned.attempt, item.attempts);
        assert_eq!(*assigned.payload, *id.to_string());
        let lease = (assigned.lease, assigned.worker);
        assert!(!self.leases.contains(&lease), "a lease's id is used once");
        self.leases.push(lease);
        Some(lease)
    }

    fn settle(&mut self, (lease, worker): (LeaseId, WorkerId)) {
        let item = self.model.held(lease);
        let expected = item.map(|item| Ended {
            item,
            attempts: self.model.end(item, End::Answered),
        });
        self.model.freed(worker, lease, self.now);
        assert_eq!(self.subject.settle(worker, lease, self.now), expected);
    }

    fn fail(&mut self, (lease, worker): (LeaseId, WorkerId)) {
        let held = self.model.held(lease);
        if let Some(item) = held {
            self.model.leaves(item);
        }
        self.model.freed(worker, lease, self.now);
        let expected = held.map_or(Failure::Late, |item| self.model_failure(item));
        assert_eq!(self.subject.fail(worker, lease, self.now), expected);
    }

    fn released(&mut self, (lease, worker): (LeaseId, WorkerId)) {
        self.subject.released(worker, lease, self.now);
        self.model.freed(worker, lease, self.now);
    }

    fn model_failure(&mut self, item: ItemId) -> Failure {
        let retries = self.model.retries;
        let failed = self.model.item(item);
        failed.errors += 1;
        if failed.errors <= retries && !failed.is_exhausted() {
            self.model.wait_at_tail(item);
            return Failure::Retried;
        }
        let attempts = self.model.end(item, End::Failed);
        Failure::Failed(Ended { item, attempts })
    }

    fn give_back(&mut self, (lease, worker): (LeaseId, WorkerId)) {
        self.subject.give_back(worker, lease, self.now);
        if let Some(item) = self.model.held(lease) {
            self.model.goes_back(item);
        }
        self.model.freed(worker, lease, self.now);
    }

    fn give_back_unstarted(&mut self, worker: WorkerId, rest: LeaseId) {
        let held = self.model.leases(Some(worker)).into_iter();
        let (started, unstarted): (Vec<_>, Vec<_>) = held.partition(|(id, _, _)| id % 2 == rest);
        let started: Vec<_> = started.into_iter().map(|(id, _, _)| id).collect();
        self.subject.give_back_unstarted(worker, &started, self.now);
        for (_, item, _) in unstarted {
            self.model.goes_back(item);
        }
    }

    /// Only what has not moved for as long as its worker wants to wait is wanted back.
    fn recall(&mut self) -> Option<WorkerId> {
        let Recall { worker: id, leases } = self.subject.recall(self.now)?;
        let worker = &self.model.workers[&id];
        assert_eq!(leases, worker.ahead);
        assert!(self.now >= worker.moved + worker.patience.min(Duration::from_millis(1)));
        let is_taken = leases
            .iter()
            .all(|lease| !self.subject.queue.leases.is_open(*lease));
        for lease in leases.iter().filter(|_| is_taken) {
            let item = self.model.held(*lease).expect("held until now");
            self.model.goes_back(item);
        }
        Some(id)
    }

    fn expire(&mut self) -> Option<ItemId> {
        let expired = self.subject.expire(self.now);
        let leases = self.model.leases(None);
        let begun = leases
            .iter()
            .filter_map(|(lease, id, due)| Some(((*due)?, *lease, *id)));
        let Some((_, lease, id)) = begun.min().filter(|(due, _, _)| *due <= self.now) else {
            assert_eq!(expired, None, "no lease is over");
            return None;
        };
        let Place::Held { worker, .. } = self.model.items[&id].place else {
            unreachable!("it is held");
        };
        let generation = self.model.workers[&worker].generation;
        self.model.item(id).place = Place::Expired(generation);
        let expected = Expiry {
            item: id,
            lease,
            worker,
        };
        assert_eq!(expired, Some(expected));
        Some(id)
    }

    fn decide(&mut self, id: ItemId, outcome: TimeoutOutcome) {
        let expected = match self.model.items.get(&id).map(|item| item.place) {
            Some(Place::Expired(generation)) if self.model.wants_requeue(generation, outcome) => {
                Some(self.model.requeue(id))
            }
            Some(Place::Expired(_)) => {
                let _ = self.model.end(id, End::Dropped);
                Some(Fate::Dropped)
            }
            _ => None,
        };
        assert_eq!(self.subject.decide(id, outcome, self.now), expected);
    }

    fn cancel(&mut self, id: ItemId) {
        let expected = match self.model.items.get(&id).map(|item| item.place) {
            Some(Place::Held { worker, lease, due }) => Cancelled::Held(Held {
                worker,
                lease,
                begun: due.is_some(),
            }),
            Some(_) => Cancelled::Idle,
            None => Cancelled::Unknown,
        };
        if expected != Cancelled::Unknown {
            let _ = self.model.end(id, End::Cancelled);
        }
        assert_eq!(
            self.subject.cancel(id, Outcome::Cancelled, self.now),
            expected
        );
    }

    fn withdraw(&mut self, id: WorkerId) {
        self.subject.withdraw(id);
        if let Some(worker) = self.model.workers.get_mut(&id) {
            (worker.slots, worker.room) = (0, 0);
        }
    }

    fn remove(&mut self, id: WorkerId, crashed: bool) {
        let losses = self.subject.remove_worker(id, crashed, self.now);
        let mut expected = Vec::new();
        let running = self.model.workers.get(&id);
        let running = running.map_or_else(Vec::new, |worker| worker.running.clone());
        for (lease, item, due) in self.model.leases(Some(id)) {
            if due.is_none() {
                self.model.goes_back(item);
            } else {
                let attempts = self.model.items[&item].attempts;
                let fate = self.lose(item, crashed && running.contains(&lease));
                expected.push(Loss {
                    item,
                    fate,
                    attempts,
                });
            }
        }
        let _ = self.model.workers.remove(&id);
        assert_eq!(losses, expected);
    }

    fn lose(&mut self, id: ItemId, crashed: bool) -> Fate {
        let item = self.model.item(id);
        item.crashes += u32::from(crashed);
        let max = item.options.max_crashes;
        if crashed && max.is_some_and(|max| item.crashes >= max) {
            let _ = self.model.end(id, End::Doomed);
            return Fate::Doomed;
        }
        self.model.requeue(id)
    }

    /// Brings everything to its end: what is held expires, what waits is answered.
    fn finish(&mut self) {
        self.take(&Step::Pause(false));
        // What nobody begins comes back, and what nobody answers expires.
        for _ in 0..4 {
            self.now += Duration::from_secs(2);
            while self.recall().is_some() {
                self.check();
            }
        }
        assert!(
            self.model
                .leases(None)
                .iter()
                .all(|(_, _, due)| due.is_some())
        );
        while self.expire().is_some() {
            self.check();
        }
        for id in 0..self.items {
            self.decide(id, TimeoutOutcome::Unheard);
        }
        for worker in 0..WORKERS {
            self.remove(worker, false);
        }
        let all = u32::try_from(self.items).expect("few");
        let offer = Offer {
            generation: Generation::Documented,
            slots: all,
            ahead: 0,
            of: all.max(1),
            patience: Duration::from_secs(1),
        };
        self.offer(WORKERS, offer);
        while let Some(lease) = self.assign() {
            self.settle(lease);
            self.check();
        }
        assert_eq!(
            self.model.ends.len(),
            usize::try_from(self.items).expect("few")
        );
        assert_eq!(self.subject.queue.leases.len(), 0);
        assert!((0..self.items).all(|id| self.subject.attempts(id).is_none()));
        assert_eq!(self.subject.queue.next_deadline(), None);
    }
}

/// Cheap steps: many more cases than the default. PROPTEST_CASES asks for more still.
pub(super) fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: default.cases.max(2048),
        failure_persistence: None,
        ..default
    }
}

pub(super) fn the_queue_does_what_its_model_does<B: Conforms>() {
    let mut runner = TestRunner::new(config());
    let history = (any::<Option<bool>>(), 0_u32..3, steps());
    let result = runner.run(&history, |(requeue, retries, steps)| {
        let mut world = World::<B>::new(requeue, retries);
        for step in &steps {
            world.take(step);
        }
        world.finish();
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
