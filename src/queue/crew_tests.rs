//! Leases in advance, and items that end workers.

use super::tests::{enqueue, options, slots, with};
use super::*;

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
fn assigned(backlog: &mut Backlog, now: Instant) -> Vec<(WorkerId, ItemId, bool)> {
    all(backlog, now)
        .iter()
        .map(|a| (a.worker, a.item, a.begun))
        .collect()
}

fn all(backlog: &mut Backlog, now: Instant) -> Vec<Assignment> {
    std::iter::from_fn(|| backlog.assign(now)).collect()
}

#[test]
fn the_time_of_a_lease_begins_when_its_worker_begins_it() {
    let start = Instant::now();
    let mut backlog = with(None, 0);
    (0..3).for_each(|id| enqueue(&mut backlog, id));
    backlog.offer(1, one_slot(2));
    let leases: Vec<_> = all(&mut backlog, start);
    let begun: Vec<_> = leases.iter().map(|a| (a.begun, a.ahead)).collect();
    assert_eq!(begun, [(true, false), (false, true), (false, true)]);
    let later = start + MINUTE / 2;
    let _ = backlog.settle(1, leases[0].lease, later).expect("answered");
    assert_eq!(
        backlog.expire(start + MINUTE),
        None,
        "the second began later"
    );
    let expiry = backlog.expire(later + MINUTE).expect("it is over");
    assert_eq!(expiry.item, 1);
    assert_eq!(backlog.expire(later + MINUTE * 9), None, "the third waits");
    backlog.released(1, expiry.lease, later + MINUTE);
    let due = later + MINUTE * 2;
    assert_eq!(backlog.expire(due).map(|expiry| expiry.item), Some(2));
}

#[test]
fn what_does_not_move_is_wanted_back_and_taken_after_a_second() {
    let start = Instant::now();
    let mut backlog = with(None, 0);
    (0..3).for_each(|id| enqueue(&mut backlog, id));
    backlog.offer(1, one_slot(5));
    let leases: Vec<_> = all(&mut backlog, start).iter().map(|a| a.lease).collect();
    assert!(backlog.take_nearer());
    assert_eq!(backlog.recall(start), None, "it has patience");
    let recall = backlog.recall(start + PATIENCE).expect("nothing moved");
    assert_eq!((recall.worker, &recall.leases[..]), (1, &leases[1..]));
    // One comes back at its word.
    backlog.give_back(1, leases[2], start + PATIENCE);
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [2]);
    assert_eq!(backlog.recall(start + PATIENCE), None);
    assert!(
        all(&mut backlog, start + PATIENCE).is_empty(),
        "a worker that is held up gets no more in advance"
    );
    let _ = backlog.recall(start + PATIENCE + RECALL_LIMIT);
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [1, 2]);
    backlog.offer(2, one_slot(0));
    let now = start + MINUTE / 2;
    assert_eq!(assigned(&mut backlog, now), [(2, 1, true)]);
    // It moves again: what it has offered holds.
    let _ = backlog.settle(1, leases[0], now).expect("answered");
    assert_eq!(assigned(&mut backlog, now), [(1, 2, true)]);
    assert_eq!(backlog.attempts(2), Some(1));
}

#[test]
fn what_moves_is_left_where_it_is() {
    let mut now = Instant::now();
    let mut backlog = with(None, 0);
    (0..50).for_each(|id| enqueue(&mut backlog, id));
    backlog.offer(1, one_slot(49));
    for lease in all(&mut backlog, now) {
        now += PATIENCE / 2;
        assert_eq!(backlog.recall(now), None);
        let _ = backlog.settle(1, lease.lease, now).expect("answered");
    }
    assert_eq!(backlog.recall(now + MINUTE), None);
}

#[test]
fn a_slot_that_was_filled_when_it_was_offered_is_room_in_advance() {
    let now = Instant::now();
    let mut backlog = with(None, 0);
    backlog.offer(1, one_slot(1));
    (0..2).for_each(|id| enqueue(&mut backlog, id));
    let leases: Vec<_> = all(&mut backlog, now).iter().map(|a| a.lease).collect();
    let _ = backlog.settle(1, leases[0], now).expect("answered");
    // Offered before the second came there.
    backlog.offer(1, one_slot(0));
    assert_eq!(backlog.idle_workers().count(), 0);
    backlog.offer(2, one_slot(0));
    (2..4).for_each(|id| enqueue(&mut backlog, id));
    assert_eq!(assigned(&mut backlog, now), [(2, 2, true), (1, 3, false)]);
}

