//! Workers that end one after the other, and those that take their places.

use super::tests::{IDLE, at_work, ms, running};
use super::*;

#[test]
fn a_retiring_worker_stays_until_its_successor_is_ready() {
    let now = Instant::now();
    let mut policy = at_work(2, now);
    assert_eq!(policy.retiring(1, true, now), [Command::Fork]);
    assert_eq!(policy.retiring(1, true, now), [], "said twice");
    assert_eq!(policy.forked(3, now), []);
    assert_eq!(policy.leaving(1, now), [], "3 is on its way");
    assert_eq!(policy.ready(3, now), [Command::Release(1)]);
    assert_eq!(policy.exited(1, true, IDLE, now, 0.0), []);
}

#[test]
fn one_that_leaves_after_its_successor_is_ready_goes_at_once() {
    let now = Instant::now();
    let mut policy = at_work(1, now);
    assert_eq!(policy.retiring(1, true, now), [Command::Fork]);
    assert_eq!(policy.forked(2, now), []);
    assert_eq!(policy.ready(2, now), []);
    assert_eq!(policy.leaving(1, now), [Command::Release(1)]);
}

#[test]
fn one_that_leaves_without_notice_has_its_successor_forked() {
    let now = Instant::now();
    let mut policy = at_work(1, now);
    assert_eq!(policy.leaving(1, now), [Command::Fork]);
    assert_eq!(policy.forked(2, now), []);
    assert_eq!(policy.ready(2, now), [Command::Release(1)]);
}

#[test]
fn there_is_never_more_than_one_extra_worker() {
    let now = Instant::now();
    let mut policy = at_work(3, now);
    assert_eq!(policy.retiring(1, true, now), [Command::Fork]);
    assert_eq!(policy.retiring(2, true, now), []);
    assert_eq!(policy.forked(4, now), []);
    assert_eq!(policy.leaving(1, now), []);
    // A second one gives its place to its successor instead of waiting.
    assert_eq!(policy.leaving(2, now), [Command::Release(1)]);
    assert_eq!(policy.exited(1, true, IDLE, now, 0.0), [Command::Fork]);
    assert_eq!(policy.forked(5, now), []);
    assert_eq!(policy.ready(4, now), [Command::Release(2)]);
    assert_eq!(policy.exited(2, true, IDLE, now, 0.0), []);
}

#[test]
fn one_that_waits_is_let_go_when_its_successor_dies() {
    let now = Instant::now();
    let mut policy = at_work(1, now);
    assert_eq!(policy.leaving(1, now), [Command::Fork]);
    assert_eq!(policy.forked(2, now), []);
    assert_eq!(policy.exited(2, true, IDLE, now, 0.0), []);
    let later = now + ms(100);
    assert_eq!(policy.tick(later), [Command::Fork]);
    assert_eq!(policy.forked(3, later), []);
    assert_eq!(policy.ready(3, later), [Command::Release(1)]);
}

#[test]
fn fewer_workers_retire_the_oldest_and_more_are_forked() {
    let now = Instant::now();
    let mut policy = at_work(3, now);
    assert_eq!(
        policy.resize(1, now),
        [Command::Retire(1), Command::Retire(2)]
    );
    assert_eq!(policy.retiring(1, true, now), [], "nobody takes its place");
    assert_eq!(policy.leaving(1, now), [Command::Release(1)]);
    assert_eq!(policy.exited(1, true, IDLE, now, 0.0), []);
    assert_eq!(policy.exited(2, true, IDLE, now, 0.0), []);
    assert_eq!(policy.resize(2, now), [Command::Fork]);
}

#[test]
fn without_any_workers_those_that_are_retiring_go_too() {
    let now = Instant::now();
    let mut policy = at_work(2, now);
    assert_eq!(policy.retiring(1, true, now), [Command::Fork]);
    assert_eq!(policy.forked(3, now), []);
    assert_eq!(policy.resize(0, now), [1, 2, 3].map(Command::Retire));
    assert_eq!(policy.ready(3, now), [Command::Retire(3)]);
    assert_eq!(policy.leaving(1, now), [Command::Release(1)]);
}

#[test]
fn fewer_workers_need_no_more_of_those_that_will_retire_than_there_is_place_for() {
    let now = Instant::now();
    let mut policy = running(5, now);
    assert_eq!(policy.retiring(1, true, now), [Command::Fork]);
    assert_eq!(policy.forked(6, now), []);
    assert_eq!(policy.retiring(2, true, now), []);
    // 3 to 6 last, and 1 and 2 would stay for as long as nobody sends them their last requests.
    assert_eq!(policy.resize(3, now), [3, 1].map(Command::Retire));
    assert_eq!(policy.exited(1, true, IDLE, now, 0.0), []);
    assert_eq!(policy.exited(3, true, IDLE, now, 0.0), []);
    assert_eq!(policy.stats(now).workers.len(), 4);
}

