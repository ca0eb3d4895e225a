//! The backlog beside a plain model of it, through random histories. The model keeps one sorted list and scans it; what
//! both say must agree after every step.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const WORKERS: WorkerId = 4;

#[derive(Clone, Debug)]
enum Step {
    Enqueue(ItemOptions),
    Offer(WorkerId, Generation, u32, u32),
    Assign,
    Settle(Pick),
    Fail(Pick),
    GiveBack(Pick),
    /// Of the worker's leases those whose ids have this rest, by 2, are started.
    GiveBackUnstarted(WorkerId, LeaseId),
    Wait(Duration),
    Expire,
    Decide(Pick, TimeoutOutcome),
    Cancel(Pick),
    Withdraw(WorkerId),
    Remove(WorkerId),
    Pause(bool),
}

/// One of all leases or items there ever were, over or not, or one that never was.
type Pick = usize;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let worker = 0..WORKERS;
    let step = prop_oneof![
        6 => item_options().prop_map(Step::Enqueue),
        4 => (worker.clone(), generation(), 0_u32..4, 0_u32..3)
            .prop_map(|(w, g, n, a)| Step::Offer(w, g, n, a)),
        8 => Just(Step::Assign),
        3 => any::<Pick>().prop_map(Step::Settle),
        2 => any::<Pick>().prop_map(Step::Fail),
        2 => any::<Pick>().prop_map(Step::GiveBack),
        1 => (worker.clone(), 0_u64..2).prop_map(|(w, rest)| Step::GiveBackUnstarted(w, rest)),
        3 => (0_u64..30).prop_map(|ms| Step::Wait(Duration::from_millis(ms))),
        3 => Just(Step::Expire),
        3 => (any::<Pick>(), outcome()).prop_map(|(pick, outcome)| Step::Decide(pick, outcome)),
        1 => any::<Pick>().prop_map(Step::Cancel),
        1 => worker.clone().prop_map(Step::Withdraw),
        1 => worker.prop_map(Step::Remove),
        1 => any::<bool>().prop_map(Step::Pause),
    ];
    prop::collection::vec(step, 0..120)
}

fn item_options() -> impl Strategy<Value = ItemOptions> {
    let max_attempts = prop::option::of(1_u32..4);
    (1_u64..50, max_attempts, -1_i32..=1).prop_map(|(ms, max_attempts, priority)| ItemOptions {
        timeout: Duration::from_millis(ms),
        max_attempts,
        priority,
    })
}

fn generation() -> impl Strategy<Value = Generation> {
    prop_oneof![Just(Generation::Documented), Just(Generation::Published)]
}

fn outcome() -> impl Strategy<Value = TimeoutOutcome> {
    any::<[bool; 4]>().prop_map(|[has_listener, replaced, asked_requeue, cancelled]| {
        TimeoutOutcome {
            has_listener,
            replaced,
            asked_requeue,
            cancelled,
        }
    })
}

fn backlog_options() -> impl Strategy<Value = BacklogOptions> {
    (any::<Option<bool>>(), 0_u32..3).prop_map(|(requeue, retry_errors)| BacklogOptions {
        requeue,
        retry_errors,
    })
}

/// How an item left the backlog.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Answered,
    Failed,
    Dropped,
    Exhausted,
    Cancelled,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Waits,
    Held {
        lease: LeaseId,
        worker: WorkerId,
        due: Instant,
    },
    Expired(Generation),
}