#[test]
fn an_item_that_saw_its_worker_crash_runs_alone() {
    let now = Instant::now();
    let mut backlog = with(None, 0);
    (0..2).for_each(|id| enqueue(&mut backlog, id));
    backlog.offer(1, slots(1));
    let _ = all(&mut backlog, now);
    let lost = backlog.remove_worker(1, true);
    assert_eq!(lost.len(), 1, "the other waited");
    (2..5).for_each(|id| enqueue(&mut backlog, id));
    let two = Offer { of: 2, ..slots(2) };
    backlog.offer(2, two);
    let first = all(&mut backlog, now);
    assert_eq!(
        first.iter().map(|a| a.item).collect::<Vec<_>>(),
        [1],
        "the suspect is next, and nothing goes beside it"
    );
    backlog.offer(3, two);
    assert_eq!(
        assigned(&mut backlog, now),
        [(3, 0, true), (2, 2, true)],
        "another has nothing to do: it is alone there"
    );
    // Answered, it leaves its worker to others.
    let suspect = backlog.leases_of(3)[0];
    let _ = backlog.settle(3, suspect, now).expect("answered");
    assert_eq!(assigned(&mut backlog, now), [(3, 3, true)]);
}

#[test]
fn a_busy_worker_is_kept_free_for_one_that_runs_alone() {
    let now = Instant::now();
    let mut backlog = with(None, 0);
    enqueue(&mut backlog, 0);
    backlog.offer(1, slots(1));
    let _ = all(&mut backlog, now);
    let two = Offer { of: 2, ..slots(2) };
    (1..9).for_each(|id| enqueue(&mut backlog, id));
    backlog.offer(2, two);
    let busy = all(&mut backlog, now);
    assert_eq!(busy.len(), 2);
    let _ = backlog.remove_worker(1, true);
    for id in 3..9 {
        assert!(backlog.cancel(id, Outcome::Cancelled).is_some());
    }
    enqueue(&mut backlog, 9);
    let one = Offer { of: 2, ..slots(1) };
    let _ = backlog.settle(2, busy[0].lease, now).expect("answered");
    backlog.offer(2, one);
    assert_eq!(assigned(&mut backlog, now), [], "it still holds another");
    let _ = backlog.settle(2, busy[1].lease, now).expect("answered");
    assert_eq!(assigned(&mut backlog, now), [(2, 0, true)]);
    backlog.offer(2, one);
    assert_eq!(assigned(&mut backlog, now), [], "nothing goes beside it");
    // Its worker ends by itself: the next one is not kept waiting.
    assert_eq!(backlog.remove_worker(2, false).len(), 1);
    backlog.offer(3, one);
    assert_eq!(assigned(&mut backlog, now), [(3, 9, true)]);
}

#[test]
fn one_of_higher_priority_does_not_wait_for_one_that_runs_alone() {
    let now = Instant::now();
    let mut backlog = with(None, 0);
    enqueue(&mut backlog, 0);
    backlog.offer(1, one_slot(0));
    let _ = all(&mut backlog, now);
    let _ = backlog.remove_worker(1, true);
    enqueue(&mut backlog, 1);
    backlog.offer(2, Offer { of: 2, ..slots(2) });
    let urgent = ItemOptions {
        priority: 1,
        ..options()
    };
    backlog.enqueue(2, "".into(), urgent, now);
    assert_eq!(assigned(&mut backlog, now), [(2, 2, true)]);
    let busy = backlog.leases_of(2)[0];
    // The worker is kept free for the suspect now, which is not first any more.
    backlog.enqueue(3, "".into(), urgent, now);
    let _ = backlog.settle(2, busy, now).expect("answered");
    assert_eq!(assigned(&mut backlog, now), [(2, 3, true)]);
}

#[test]
fn an_item_is_over_after_as_many_crashes_as_it_may_have() {
    let now = Instant::now();
    let mut backlog = with(None, 0);
    let options = ItemOptions {
        max_crashes: Some(2),
        ..options()
    };
    backlog.enqueue(0, "".into(), options, now);
    let mut lose = |worker, crashed| {
        backlog.offer(worker, one_slot(3));
        assert_eq!(all(&mut backlog, now).len(), 1);
        let lost = backlog.remove_worker(worker, crashed);
        lost.iter().map(|loss| loss.fate).collect::<Vec<_>>()
    };
    assert_eq!(lose(1, true), [Fate::Requeued]);
    assert_eq!(lose(2, false), [Fate::Requeued], "its worker's own choice");
    assert_eq!(lose(3, true), [Fate::Doomed(3)]);
    assert_eq!(backlog.stats().counts.failed, 1);
}

#[test]
fn what_a_dead_worker_had_not_begun_was_no_attempt() {
    let now = Instant::now();
    let mut backlog = with(None, 0);
    (0..3).for_each(|id| enqueue(&mut backlog, id));
    backlog.offer(1, one_slot(2));
    let _ = all(&mut backlog, now);
    assert_eq!(backlog.remove_worker(1, true).len(), 1);
    assert_eq!(backlog.waiting_ids().collect::<Vec<_>>(), [1, 2, 0]);
    assert_eq!(
        [0, 1, 2].map(|id| backlog.attempts(id)),
        [Some(1), Some(0), Some(0)]
    );
}
