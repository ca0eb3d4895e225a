//! Starts, stops and crashes.

use super::*;
use crate::supervisor::{Phase, WorkerStats};

const SOON: Duration = Duration::from_secs(5);
pub(super) const IDLE: Circumstances = Circumstances {
    at_work: false,
    answered: 0,
};

fn options() -> PolicyOptions {
    PolicyOptions {
        restart: RestartOptions {
            min_delay: Duration::from_millis(100),
            max_delay: Duration::from_secs(10),
            max_restarts: 3,
            window: Duration::from_secs(60),
        },
        start_timeout: Duration::from_secs(30),
        stop_timeout: Duration::from_secs(5),
        starts_at_once: 2,
    }
}

/// A started policy whose workers 1..=n are running.
pub(super) fn running(workers: u32, now: Instant) -> Policy {
    let mut policy = Policy::new(options());
    assert_eq!(
        policy.start(workers as usize, now),
        vec![Command::Fork; workers as usize]
    );
    for worker in 1..=workers {
        assert_eq!(policy.forked(worker, now), []);
    }
    policy
}

pub(super) fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[test]
fn starting_twice_is_harmless() {
    let mut policy = running(2, Instant::now());
    assert_eq!(policy.start(1, Instant::now()), []);
}

#[test]
fn a_worker_that_served_its_iterations_is_replaced_at_once() {
    let now = Instant::now();
    let mut policy = at_work(2, now);
    let _ = policy.retiring(1, true, now);
    let _ = policy.forked(3, now);
    let _ = policy.leaving(1, now);
    let _ = policy.ready(3, now);
    assert_eq!(policy.exited(1, true, IDLE, now, 0.0), []);
    assert!(policy.restarts.is_empty());
}

#[test]
fn a_crashed_worker_is_replaced_after_a_growing_pause() {
    let now = Instant::now();
    let mut policy = running(1, now);
    assert_eq!(policy.exited(1, false, IDLE, now, 0.0), []);
    assert_eq!(policy.next_tick(), Some(now + ms(100)));
    assert_eq!(policy.tick(now + ms(99)), []);
    assert_eq!(policy.tick(now + ms(100)), [Command::Fork]);
    assert_eq!(policy.forked(2, now), []);
    let later = now + ms(150);
    assert_eq!(policy.exited(2, false, IDLE, later, 0.0), []);
    assert_eq!(policy.next_tick(), Some(later + ms(200)));
}

#[test]
fn the_pause_starts_over_when_crashes_are_long_past() {
    let now = Instant::now();
    let mut policy = running(1, now);
    let _ = policy.exited(1, false, IDLE, now, 0.0);
    let _ = policy.tick(now + ms(100));
    let _ = policy.forked(2, now);
    let later = now + Duration::from_secs(3600);
    let _ = policy.exited(2, false, IDLE, later, 0.0);
    assert_eq!(policy.next_tick(), Some(later + ms(100)));
}

#[test]
fn too_many_crashes_in_the_window_end_the_restarts() {
    let now = Instant::now();
    let mut policy = running(1, now);
    let mut at = now;
    for worker in 1..=3 {
        assert_eq!(policy.exited(worker, false, IDLE, at, 0.0), []);
        at = policy.next_tick().expect("a restart");
        assert_eq!(policy.tick(at), [Command::Fork]);
        let _ = policy.forked(worker + 1, at);
    }
    assert_eq!(policy.exited(4, false, IDLE, at, 0.0), [Command::CrashLoop]);
    assert_eq!(policy.next_tick(), None);
    assert_eq!(policy.stop(at), [Command::Stopped]);
}

#[test]
fn stopping_asks_then_kills_and_says_once_when_all_are_gone() {
    let now = Instant::now();
    let mut policy = running(2, now);
    assert_eq!(
        policy.stop(now),
        [Command::Terminate(1), Command::Terminate(2)]
    );
    assert_eq!(policy.stop(now), []);
    assert_eq!(policy.exited(1, false, IDLE, now, 0.0), []);
    let late = now + Duration::from_secs(5);
    assert_eq!(policy.next_tick(), Some(late));
    assert_eq!(policy.tick(late), [Command::Kill(2)]);
    assert_eq!(policy.exited(2, false, IDLE, late, 0.0), [Command::Stopped]);
    assert_eq!(policy.exited(2, false, IDLE, late, 0.0), []);
    assert_eq!(policy.start(1, now), []);
    assert_eq!(policy.add_worker(), []);
}

