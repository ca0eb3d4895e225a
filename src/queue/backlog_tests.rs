use super::*;
use crate::queue::tally::Counts;

const MINUTE: Duration = Duration::from_secs(60);

fn backlog() -> Backlog {
    with(None, 0)
}

pub(super) fn with(requeue: Option<bool>, retry_errors: u32) -> Backlog {
    Backlog::new(BacklogOptions {
        requeue,
        retry_errors,
    })
}

pub(super) fn options() -> ItemOptions {
    ItemOptions {
        timeout: MINUTE,
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

fn ended(item: ItemId, attempts: u32) -> Ended {
    Ended { item, attempts }
}

fn lost(item: ItemId) -> Loss {
    let fate = Fate::Requeued;
    Loss { item, fate }
}

pub(super) fn enqueue(backlog: &mut Backlog, id: ItemId) {
    backlog.enqueue(id, id.to_string().into(), options(), Instant::now());
}

fn expired(backlog: &mut Backlog, generation: Generation) -> ItemId {
    let now = Instant::now();
    enqueue(backlog, 7);
    backlog.offer(
        1,
        Offer {
            generation,
            ..slots(1)
        },
    );
    let lease = backlog.assign(now).expect("an item and a slot").lease;
    assert_eq!(backlog.expire(now + MINUTE / 2), None);
    let expiry = backlog.expire(now + MINUTE).expect("the lease is over");
    assert_eq!((expiry.item, expiry.lease, expiry.worker), (7, lease, 1));
    7
}

#[test]
fn hands_over_in_order_of_arrival_one_per_free_slot() {
    let now = Instant::now();
    let mut backlog = backlog();
    for id in 0..4 {
        enqueue(&mut backlog, id);
    }
    assert!(backlog.assign(now).is_none(), "no slot is free");
    backlog.offer(1, slots(1));
    backlog.offer(2, slots(2));
    assert_eq!(backlog.idle_workers().collect::<Vec<_>>(), [1, 2, 2]);
    let handed: Vec<_> = std::iter::from_fn(|| backlog.assign(now))
        .map(|a| (a.item, a.worker, a.attempt, a.payload))
        .collect();
    assert_eq!(
        handed,
        [
            (0, 1, 1, "0".into()),
            (1, 2, 1, "1".into()),
            (2, 2, 1, "2".into())
        ]
    );
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [3]);
    assert!(backlog.is_leased(2) && !backlog.is_leased(3));
}

#[test]
fn higher_priority_goes_first() {
    let mut backlog = backlog();
    enqueue(&mut backlog, 0);
    backlog.enqueue(
        1,
        "".into(),
        ItemOptions {
            priority: 5,
            ..options()
        },
        Instant::now(),
    );
    enqueue(&mut backlog, 2);
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [1, 0, 2]);
}

#[test]
fn an_answer_counts_once_and_a_late_one_not_at_all() {
    let now = Instant::now();
    let mut backlog = backlog();
    enqueue(&mut backlog, 0);
    backlog.offer(1, slots(1));
    let first = backlog.assign(now).expect("handed over").lease;
    let _ = backlog.expire(now + MINUTE).expect("expired");
    assert_eq!(
        backlog.decide(0, TimeoutOutcome::default()),
        Some(Fate::Requeued)
    );
    backlog.offer(1, slots(1));
    let second = backlog.assign(now).expect("handed over again");
    assert_eq!(second.attempt, 2);
    assert_eq!(
        backlog.settle(1, first, Instant::now()),
        None,
        "the first lease is over"
    );
    assert_eq!(
        backlog.settle(1, second.lease, Instant::now()),
        Some(ended(0, 2))
    );
    assert_eq!(
        backlog.settle(1, second.lease, Instant::now()),
        None,
        "answered already"
    );
    assert!(!backlog.is_leased(0));
    assert_eq!(backlog.waiting_len(), 0);
}

#[test]
fn a_timed_out_item_goes_to_the_tail() {
    let mut backlog = backlog();
    let id = expired(&mut backlog, Generation::Documented);
    enqueue(&mut backlog, 8);
    assert_eq!(
        backlog.decide(id, TimeoutOutcome::default()),
        Some(Fate::Requeued)
    );
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [8, 7]);
    assert_eq!(
        backlog.decide(id, TimeoutOutcome::default()),
        None,
        "decided already"
    );
}

