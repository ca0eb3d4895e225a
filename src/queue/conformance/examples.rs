//! What a queue does, whatever its backlog, in examples.

use std::time::Duration;

use tokio::time::Instant;

use super::super::backlog::{Event, ItemOptions, LeaseEnd, Run};
use super::super::fate::{Fate, Generation, TimeoutOutcome};
use super::super::outcomes::{Cancelled, Ended, Held, WorkerLoad};
use super::super::slots::Offer;
use super::super::tally::{Counts, Outcome};
use super::Conforms;
use super::subject::{Failure, Loss, Subject, options, slots};
use crate::id::ItemId;

const MINUTE: Duration = Duration::from_secs(60);

fn ended(item: ItemId, attempts: u32) -> Ended {
    Ended { item, attempts }
}

/// It waits again, after its first attempt.
fn lost(item: ItemId) -> Loss {
    Loss {
        item,
        fate: Fate::Requeued,
        attempts: 1,
    }
}

/// The id of an item whose lease of a minute has just ended.
fn expired<B: Conforms>(queue: &mut Subject<B>, generation: Generation, now: Instant) -> ItemId {
    queue.enqueue(7, options(), now);
    queue.offer(
        1,
        Offer {
            generation,
            ..slots(1)
        },
    );
    let lease = queue.assign(now).expect("an item and a slot").lease;
    assert_eq!(queue.expire(now + MINUTE / 2), None);
    let expiry = queue.expire(now + MINUTE).expect("the lease is over");
    assert_eq!((expiry.item, expiry.lease, expiry.worker), (7, lease, 1));
    7
}

pub(super) fn hands_over_in_order_of_arrival_one_per_free_slot<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    for id in 0..4 {
        queue.enqueue(id, options(), now);
    }
    assert!(queue.assign(now).is_none(), "no slot is free");
    queue.offer(1, slots(1));
    queue.offer(2, slots(2));
    assert_eq!(queue.idle(), [1, 2, 2]);
    let handed: Vec<_> = std::iter::from_fn(|| queue.assign(now))
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
    assert_eq!(queue.waiting(), [3]);
    assert!(queue.queue.is_leased(2) && !queue.queue.is_leased(3));
}

pub(super) fn higher_priority_goes_first<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    queue.enqueue(0, options(), now);
    queue.enqueue(
        1,
        ItemOptions {
            priority: 5,
            ..options()
        },
        Instant::now(),
    );
    queue.enqueue(2, options(), now);
    assert_eq!(queue.waiting(), [1, 0, 2]);
}

pub(super) fn an_answer_counts_once_and_a_late_one_not_at_all<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    queue.enqueue(0, options(), now);
    queue.offer(1, slots(1));
    let first = queue.assign(now).expect("handed over").lease;
    let _ = queue.expire(now + MINUTE).expect("expired");
    assert_eq!(
        queue.decide(0, TimeoutOutcome::Unheard, now),
        Some(Fate::Requeued)
    );
    queue.offer(1, slots(1));
    let second = queue.assign(now).expect("handed over again");
    assert_eq!(second.attempt, 2);
    assert_eq!(
        queue.settle(1, first, Instant::now()),
        None,
        "the first lease is over"
    );
    assert_eq!(
        queue.settle(1, second.lease, Instant::now()),
        Some(ended(0, 2))
    );
    assert_eq!(
        queue.settle(1, second.lease, Instant::now()),
        None,
        "answered already"
    );
    assert!(!queue.queue.is_leased(0));
    assert!(queue.waiting().is_empty());
}

pub(super) fn a_timed_out_item_goes_to_the_tail<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    let id = expired(&mut queue, Generation::Documented, now);
    queue.enqueue(8, options(), now);
    assert_eq!(
        queue.decide(id, TimeoutOutcome::Unheard, now),
        Some(Fate::Requeued)
    );
    assert_eq!(queue.waiting(), [8, 7]);
    assert_eq!(
        queue.decide(id, TimeoutOutcome::Unheard, now),
        None,
        "decided already"
    );
}