#[test]
fn one_that_is_too_many_before_it_is_ready_hears_of_it_then() {
    let now = Instant::now();
    let mut policy = running(2, now);
    assert_eq!(policy.resize(1, now), [Command::Retire(1)]);
    assert_eq!(policy.ready(1, now), [Command::Retire(1)]);
    assert_eq!(policy.ready(2, now), []);
}

#[test]
fn another_number_is_there_at_once_whatever_restarts_wait() {
    let now = Instant::now();
    let mut policy = at_work(4, now);
    for worker in 1..=3 {
        assert_eq!(policy.exited(worker, false, IDLE, now, 0.0), []);
    }
    assert_eq!(policy.resize(3, now), [Command::Fork; 2]);
    assert_eq!(policy.next_tick(), None);
}

/// A policy for one worker whose first took 100 ms to start, and served for 20; workers 2 and 3 start after it.
fn in_a_hurry(now: Instant) -> Policy {
    let mut policy = running(1, now);
    assert_eq!(policy.ready(1, now + ms(100)), []);
    assert_eq!(policy.retiring(1, true, now + ms(110)), [Command::Fork]);
    assert_eq!(policy.leaving(1, now + ms(120)), [Command::Fork]);
    for worker in 2..=3 {
        assert_eq!(policy.forked(worker, now + ms(120)), []);
    }
    policy
}

#[test]
fn several_start_at_once_when_workers_serve_for_less_than_a_start() {
    let now = Instant::now();
    let mut policy = in_a_hurry(now);
    assert_eq!(policy.ready(2, now + ms(220)), [Command::Release(1)]);
    // Worker 3 starts already, and 4 as soon as there is room.
    assert_eq!(
        policy.exited(1, true, IDLE, now + ms(225), 0.0),
        [Command::Fork]
    );
    assert_eq!(policy.forked(4, now + ms(225)), []);
    assert_eq!(policy.ready(3, now + ms(226)), []);
    // It need not stay: 3 serves.
    assert_eq!(policy.leaving(2, now + ms(240)), [Command::Release(2)]);
    assert_eq!(
        policy.exited(2, true, IDLE, now + ms(245), 0.0),
        [Command::Fork]
    );
}

#[test]
fn those_that_were_started_in_advance_go_when_there_is_nothing_to_do() {
    let now = Instant::now();
    let mut policy = in_a_hurry(now);
    assert_eq!(policy.ready(2, now + ms(220)), [Command::Release(1)]);
    assert_eq!(policy.ready(3, now + ms(220)), []);
    assert_eq!(
        policy.exited(1, true, IDLE, now + ms(230), 0.0),
        [Command::Fork]
    );
    assert_eq!(policy.forked(4, now + ms(230)), []);
    assert_eq!(policy.ready(4, now + ms(330)), []);
    let due = policy.next_tick().expect("something is remembered");
    assert_eq!(due, now + ms(5120));
    assert_eq!(
        policy.tick(due),
        [Command::Retire(2), Command::Retire(3)],
        "one worker is wanted"
    );
    assert_eq!(policy.leaving(2, due), [Command::Release(2)]);
    assert_eq!(policy.leaving(3, due), [Command::Release(3)]);
    assert_eq!(policy.exited(2, true, IDLE, due, 0.0), []);
    assert_eq!(policy.exited(3, true, IDLE, due, 0.0), []);
}

#[test]
fn nothing_is_started_in_advance_of_workers_that_crash() {
    let now = Instant::now();
    let mut policy = in_a_hurry(now);
    assert_eq!(
        policy.exited(2, false, IDLE, now + ms(130), 0.0),
        [],
        "3 takes the place of 1"
    );
    assert_eq!(policy.ready(3, now + ms(220)), [Command::Release(1)]);
    assert_eq!(policy.exited(1, true, IDLE, now + ms(230), 0.0), []);
}

#[test]
fn nothing_is_started_in_advance_of_workers_that_grow_too_large() {
    let now = Instant::now();
    let mut policy = running(1, now);
    assert_eq!(policy.ready(1, now + ms(100)), []);
    assert_eq!(policy.retiring(1, false, now + ms(110)), [Command::Fork]);
    assert_eq!(policy.leaving(1, now + ms(120)), []);
}

#[test]
fn a_worker_that_is_added_comes_on_top_of_those_wanted_not_of_those_started_in_advance() {
    let now = Instant::now();
    let mut policy = in_a_hurry(now);
    assert_eq!(policy.add_worker(), [Command::Fork]);
    assert_eq!(policy.target(), 2);
}