#[derive(Debug)]
struct ModelItem {
    options: ItemOptions,
    attempts: u32,
    errors: u32,
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

/// What the backlog should be.
#[derive(Debug)]
struct Model {
    options: BacklogOptions,
    items: BTreeMap<ItemId, ModelItem>,
    /// Next to be handed over first.
    queue: Vec<ItemId>,
    idle: Vec<WorkerId>,
    ahead: Vec<WorkerId>,
    generations: BTreeMap<WorkerId, Generation>,
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
    fn leases(&self, of: Option<WorkerId>) -> Vec<(LeaseId, ItemId, Instant)> {
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

    fn end(&mut self, id: ItemId, how: End) -> u32 {
        assert_eq!(self.ends.insert(id, how), None, "item {id} ended twice");
        self.queue.retain(|other| *other != id);
        self.items.remove(&id).expect("it is there").attempts
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
    leases: Vec<LeaseId>,
}

impl World {
    fn new(options: BacklogOptions) -> Self {
        Self {
            backlog: Backlog::new(options),
            model: Model {
                options,
                items: BTreeMap::new(),
                queue: Vec::new(),
                idle: Vec::new(),
                ahead: Vec::new(),
                generations: BTreeMap::new(),
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

    fn pick_lease(&self, pick: Pick) -> LeaseId {
        let leases = &self.leases;
        leases
            .get(pick % (leases.len() + 1))
            .copied()
            .unwrap_or(u64::MAX)
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Enqueue(options) => self.enqueue(options),
            Step::Offer(worker, generation, slots, ahead) => {
                self.offer(worker, generation, slots, ahead)
            }
            Step::Assign => drop(self.assign()),
            Step::Settle(pick) => self.settle(self.pick_lease(pick)),
            Step::Fail(pick) => self.fail(self.pick_lease(pick)),
            Step::GiveBack(pick) => self.give_back(self.pick_lease(pick)),
            Step::GiveBackUnstarted(worker, rest) => self.give_back_unstarted(worker, rest),
            Step::Wait(time) => self.now += time,
            Step::Expire => drop(self.expire()),
            Step::Decide(pick, outcome) => self.decide(self.pick_item(pick), outcome),
            Step::Cancel(pick) => self.cancel(self.pick_item(pick)),
            Step::Withdraw(worker) => self.withdraw(worker),
            Step::Remove(worker) => self.remove(worker),
            Step::Pause(paused) => {
                self.backlog.set_paused(paused);
                self.model.paused = paused;
            }
        }
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
            place: Place::Waits,
            turn: 0,
        };
        let _ = self.model.items.insert(id, item);
        self.model.wait_at_tail(id);
    }

    fn offer(&mut self, worker: WorkerId, generation: Generation, slots: u32, ahead: u32) {
        self.backlog.offer(worker, generation, slots, ahead);
        let _ = self.model.generations.insert(worker, generation);
        self.model.idle.extend((0..slots).map(|_| worker));
        self.model.ahead.extend((0..ahead).map(|_| worker));
    }

    fn assign(&mut self) -> Option<LeaseId> {
        let assigned = self.backlog.assign(self.now);
        let model = &mut self.model;
        if model.paused
            || model.queue.is_empty()
            || (model.idle.is_empty() && model.ahead.is_empty())
        {
            assert!(
                assigned.is_none(),
                "nothing to hand over, or nobody to take it"
            );
            return None;
        }
        let assigned = assigned.expect("an item and a free slot");
        let is_ahead = model.idle.is_empty();
        let takers = if is_ahead {
            &mut model.ahead
        } else {
            &mut model.idle
        };
        let (id, worker) = (model.queue.remove(0), takers.remove(0));
        let due = self.now + model.item(id).options.timeout;
        let is_nearest = model.leases(None).iter().all(|(_, _, other)| *other > due);
        let item = model.item(id);
        item.attempts += 1;
        item.place = Place::Held {
            lease: assigned.lease,
            worker,
            due,
        };
        assert_eq!((assigned.item, assigned.worker), (id, worker));
        assert_eq!(
            (assigned.attempt, assigned.timeout),
            (item.attempts, item.options.timeout)
        );
        assert_eq!(*assigned.payload, *id.to_string());
        assert_eq!((assigned.nearest, assigned.ahead), (is_nearest, is_ahead));
        assert!(
            !self.leases.contains(&assigned.lease),
            "a lease's id is used once"
        );
        self.leases.push(assigned.lease);
        Some(assigned.lease)
    }

    fn settle(&mut self, lease: LeaseId) {
        let item = self.model.held(lease);
        let expected = item.map(|item| Ended {
            item,
            attempts: self.model.end(item, End::Answered),
        });
        assert_eq!(self.backlog.settle(lease, self.now), expected);
    }

    fn fail(&mut self, lease: LeaseId) {
        let expected = match self.model.held(lease) {
            None => Failure::Late,
            Some(item) => self.model_failure(item),
        };
        assert_eq!(self.backlog.fail(lease, self.now), expected);
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

    fn give_back(&mut self, lease: LeaseId) {
        self.backlog.give_back(lease);
        if let Some(item) = self.model.held(lease) {
            self.model.item(item).attempts -= 1;
            self.model.wait_again(item);
        }
    }

    fn give_back_unstarted(&mut self, worker: WorkerId, rest: LeaseId) {
        let held = self.model.leases(Some(worker)).into_iter();
        let (started, unstarted): (Vec<_>, Vec<_>) = held.partition(|(id, _, _)| id % 2 == rest);
        let started: Vec<_> = started.into_iter().map(|(id, _, _)| id).collect();
        self.backlog.give_back_unstarted(worker, &started);
        for (_, item, _) in unstarted {
            self.model.item(item).attempts -= 1;
            self.model.wait_again(item);
        }
    }

    fn expire(&mut self) -> Option<ItemId> {
        let expired = self.backlog.expire(self.now);
        let leases = self.model.leases(None);
        let first = leases.iter().min_by_key(|(lease, _, due)| (*due, *lease));
        let Some((lease, id, _)) = first.copied().filter(|(_, _, due)| *due <= self.now) else {
            assert_eq!(expired, None, "no lease is over");
            return None;
        };
        let Place::Held { worker, .. } = self.model.items[&id].place else {
            unreachable!("it is held");
        };
        let generation = self.model.generations[&worker];
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
            Place::Held { worker, lease, .. } => Some((worker, lease)),
            _ => None,
        });
        if expected.is_some() {
            let _ = self.model.end(id, End::Cancelled);
        }
        assert_eq!(self.backlog.cancel(id, Outcome::Cancelled), expected);
    }

    fn withdraw(&mut self, worker: WorkerId) {
        self.backlog.withdraw(worker);
        self.model.idle.retain(|idle| *idle != worker);
        self.model.ahead.retain(|busy| *busy != worker);
    }

    fn remove(&mut self, worker: WorkerId) {
        let fates = self.backlog.remove_worker(worker);
        self.model.idle.retain(|idle| *idle != worker);
        self.model.ahead.retain(|busy| *busy != worker);
        let _ = self.model.generations.remove(&worker);
        let held = self.model.leases(Some(worker)).into_iter();
        let expected: Vec<_> = held
            .map(|(_, id, _)| (id, self.model.requeue(id)))
            .collect();
        assert_eq!(fates, expected);
    }

    /// All that can be asked of the backlog, and its own books.
    fn check(&self) {
        let Self { backlog, model, .. } = self;
        assert_eq!(backlog.waiting_len(), model.queue.len());
        assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), model.queue);
        assert_eq!(backlog.idle_workers().collect::<Vec<_>>(), model.idle);
        let leases = model.leases(None);
        assert_eq!(
            backlog.next_deadline(),
            leases.iter().map(|(_, _, due)| *due).min()
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
        for (id, worker) in &backlog.workers {
            assert_eq!(worker.generation, model.generations[id], "worker {id}");
            assert_eq!(
                worker.leases.len(),
                model.leases(Some(*id)).len(),
                "worker {id}"
            );
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
        assert_eq!(failed, ended(End::Failed) + ended(End::Exhausted));
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
        self.now += Duration::from_secs(1);
        while self.expire().is_some() {
            self.check();
        }
        for id in 0..self.items {
            self.decide(id, TimeoutOutcome::default());
        }
        self.offer(
            WORKERS,
            Generation::Documented,
            u32::try_from(self.items).expect("few"),
            0,
        );
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
