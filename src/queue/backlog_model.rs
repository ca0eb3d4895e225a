//! The backlog beside a plain model of it, through random histories. The model keeps one sorted list and scans it; what
//! both say must agree after every step.

use super::*;
use crate::queue::tally::Counts;
use proptest::prelude::*;

#[path = "backlog_steps.rs"]
mod steps;

use steps::{Pick, Step, WORKERS, backlog_options, steps};

/// How an item left the backlog.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Answered,
    Failed,
    Dropped,
    Exhausted,
    Doomed,
    Cancelled,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Waits,
    Held {
        lease: LeaseId,
        worker: WorkerId,
        /// None while it is held in advance.
        due: Option<Instant>,
    },
    Expired(Generation),
}

#[derive(Debug)]
struct ModelItem {
    options: ItemOptions,
    attempts: u32,
    errors: u32,
    crashes: u32,
    place: Place,
    /// It came to the tail as so many others had before.
    turn: usize,
}

impl ModelItem {
    fn is_exhausted(&self) -> bool {
        let max = self.options.max_attempts;
        max.is_some_and(|max| self.attempts >= max)
    }
}

/// What a worker holds, and has offered and not got anything for.
#[derive(Debug)]
struct ModelWorker {
    generation: Generation,
    of: usize,
    patience: Duration,
    running: Vec<LeaseId>,
    ahead: Vec<LeaseId>,
    slots: u32,
    room: u32,
    suspect: Option<LeaseId>,
    /// When a slot got free last.
    moved: Instant,
}

impl ModelWorker {
    fn is_empty(&self) -> bool {
        self.running.is_empty() && self.ahead.is_empty()
    }
}

/// What the backlog should be.
#[derive(Debug)]
struct Model {
    options: BacklogOptions,
    items: BTreeMap<ItemId, ModelItem>,
    /// Next to be handed over first.
    queue: Vec<ItemId>,
    workers: BTreeMap<WorkerId, ModelWorker>,
    ends: BTreeMap<ItemId, End>,
    turns: usize,
    paused: bool,
}

impl Model {
    fn priority(&self, id: ItemId) -> i32 {
        self.items[&id].options.priority
    }

    fn wait_at_tail(&mut self, id: ItemId) {
        let priority = self.priority(id);
        let at = self
            .queue
            .iter()
            .rposition(|other| self.priority(*other) >= priority);
        self.wait_at(at.map_or(0, |at| at + 1), id);
        self.item(id).turn = self.turns;
        self.turns += 1;
    }

    /// Behind all whose turn is before its own.
    fn wait_again(&mut self, id: ItemId) {
        let rank = |id: &ItemId| (-self.priority(*id), self.items[id].turn);
        let own = rank(&id);
        let before = self.queue.iter().filter(|other| rank(other) < own);
        self.wait_at(before.count(), id);
    }

    fn wait_at(&mut self, at: usize, id: ItemId) {
        self.queue.insert(at, id);
        self.item(id).place = Place::Waits;
    }

    fn item(&mut self, id: ItemId) -> &mut ModelItem {
        self.items.get_mut(&id).expect("it is there")
    }

    fn held(&self, wanted: LeaseId) -> Option<ItemId> {
        let mut items = self.items.iter();
        let found = items
            .find(|(_, item)| matches!(item.place, Place::Held { lease, .. } if lease == wanted));
        found.map(|(id, _)| *id)
    }

    /// The leases of one worker, or of all, oldest first: the lease, its item, its end.
    fn leases(&self, of: Option<WorkerId>) -> Vec<(LeaseId, ItemId, Option<Instant>)> {
        let mut leases: Vec<_> = self
            .items
            .iter()
            .filter_map(|(id, item)| match item.place {
                Place::Held { lease, worker, due } if of.is_none_or(|of| of == worker) => {
                    Some((lease, *id, due))
                }
                _ => None,
            })
            .collect();
        leases.sort_unstable();
        leases
    }

    fn is_suspect(&self, id: ItemId) -> bool {
        self.items[&id].crashes > 0
    }

    fn end(&mut self, id: ItemId, how: End) -> u32 {
        assert_eq!(self.ends.insert(id, how), None, "item {id} ended twice");
        self.queue.retain(|other| *other != id);
        self.leaves(id);
        self.items.remove(&id).expect("it is there").attempts
    }

    /// An item is not held in advance any more.
    fn leaves(&mut self, id: ItemId) {
        if let Place::Held { lease, worker, .. } = self.items[&id].place
            && let Some(worker) = self.workers.get_mut(&worker)
        {
            worker.ahead.retain(|other| *other != lease);
        }
    }

    fn goes_back(&mut self, id: ItemId) {
        self.leaves(id);
        self.item(id).attempts -= 1;
        self.wait_again(id);
    }