#[test]
fn stopping_without_workers_is_over_at_once() {
    let now = Instant::now();
    let mut policy = Policy::new(options());
    assert_eq!(policy.stop(now), [Command::Stopped]);
    assert_eq!(policy.stop(now), []);
}

#[test]
fn a_worker_forked_while_stopping_is_ended() {
    let now = Instant::now();
    let mut policy = Policy::new(options());
    let _ = policy.start(1, Instant::now());
    assert_eq!(policy.stop(now), []);
    assert_eq!(policy.forked(1, now), [Command::Terminate(1)]);
    assert_eq!(policy.exited(1, false, IDLE, now, 0.0), [Command::Stopped]);
}

#[test]
fn adding_a_worker_raises_the_number_kept() {
    let now = Instant::now();
    let mut policy = running(1, now);
    assert_eq!(policy.add_worker(), [Command::Fork]);
    let _ = policy.forked(2, now);
    for worker in 1..=2 {
        let _ = policy.ready(worker, now);
    }
    let later = now + SOON;
    assert_eq!(policy.exited(1, true, IDLE, later, 0.0), [Command::Fork]);
    let _ = policy.forked(3, later);
    assert_eq!(policy.exited(2, true, IDLE, later, 0.0), [Command::Fork]);
}

#[test]
fn workers_of_others_are_none_of_our_business() {
    let now = Instant::now();
    let mut policy = at_work(1, now);
    assert_eq!(policy.exited(99, false, IDLE, now, 0.0), []);
    assert_eq!(policy.next_tick(), None);
}

#[test]
fn a_failed_fork_is_tried_again_after_a_pause() {
    let now = Instant::now();
    let mut policy = Policy::new(options());
    let _ = policy.start(1, Instant::now());
    assert_eq!(policy.fork_failed(now, 0.0), []);
    assert_eq!(policy.tick(now + ms(100)), [Command::Fork]);
}

/// As `running`, and all ready.
pub(super) fn at_work(workers: u32, now: Instant) -> Policy {
    let mut policy = running(workers, now);
    for worker in 1..=workers {
        assert_eq!(policy.ready(worker, now), []);
    }
    policy
}

#[test]
fn a_frozen_worker_is_killed_and_replaced() {
    let now = Instant::now();
    let mut policy = at_work(1, now);
    assert_eq!(policy.frozen(1), [Command::Kill(1)]);
    assert_eq!(policy.frozen(9), []);
    assert_eq!(policy.exited(1, false, IDLE, now, 0.0), []);
    assert_eq!(policy.tick(now + ms(100)), [Command::Fork]);
}

#[test]
fn workers_and_their_ends_are_counted() {
    let start = Instant::now();
    let later = start + Duration::from_secs(3);
    let mut policy = running(2, start);
    let _ = policy.ready(2, start);
    let _ = policy.exited(1, false, IDLE, start, 0.0);
    let stats = policy.stats(later);
    let worker = WorkerStats {
        id: 2,
        phase: Phase::Ready,
        uptime: Duration::from_secs(3),
    };
    assert_eq!(
        stats,
        PolicyStats {
            workers: vec![worker],
            forked: 2,
            crashed: 1,
            pending: 1,
            crash_loop: false,
        }
    );
    let _ = policy.stop(later);
    assert_eq!(policy.stats(later).workers[0].phase, Phase::Stopping);
    let _ = policy.exited(2, false, IDLE, later, 0.0);
    assert_eq!(policy.stats(later).crashed, 1, "it ended as it was told to");
}

fn working(answered: u64) -> Circumstances {
    Circumstances {
        at_work: true,
        answered,
    }
}