pub(super) fn who_decides_after_a_timeout<B: Conforms>() {
    let now = Instant::now();
    use Generation::{Documented, Published};
    use TimeoutOutcome::{Cancelled, Heard, Replaced, Requeue, Unheard};
    for (requeue, generation, outcome, fate) in [
        (None, Documented, Unheard, Fate::Requeued),
        (None, Documented, Heard, Fate::Requeued),
        (None, Documented, Replaced, Fate::Dropped),
        (None, Documented, Cancelled, Fate::Dropped),
        (None, Published, Unheard, Fate::Requeued),
        (None, Published, Heard, Fate::Dropped),
        (None, Published, Replaced, Fate::Dropped),
        (None, Published, Requeue, Fate::Requeued),
        (Some(true), Published, Heard, Fate::Requeued),
        (Some(true), Published, Replaced, Fate::Dropped),
        (Some(false), Documented, Unheard, Fate::Dropped),
        (Some(false), Documented, Requeue, Fate::Requeued),
    ] {
        let mut queue = Subject::<B>::new(requeue, 0);
        let id = expired(&mut queue, generation, now);
        assert_eq!(
            queue.decide(id, outcome, now),
            Some(fate),
            "requeue {requeue:?}, {generation:?}, {outcome:?}"
        );
        let waiting = usize::from(fate == Fate::Requeued);
        assert_eq!(queue.waiting().len(), waiting);
    }
}

pub(super) fn attempts_run_out<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    queue.enqueue(
        0,
        ItemOptions {
            max_attempts: Some(2),
            ..options()
        },
        Instant::now(),
    );
    queue.offer(1, slots(1));
    let _ = queue.assign(now).expect("first attempt");
    assert_eq!(queue.remove_worker(1, true, now), [lost(0)]);
    queue.offer(2, slots(1));
    let _ = queue.assign(now).expect("second attempt");
    let _ = queue.expire(now + MINUTE).expect("expired");
    assert_eq!(
        queue.decide(0, TimeoutOutcome::Unheard, now),
        Some(Fate::Exhausted)
    );
    assert!(queue.waiting().is_empty());
}

pub(super) fn a_dead_workers_items_wait_again_and_its_slots_are_gone<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    for id in 0..3 {
        queue.enqueue(id, options(), now);
    }
    queue.offer(1, slots(2));
    let _ = queue.assign(now).expect("handed over");
    let _ = queue.assign(now).expect("handed over");
    queue.offer(1, slots(1));
    assert_eq!(queue.remove_worker(1, false, now), [lost(0), lost(1)]);
    assert!(queue.idle().is_empty());
    assert_eq!(queue.waiting(), [2, 0, 1]);
    assert_eq!(queue.queue.next_deadline(), None);
}

pub(super) fn a_lease_given_back_goes_to_the_head_and_was_no_attempt<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    for id in 0..3 {
        queue.enqueue(id, options(), now);
    }
    queue.offer(1, slots(2));
    let first = queue.assign(now).expect("handed over").lease;
    let second = queue.assign(now).expect("handed over").lease;
    queue.give_back(1, second, now);
    queue.give_back(1, first, now);
    queue.give_back(1, first, now);
    assert_eq!(queue.waiting(), [0, 1, 2]);
    queue.offer(1, slots(1));
    assert_eq!(queue.assign(now).expect("handed over").attempt, 1);
}

pub(super) fn what_is_given_back_keeps_its_order_whichever_comes_first<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    (0..4).for_each(|id| queue.enqueue(id, options(), now));
    queue.offer(1, slots(2));
    queue.offer(2, slots(1));
    let leases = [0; 3].map(|_| queue.assign(now).expect("handed over").lease);
    for (lease, worker) in leases.into_iter().zip([1, 1, 2]) {
        queue.give_back(worker, lease, now);
    }
    assert_eq!(queue.waiting(), [0, 1, 2, 3]);
}

pub(super) fn errors_are_retried_as_often_as_asked<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 1);
    queue.enqueue(0, options(), now);
    for expected in [Failure::Retried, Failure::Failed(ended(0, 2))] {
        queue.offer(1, slots(1));
        let lease = queue.assign(now).expect("handed over").lease;
        assert_eq!(queue.fail(1, lease, Instant::now()), expected);
        assert_eq!(queue.fail(1, lease, Instant::now()), Failure::Late);
    }
    assert!(queue.waiting().is_empty());
}

pub(super) fn cancelling_says_which_lease_to_call_off<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    queue.enqueue(0, options(), now);
    queue.enqueue(1, options(), now);
    queue.offer(1, slots(1));
    let lease = queue.assign(now).expect("handed over").lease;
    assert_eq!(
        queue.cancel(0, Outcome::Cancelled, now),
        Cancelled::Held(Held {
            worker: 1,
            lease,
            begun: true
        })
    );
    assert_eq!(queue.cancel(1, Outcome::Cancelled, now), Cancelled::Idle);
    assert_eq!(queue.cancel(1, Outcome::Cancelled, now), Cancelled::Unknown);
    assert_eq!(queue.settle(1, lease, Instant::now()), None);
    assert!(queue.waiting().is_empty());
}