    /// A worker has a slot free that a lease took; it begins the next one.
    fn freed(&mut self, id: WorkerId, lease: LeaseId, now: Instant) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        let Some(at) = worker.running.iter().position(|other| *other == lease) else {
            return;
        };
        let _ = worker.running.remove(at);
        worker.moved = now;
        worker.suspect.take_if(|suspect| *suspect == lease);
        if worker.ahead.is_empty() {
            return;
        }
        let next = worker.ahead.remove(0);
        worker.running.push(next);
        let item = self.held(next).expect("what is held in advance is held");
        let timeout = self.items[&item].options.timeout;
        if let Place::Held { due, .. } = &mut self.item(item).place {
            *due = Some(now + timeout);
        }
    }

    fn requeue(&mut self, id: ItemId) -> Fate {
        if self.item(id).is_exhausted() {
            return Fate::Exhausted(self.end(id, End::Exhausted));
        }
        self.wait_at_tail(id);
        Fate::Requeued
    }

    fn wants_requeue(&self, generation: Generation, outcome: TimeoutOutcome) -> bool {
        if outcome.replaced || outcome.cancelled {
            return false;
        }
        let has_last_word = generation == Generation::Published && outcome.has_listener;
        outcome.asked_requeue || self.options.requeue.unwrap_or(!has_last_word)
    }
}

struct World {
    backlog: Backlog,
    model: Model,
    now: Instant,
    /// Ids given so far: items count from 0.
    items: ItemId,
    /// All leases there were, and whose.
    leases: Vec<(LeaseId, WorkerId)>,
}

impl World {
    fn new(options: BacklogOptions) -> Self {
        Self {
            backlog: Backlog::new(options),
            model: Model {
                options,
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
        let before = self.backlog.next_deadline();
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
                self.backlog.set_paused(paused);
                self.model.paused = paused;
            }
        }
        let after = self.backlog.next_deadline();
        if before.is_none_or(|before| after.is_some_and(|after| after < before)) {
            let is_told = self.backlog.take_nearer();
            assert_eq!(is_told, after.is_some(), "the timer must look again");
        }
        let _ = self.backlog.take_nearer();
        self.check();
    }