#[test]
fn a_crash_at_work_has_a_successor_at_once_while_others_are_answered() {
    let now = Instant::now();
    let mut policy = at_work(2, now);
    for round in 1..=50 {
        let commands = policy.exited(round, false, working(round.into()), now, 0.0);
        assert_eq!(commands, [Command::Fork]);
        let _ = policy.forked(round + 2, now);
        let _ = policy.ready(round + 2, now);
    }
    assert_eq!(policy.stats(now).crashed, 50);
    // Nothing is answered from here on.
    for _ in 0..3 {
        let worker = *policy.workers.keys().next().expect("one runs");
        assert_eq!(policy.exited(worker, false, working(50), now, 0.0), []);
        let due = policy.next_tick().expect("a restart");
        assert_eq!(policy.tick(due), [Command::Fork]);
        let _ = policy.forked(worker + 100, due);
    }
    let worker = *policy.workers.keys().next().expect("one runs");
    let last = policy.exited(worker, false, working(50), now, 0.0);
    assert_eq!(last, [Command::CrashLoop]);
}

#[test]
fn an_end_with_code_0_before_it_is_ready_is_a_crash() {
    let now = Instant::now();
    let mut policy = running(1, now);
    for worker in 1..=3 {
        assert_eq!(policy.exited(worker, true, IDLE, now, 0.0), []);
        let due = policy.next_tick().expect("a restart");
        assert_eq!(policy.tick(due), [Command::Fork]);
        let _ = policy.forked(worker + 1, due);
    }
    let last = policy.exited(4, true, IDLE, now, 0.0);
    assert_eq!(last, [Command::CrashLoop]);
}

#[test]
fn an_unannounced_end_soon_after_it_is_ready_has_a_pause_unless_requests_are_answered() {
    let now = Instant::now();
    let mut policy = at_work(1, now);
    let answered = Circumstances {
        answered: 1,
        ..IDLE
    };
    assert_eq!(policy.exited(1, true, answered, now, 0.0), [Command::Fork]);
    let _ = policy.forked(2, now);
    let _ = policy.ready(2, now);
    assert_eq!(policy.exited(2, true, answered, now, 0.0), []);
    assert_eq!(policy.next_tick(), Some(now + ms(100)));
}

#[test]
fn one_that_is_not_ready_in_time_is_killed_until_it_is_gone_and_counts_as_crashed() {
    let now = Instant::now();
    let mut policy = running(2, now);
    let _ = policy.ready(1, now + ms(100));
    let late = now + Duration::from_secs(30);
    assert_eq!(policy.next_tick(), Some(late));
    assert_eq!(policy.tick(late), [Command::KillLate(2)]);
    let again = late + Duration::from_secs(5);
    assert_eq!(policy.tick(again), [Command::Kill(2)]);
    assert_eq!(policy.exited(2, false, IDLE, again, 0.0), []);
    assert_eq!(policy.stats(again).crashed, 1);
    assert_eq!(policy.next_tick(), Some(again + ms(100)));
}

#[test]
fn one_that_is_to_retire_must_be_ready_in_time_too() {
    let now = Instant::now();
    let mut policy = running(1, now);
    assert_eq!(policy.resize(0, now), [Command::Retire(1)]);
    let late = now + Duration::from_secs(30);
    assert_eq!(policy.tick(late), [Command::KillLate(1)]);
    assert_eq!(policy.exited(1, false, IDLE, late, 0.0), []);
}

#[test]
fn one_that_is_killed_for_being_late_does_not_serve_whatever_it_says() {
    let now = Instant::now();
    let mut policy = running(1, now);
    let late = now + Duration::from_secs(30);
    assert_eq!(policy.tick(late), [Command::KillLate(1)]);
    assert_eq!(policy.ready(1, late), []);
    let again = late + Duration::from_secs(5);
    assert_eq!(policy.stats(again).workers[0].phase, Phase::Stopping);
    assert_eq!(policy.tick(again), [Command::Kill(1)]);
    assert_eq!(policy.exited(1, true, IDLE, again, 0.0), []);
    assert_eq!(policy.stats(again).crashed, 1);
}

#[test]
fn one_that_is_told_to_end_and_asks_to_be_let_go_may_go() {
    let now = Instant::now();
    let mut policy = at_work(1, now);
    assert_eq!(policy.stop(now), [Command::Terminate(1)]);
    assert_eq!(policy.retiring(1, false, now), []);
    assert_eq!(policy.leaving(1, now), [Command::Release(1)]);
    assert_eq!(
        policy.tick(now + Duration::from_secs(5)),
        [Command::Kill(1)]
    );
    assert_eq!(policy.exited(1, true, IDLE, now, 0.0), [Command::Stopped]);
}