#[test]
fn who_decides_after_a_timeout() {
    use Generation::{Documented, Published};
    let none = TimeoutOutcome::default();
    let listener = TimeoutOutcome {
        has_listener: true,
        ..none
    };
    let replaced = TimeoutOutcome {
        replaced: true,
        ..listener
    };
    let asked = TimeoutOutcome {
        asked_requeue: true,
        ..listener
    };
    let cancelled = TimeoutOutcome {
        cancelled: true,
        ..listener
    };
    for (requeue, generation, outcome, fate) in [
        (None, Documented, none, Fate::Requeued),
        (None, Documented, listener, Fate::Requeued),
        (None, Documented, replaced, Fate::Dropped),
        (None, Documented, cancelled, Fate::Dropped),
        (None, Published, none, Fate::Requeued),
        (None, Published, listener, Fate::Dropped),
        (None, Published, replaced, Fate::Dropped),
        (None, Published, asked, Fate::Requeued),
        (Some(true), Published, listener, Fate::Requeued),
        (Some(true), Published, replaced, Fate::Dropped),
        (Some(false), Documented, none, Fate::Dropped),
        (Some(false), Documented, asked, Fate::Requeued),
    ] {
        let mut backlog = with(requeue, 0);
        let id = expired(&mut backlog, generation);
        assert_eq!(
            backlog.decide(id, outcome),
            Some(fate),
            "requeue {requeue:?}, {generation:?}, {outcome:?}"
        );
        let waiting = usize::from(fate == Fate::Requeued);
        assert_eq!(backlog.waiting_len(), waiting);
    }
}

#[test]
fn attempts_run_out() {
    let now = Instant::now();
    let mut backlog = backlog();
    backlog.enqueue(
        0,
        "".into(),
        ItemOptions {
            max_attempts: Some(2),
            ..options()
        },
        Instant::now(),
    );
    backlog.offer(1, slots(1));
    let _ = backlog.assign(now).expect("first attempt");
    assert_eq!(backlog.remove_worker(1, true), [lost(0)]);
    backlog.offer(2, slots(1));
    let _ = backlog.assign(now).expect("second attempt");
    let _ = backlog.expire(now + MINUTE).expect("expired");
    assert_eq!(
        backlog.decide(0, TimeoutOutcome::default()),
        Some(Fate::Exhausted(2))
    );
    assert_eq!(backlog.waiting_len(), 0);
}

#[test]
fn a_dead_workers_items_wait_again_and_its_slots_are_gone() {
    let now = Instant::now();
    let mut backlog = backlog();
    for id in 0..3 {
        enqueue(&mut backlog, id);
    }
    backlog.offer(1, slots(2));
    let _ = backlog.assign(now).expect("handed over");
    let _ = backlog.assign(now).expect("handed over");
    backlog.offer(1, slots(1));
    assert_eq!(backlog.remove_worker(1, false), [lost(0), lost(1)]);
    assert_eq!(backlog.idle_workers().count(), 0);
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(backlog.next_deadline(), None);
}

#[test]
fn a_lease_given_back_goes_to_the_head_and_was_no_attempt() {
    let now = Instant::now();
    let mut backlog = backlog();
    for id in 0..3 {
        enqueue(&mut backlog, id);
    }
    backlog.offer(1, slots(2));
    let first = backlog.assign(now).expect("handed over").lease;
    let second = backlog.assign(now).expect("handed over").lease;
    backlog.give_back(1, second, now);
    backlog.give_back(1, first, now);
    backlog.give_back(1, first, now);
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [0, 1, 2]);
    backlog.offer(1, slots(1));
    assert_eq!(backlog.assign(now).expect("handed over").attempt, 1);
}

