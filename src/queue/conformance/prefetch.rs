//! Leases in advance, and items that end workers, in examples.

use std::time::Duration;

use tokio::time::Instant;

use super::super::backlog::ItemOptions;
use super::super::fate::Fate;
use super::super::outcomes::{Assignment, Cancelled};
use super::super::recall::RECALL_LIMIT;
use super::super::slots::Offer;
use super::super::tally::Outcome;
use super::Conforms;
use super::subject::{Subject, options, slots};
use crate::id::{ItemId, WorkerId};

const MINUTE: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_millis(5);

/// One slot, and room for `ahead` more.
fn one_slot(ahead: u32) -> Offer {
    Offer {
        ahead,
        of: 1,
        ..slots(1)
    }
}

/// All that can be handed over now: worker, item, and whether it is begun.
fn assigned<B: Conforms>(queue: &mut Subject<B>, now: Instant) -> Vec<(WorkerId, ItemId, bool)> {
    all(queue, now)
        .iter()
        .map(|a| (a.worker, a.item, a.begun))
        .collect()
}

fn all<B: Conforms>(queue: &mut Subject<B>, now: Instant) -> Vec<Assignment> {
    std::iter::from_fn(|| queue.assign(now)).collect()
}

pub(super) fn the_time_of_a_lease_begins_when_its_worker_begins_it<B: Conforms>() {
    let start = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    (0..3).for_each(|id| queue.enqueue(id, options(), start));
    queue.offer(1, one_slot(2));
    let leases: Vec<_> = all(&mut queue, start);
    let begun: Vec<_> = leases.iter().map(|a| (a.begun, a.ahead)).collect();
    assert_eq!(begun, [(true, false), (false, true), (false, true)]);
    let later = start + MINUTE / 2;
    let _ = queue.settle(1, leases[0].lease, later).expect("answered");
    assert_eq!(queue.expire(start + MINUTE), None, "the second began later");
    let expiry = queue.expire(later + MINUTE).expect("it is over");
    assert_eq!(expiry.item, 1);
    assert_eq!(queue.expire(later + MINUTE * 9), None, "the third waits");
    queue.released(1, expiry.lease, later + MINUTE);
    let due = later + MINUTE * 2;
    assert_eq!(queue.expire(due).map(|expiry| expiry.item), Some(2));
}

pub(super) fn what_does_not_move_is_wanted_back_and_taken_after_a_second<B: Conforms>() {
    let start = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    (0..3).for_each(|id| queue.enqueue(id, options(), start));
    queue.offer(1, one_slot(5));
    let leases: Vec<_> = all(&mut queue, start).iter().map(|a| a.lease).collect();
    assert!(queue.queue.take_nearer());
    assert_eq!(queue.recall(start), None, "it has patience");
    let recall = queue.recall(start + PATIENCE).expect("nothing moved");
    assert_eq!((recall.worker, &recall.leases[..]), (1, &leases[1..]));
    // One comes back at its word.
    queue.give_back(1, leases[2], start + PATIENCE);
    assert_eq!(queue.waiting(), [2]);
    assert_eq!(queue.recall(start + PATIENCE), None);
    assert!(
        all(&mut queue, start + PATIENCE).is_empty(),
        "a worker that is held up gets no more in advance"
    );
    let _ = queue.recall(start + PATIENCE + RECALL_LIMIT);
    assert_eq!(queue.waiting(), [1, 2]);
    queue.offer(2, one_slot(0));
    let now = start + MINUTE / 2;
    assert_eq!(assigned(&mut queue, now), [(2, 1, true)]);
    // It moves again: what it has offered holds.
    let _ = queue.settle(1, leases[0], now).expect("answered");
    assert_eq!(assigned(&mut queue, now), [(1, 2, true)]);
    assert_eq!(queue.attempts(2), Some(1));
}

pub(super) fn what_moves_is_left_where_it_is<B: Conforms>() {
    let mut now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    (0..50).for_each(|id| queue.enqueue(id, options(), now));
    queue.offer(1, one_slot(49));
    for lease in all(&mut queue, now) {
        now += PATIENCE / 2;
        assert_eq!(queue.recall(now), None);
        let _ = queue.settle(1, lease.lease, now).expect("answered");
    }
    assert_eq!(queue.recall(now + MINUTE), None);
}

pub(super) fn a_slot_that_was_filled_when_it_was_offered_is_room_in_advance<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    queue.offer(1, one_slot(1));
    (0..2).for_each(|id| queue.enqueue(id, options(), now));
    let leases: Vec<_> = all(&mut queue, now).iter().map(|a| a.lease).collect();
    let _ = queue.settle(1, leases[0], now).expect("answered");
    // Offered before the second came there.
    queue.offer(1, one_slot(0));
    assert!(queue.idle().is_empty());
    queue.offer(2, one_slot(0));
    (2..4).for_each(|id| queue.enqueue(id, options(), now));
    assert_eq!(assigned(&mut queue, now), [(2, 2, true), (1, 3, false)]);
}