pub(super) fn a_paused_queue_hands_nothing_over<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    queue.enqueue(0, options(), now);
    queue.offer(1, slots(1));
    queue.set_paused(true);
    assert!(queue.assign(now).is_none());
    queue.set_paused(false);
    assert!(queue.assign(now).is_some());
}

pub(super) fn what_happened_is_counted_and_measured<B: Conforms>() {
    let mut queue = Subject::<B>::new(None, 1);
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    for id in 0..6 {
        queue.enqueue(id, options(), start);
    }
    queue.offer(1, slots(4));
    let leases: Vec<_> = std::iter::from_fn(|| queue.assign(at(100)))
        .map(|assigned| assigned.lease)
        .collect();
    assert!(queue.settle(1, leases[0], at(150)).is_some());
    assert_eq!(queue.fail(1, leases[1], at(150)), Failure::Retried);
    queue.give_back(1, leases[2], at(150));
    assert!(queue.expire(at(100) + MINUTE).is_some());
    // All of them too late.
    for lease in &leases {
        assert_eq!(queue.settle(1, *lease, at(200)), None);
    }
    assert_eq!(queue.fail(1, leases[3], at(200)), Failure::Late);
    assert_eq!(queue.cancel(4, Outcome::Cancelled, start), Cancelled::Idle);
    assert_eq!(queue.cancel(5, Outcome::Completed, start), Cancelled::Idle);
    let load = WorkerLoad {
        leased: 0,
        completed: 1,
        at_work: true,
    };
    assert_eq!(queue.load_of(1), load);
    assert_eq!(queue.load_of(2), WorkerLoad::default());

    let stats = queue.stats();
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

/// A store that others may write to has the last word: who speaks of an old lease changes nothing.
pub(super) fn a_lease_that_is_over_is_refused<B: Conforms>() {
    let now = Instant::now();
    let mut backlog = B::empty(0);
    let answer = || LeaseEnd::Answered {
        response: String::new(),
    };
    backlog.enqueue(0, "".into(), options(), now);
    let first = handed_over(&mut backlog, now);
    backlog.settle(0, first, LeaseEnd::GivenBack);
    assert!(matches!(
        events(&mut backlog)[..],
        [Event::Returned { item: 0 }]
    ));
    let second = handed_over(&mut backlog, now);
    assert_ne!(first, second);
    for end in [answer(), LeaseEnd::GivenBack, LeaseEnd::Expired] {
        backlog.settle(0, first, end);
        assert!(matches!(
            events(&mut backlog)[..],
            [Event::Late { item: 0 }]
        ));
    }
    backlog.decide(0, Fate::Dropped);
    assert!(events(&mut backlog).is_empty(), "it is not expired");
    backlog.settle(0, second, answer());
    assert!(matches!(events(&mut backlog)[..], [Event::Answered { .. }]));
    backlog.settle(0, second, answer());
    assert!(matches!(
        events(&mut backlog)[..],
        [Event::Late { item: 0 }]
    ));
    backlog.cancel(0, Outcome::Cancelled);
    assert!(events(&mut backlog).is_empty(), "it is over");
    assert_eq!(backlog.view(0), None);
}

pub(super) fn a_request_for_nothing_is_answered<B: Conforms>() {
    let now = Instant::now();
    let mut backlog = B::empty(0);
    for run in [Run::Beside, Run::Alone] {
        assert!(!backlog.has(run));
        backlog.request(run, now);
        let events = events(&mut backlog);
        assert!(matches!(events[..], [Event::Unavailable { run: of }] if of == run));
    }
    assert_eq!(backlog.next(), None);
}

fn events<B: Conforms>(backlog: &mut B) -> Vec<Event> {
    while backlog.arrive() {}
    std::iter::from_fn(|| backlog.poll()).collect()
}

fn handed_over<B: Conforms>(backlog: &mut B, now: Instant) -> crate::id::LeaseId {
    backlog.request(Run::Beside, now);
    match &events(backlog)[..] {
        [Event::HandOver(hand_over)] => hand_over.lease,
        other => panic!("{other:?}"),
    }
}