    fn enqueue(&mut self, options: ItemOptions) {
        let id = self.items;
        self.items += 1;
        self.backlog
            .enqueue(id, id.to_string().into(), options, self.now);
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
        self.backlog.offer(id, offer);
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
        let idle = self.backlog.crew.idle.clone();
        let has_room = !idle.is_empty() || !self.backlog.crew.ahead.is_empty();
        let keeps_room = self.backlog.crew.keeps_room();
        let assigned = self.backlog.assign(self.now);
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
                w.is_empty() && w.slots > 0 && !self.backlog.crew.workers[id].is_stalled()
            });
            assert!(
                model.paused || !is_wanted || forgotten.is_none(),
                "one that holds nothing is given something"
            );
            // Room that is kept for a suspect is none for others.
            let reserves = has_room && first != plain && self.backlog.crew.idle.is_empty();
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
        assert!(begun || self.backlog.crew.idle.is_empty());
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
        assert_eq!(
            (assigned.attempt, assigned.timeout),
            (item.attempts, item.options.timeout)
        );
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
        assert_eq!(self.backlog.settle(worker, lease, self.now), expected);
    }

    fn fail(&mut self, (lease, worker): (LeaseId, WorkerId)) {
        let held = self.model.held(lease);
        if let Some(item) = held {
            self.model.leaves(item);
        }
        self.model.freed(worker, lease, self.now);
        let expected = held.map_or(Failure::Late, |item| self.model_failure(item));
        assert_eq!(self.backlog.fail(worker, lease, self.now), expected);
    }

    fn released(&mut self, (lease, worker): (LeaseId, WorkerId)) {
        self.backlog.released(worker, lease, self.now);
        self.model.freed(worker, lease, self.now);
    }

    fn model_failure(&mut self, item: ItemId) -> Failure {
        let retries = self.model.options.retry_errors;
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
        self.backlog.give_back(worker, lease, self.now);
        if let Some(item) = self.model.held(lease) {
            self.model.goes_back(item);
        }
        self.model.freed(worker, lease, self.now);
    }

    fn give_back_unstarted(&mut self, worker: WorkerId, rest: LeaseId) {
        let held = self.model.leases(Some(worker)).into_iter();
        let (started, unstarted): (Vec<_>, Vec<_>) = held.partition(|(id, _, _)| id % 2 == rest);
        let started: Vec<_> = started.into_iter().map(|(id, _, _)| id).collect();
        self.backlog.give_back_unstarted(worker, &started);
        for (_, item, _) in unstarted {
            self.model.goes_back(item);
        }
    }

    /// Only what has not moved for as long as its worker wants to wait is wanted back.
    fn recall(&mut self) -> Option<WorkerId> {
        let Recall { worker: id, leases } = self.backlog.recall(self.now)?;
        let worker = &self.model.workers[&id];
        assert_eq!(leases, worker.ahead);
        assert!(self.now >= worker.moved + worker.patience.min(Duration::from_millis(1)));
        let is_taken = leases
            .iter()
            .all(|lease| !self.backlog.leases.contains_key(lease));
        for lease in leases.iter().filter(|_| is_taken) {
            let item = self.model.held(*lease).expect("held until now");
            self.model.goes_back(item);
        }
        Some(id)
    }

    fn expire(&mut self) -> Option<ItemId> {
        let expired = self.backlog.expire(self.now);
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
        assert_eq!(self.backlog.decide(id, outcome), expected);
    }

    fn cancel(&mut self, id: ItemId) {
        let expected = self.model.items.get(&id).map(|item| match item.place {
            Place::Held { worker, lease, due } => Some(Held {
                worker,
                lease,
                begun: due.is_some(),
            }),
            _ => None,
        });
        if expected.is_some() {
            let _ = self.model.end(id, End::Cancelled);
        }
        assert_eq!(self.backlog.cancel(id, Outcome::Cancelled), expected);
    }

    fn withdraw(&mut self, id: WorkerId) {
        self.backlog.withdraw(id);
        if let Some(worker) = self.model.workers.get_mut(&id) {
            (worker.slots, worker.room) = (0, 0);
        }
    }

    fn remove(&mut self, id: WorkerId, crashed: bool) {
        let losses = self.backlog.remove_worker(id, crashed);
        let mut expected = Vec::new();
        let running = self.model.workers.get(&id);
        let running = running.map_or_else(Vec::new, |worker| worker.running.clone());
        for (lease, item, due) in self.model.leases(Some(id)) {
            if due.is_none() {
                self.model.goes_back(item);
            } else {
                let fate = self.lose(item, crashed && running.contains(&lease));
                expected.push(Loss { item, fate });
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
            return Fate::Doomed(self.model.end(id, End::Doomed));
        }
        self.model.requeue(id)
    }

    /// All that can be asked of the backlog, and its own books.
    fn check(&self) {
        let Self { backlog, model, .. } = self;
        assert_eq!(backlog.waiting_len(), model.queue.len());
        assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), model.queue);
        let leases = model.leases(None);
        assert_eq!(
            backlog.deadlines.next(),
            leases.iter().filter_map(|(_, _, due)| *due).min()
        );
        assert_eq!(backlog.leases.len(), leases.len());
        self.check_stats(leases.len());
        for id in 0..=self.items {
            let item = model.items.get(&id);
            let is_held = item.is_some_and(|item| matches!(item.place, Place::Held { .. }));
            assert_eq!(
                backlog.attempts(id),
                item.map(|item| item.attempts),
                "item {id}"
            );
            assert_eq!(backlog.is_leased(id), is_held, "item {id}");
            assert_eq!(
                item.is_none(),
                id == self.items || model.ends.contains_key(&id),
                "item {id}"
            );
        }
        assert_eq!(backlog.crew.workers.len(), model.workers.len());
        for (id, worker) in &model.workers {
            let known = &backlog.crew.workers[id];
            assert_eq!(known.generation, worker.generation, "worker {id}");
            let (mut running, mut expected) = (known.running.clone(), worker.running.clone());
            running.sort_unstable();
            expected.sort_unstable();
            assert_eq!(running, expected, "worker {id}");
            assert_eq!(known.ahead, worker.ahead, "worker {id}");
            let (slots, room) = backlog.crew.tokens_of(*id);
            assert_eq!((slots, room), (worker.slots, worker.room), "worker {id}");
            let idle = backlog.idle_workers().filter(|idle| idle == id).count();
            let taken = worker.running.len();
            assert!(idle == 0 || idle + taken <= worker.of, "worker {id}");
            let is_waiting = worker.ahead.is_empty() || known.is_watched;
            assert!(is_waiting, "worker {id} is looked at");
        }
    }

    /// Every item is somewhere, once.
    fn check_stats(&self, leased: usize) {
        let stats = self.backlog.stats();
        let ended = |end| self.model.ends.values().filter(|one| **one == end).count() as u64;
        let Counts {
            enqueued,
            delivered,
            returned,
            completed,
            failed,
            timed_out,
            cancelled,
            ..
        } = stats.counts;
        assert_eq!(
            (stats.waiting, stats.leased),
            (self.model.queue.len(), leased)
        );
        assert_eq!(enqueued, self.items);
        assert_eq!(completed, ended(End::Answered));
        let doomed = ended(End::Doomed);
        assert_eq!(failed, ended(End::Failed) + ended(End::Exhausted) + doomed);
        assert_eq!(timed_out, ended(End::Dropped));
        assert_eq!(cancelled, ended(End::Cancelled));
        let open = stats.waiting + stats.leased + stats.expired;
        assert_eq!(
            enqueued,
            open as u64 + completed + failed + timed_out + cancelled
        );
        assert_eq!(delivered, self.leases.len() as u64);
        assert!(returned <= delivered && stats.run.count <= delivered);
        assert!(stats.wait.count <= enqueued);
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
            self.decide(id, TimeoutOutcome::default());
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
        assert!(self.backlog.items.is_empty() && self.backlog.leases.is_empty());
        assert_eq!(self.backlog.next_deadline(), None);
    }
}

/// Cheap steps: many more cases than the default. PROPTEST_CASES asks for more still.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: default.cases.max(2048),
        failure_persistence: None,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_backlog_does_what_its_model_does(options in backlog_options(), steps in steps()) {
        let mut world = World::new(options);
        for step in &steps {
            world.take(step);
        }
        world.finish();
    }
}