pub(super) fn an_item_that_saw_its_worker_crash_runs_alone<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    (0..2).for_each(|id| queue.enqueue(id, options(), now));
    queue.offer(1, slots(1));
    let _ = all(&mut queue, now);
    let lost = queue.remove_worker(1, true, now);
    assert_eq!(lost.len(), 1, "the other waited");
    (2..5).for_each(|id| queue.enqueue(id, options(), now));
    let two = Offer { of: 2, ..slots(2) };
    queue.offer(2, two);
    let first = all(&mut queue, now);
    assert_eq!(
        first.iter().map(|a| a.item).collect::<Vec<_>>(),
        [1],
        "the suspect is next, and nothing goes beside it"
    );
    queue.offer(3, two);
    assert_eq!(
        assigned(&mut queue, now),
        [(3, 0, true), (2, 2, true)],
        "another has nothing to do: it is alone there"
    );
    // Answered, it leaves its worker to others.
    let suspect = queue.queue.leases_of(3)[0];
    let _ = queue.settle(3, suspect, now).expect("answered");
    assert_eq!(assigned(&mut queue, now), [(3, 3, true)]);
}

pub(super) fn a_busy_worker_is_kept_free_for_one_that_runs_alone<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    queue.enqueue(0, options(), now);
    queue.offer(1, slots(1));
    let _ = all(&mut queue, now);
    let two = Offer { of: 2, ..slots(2) };
    (1..9).for_each(|id| queue.enqueue(id, options(), now));
    queue.offer(2, two);
    let busy = all(&mut queue, now);
    assert_eq!(busy.len(), 2);
    let _ = queue.remove_worker(1, true, now);
    for id in 3..9 {
        assert_eq!(queue.cancel(id, Outcome::Cancelled, now), Cancelled::Idle);
    }
    queue.enqueue(9, options(), now);
    let one = Offer { of: 2, ..slots(1) };
    let _ = queue.settle(2, busy[0].lease, now).expect("answered");
    queue.offer(2, one);
    assert_eq!(assigned(&mut queue, now), [], "it still holds another");
    let _ = queue.settle(2, busy[1].lease, now).expect("answered");
    assert_eq!(assigned(&mut queue, now), [(2, 0, true)]);
    queue.offer(2, one);
    assert_eq!(assigned(&mut queue, now), [], "nothing goes beside it");
    // Its worker ends by itself: the next one is not kept waiting.
    assert_eq!(queue.remove_worker(2, false, now).len(), 1);
    queue.offer(3, one);
    assert_eq!(assigned(&mut queue, now), [(3, 9, true)]);
}

pub(super) fn one_of_higher_priority_does_not_wait_for_one_that_runs_alone<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    queue.enqueue(0, options(), now);
    queue.offer(1, one_slot(0));
    let _ = all(&mut queue, now);
    let _ = queue.remove_worker(1, true, now);
    queue.enqueue(1, options(), now);
    queue.offer(2, Offer { of: 2, ..slots(2) });
    let urgent = ItemOptions {
        priority: 1,
        ..options()
    };
    queue.enqueue(2, urgent, now);
    assert_eq!(assigned(&mut queue, now), [(2, 2, true)]);
    let busy = queue.queue.leases_of(2)[0];
    // The worker is kept free for the suspect now, which is not first any more.
    queue.enqueue(3, urgent, now);
    let _ = queue.settle(2, busy, now).expect("answered");
    assert_eq!(assigned(&mut queue, now), [(2, 3, true)]);
}

pub(super) fn an_item_is_over_after_as_many_crashes_as_it_may_have<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    let options = ItemOptions {
        max_crashes: Some(2),
        ..options()
    };
    queue.enqueue(0, options, now);
    let mut lose = |worker, crashed| {
        queue.offer(worker, one_slot(3));
        assert_eq!(all(&mut queue, now).len(), 1);
        let lost = queue.remove_worker(worker, crashed, now);
        lost.iter().map(|loss| loss.fate).collect::<Vec<_>>()
    };
    assert_eq!(lose(1, true), [Fate::Requeued]);
    assert_eq!(lose(2, false), [Fate::Requeued], "its worker's own choice");
    assert_eq!(lose(3, true), [Fate::Doomed]);
    assert_eq!(queue.stats().counts.failed, 1);
}

pub(super) fn what_a_dead_worker_had_not_begun_was_no_attempt<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    (0..3).for_each(|id| queue.enqueue(id, options(), now));
    queue.offer(1, one_slot(2));
    let _ = all(&mut queue, now);
    assert_eq!(queue.remove_worker(1, true, now).len(), 1);
    assert_eq!(queue.waiting(), [1, 2, 0]);
    assert_eq!(
        [0, 1, 2].map(|id| queue.attempts(id)),
        [Some(1), Some(0), Some(0)]
    );
}

/// A worker that says so of a lease it has not ended still holds that lease.
pub(super) fn a_slot_that_is_free_too_early_hides_no_lease<B: Conforms>() {
    let now = Instant::now();
    let mut queue = Subject::<B>::new(None, 0);
    (0..3).for_each(|id| queue.enqueue(id, options(), now));
    queue.offer(1, one_slot(2));
    let leases: Vec<_> = all(&mut queue, now).iter().map(|a| a.lease).collect();
    queue.released(1, leases[0], now);
    queue.released(1, leases[0], now);
    assert_eq!(queue.load_of(1).leased, 3);
    assert!(queue.settle(1, leases[0], now).is_some());
    assert_eq!(queue.load_of(1).leased, 2);
    queue.released(1, leases[1], now);
    let lost = queue.remove_worker(1, true, now);
    let lost: Vec<_> = lost.iter().map(|loss| loss.item).collect();
    assert_eq!(lost, [1, 2], "both had begun");
    assert_eq!(queue.stats().leased, 0);
}