#[test]
fn what_is_given_back_keeps_its_order_whichever_comes_first() {
    let now = Instant::now();
    let mut backlog = with(None, 0);
    (0..4).for_each(|id| enqueue(&mut backlog, id));
    backlog.offer(1, slots(2));
    backlog.offer(2, slots(1));
    let leases = [0; 3].map(|_| backlog.assign(now).expect("handed over").lease);
    for (lease, worker) in leases.into_iter().zip([1, 1, 2]) {
        backlog.give_back(worker, lease, now);
    }
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[test]
fn errors_are_retried_as_often_as_asked() {
    let now = Instant::now();
    let mut backlog = with(None, 1);
    enqueue(&mut backlog, 0);
    for expected in [Failure::Retried, Failure::Failed(ended(0, 2))] {
        backlog.offer(1, slots(1));
        let lease = backlog.assign(now).expect("handed over").lease;
        assert_eq!(backlog.fail(1, lease, Instant::now()), expected);
        assert_eq!(backlog.fail(1, lease, Instant::now()), Failure::Late);
    }
    assert_eq!(backlog.waiting_len(), 0);
}

#[test]
fn cancelling_says_which_lease_to_call_off() {
    let now = Instant::now();
    let mut backlog = backlog();
    enqueue(&mut backlog, 0);
    enqueue(&mut backlog, 1);
    backlog.offer(1, slots(1));
    let lease = backlog.assign(now).expect("handed over").lease;
    assert_eq!(
        backlog.cancel(0, Outcome::Cancelled),
        Some(Some(Held {
            worker: 1,
            lease,
            begun: true
        }))
    );
    assert_eq!(backlog.cancel(1, Outcome::Cancelled), Some(None));
    assert_eq!(backlog.cancel(1, Outcome::Cancelled), None);
    assert_eq!(backlog.settle(1, lease, Instant::now()), None);
    assert_eq!(backlog.waiting_len(), 0);
}

#[test]
fn a_paused_backlog_hands_nothing_over() {
    let now = Instant::now();
    let mut backlog = backlog();
    enqueue(&mut backlog, 0);
    backlog.offer(1, slots(1));
    backlog.set_paused(true);
    assert!(backlog.assign(now).is_none());
    backlog.set_paused(false);
    assert!(backlog.assign(now).is_some());
}

#[test]
fn what_happened_is_counted_and_measured() {
    let mut backlog = with(None, 1);
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    for id in 0..6 {
        backlog.enqueue(id, "".into(), options(), start);
    }
    backlog.offer(1, slots(4));
    let leases: Vec<_> = std::iter::from_fn(|| backlog.assign(at(100)))
        .map(|assigned| assigned.lease)
        .collect();
    assert!(backlog.settle(1, leases[0], at(150)).is_some());
    assert_eq!(backlog.fail(1, leases[1], at(150)), Failure::Retried);
    backlog.give_back(1, leases[2], at(150));
    assert!(backlog.expire(at(100) + MINUTE).is_some());
    // All of them too late.
    for lease in &leases {
        assert_eq!(backlog.settle(1, *lease, at(200)), None);
    }
    assert_eq!(backlog.fail(1, leases[3], at(200)), Failure::Late);
    assert!(backlog.cancel(4, Outcome::Cancelled).is_some());
    assert!(backlog.cancel(5, Outcome::Completed).is_some());
    let load = WorkerLoad {
        leased: 0,
        completed: 1,
        at_work: true,
    };
    assert_eq!(backlog.load_of(1), load);
    assert_eq!(backlog.load_of(2), WorkerLoad::default());

    let stats = backlog.stats();
    assert_eq!((stats.waiting, stats.leased, stats.expired), (2, 0, 1));
    let counts = Counts {
        enqueued: 6,
        delivered: 4,
        returned: 1,
        requeued: 1,
        timeouts: 1,
        late: 5,
        completed: 2,
        failed: 0,
        timed_out: 0,
        cancelled: 1,
    };
    assert_eq!(stats.counts, counts);
    assert_eq!(stats.wait.count, 4);
    // Whole µs.
    let rounded = Duration::from_micros(99_999)..=Duration::from_micros(100_001);
    assert!(rounded.contains(&stats.wait.max), "{:?}", stats.wait.max);
    assert_eq!(stats.run.count, 2);
    assert_eq!(stats.run.mean, Duration::from_millis(50));
}
