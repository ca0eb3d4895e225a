//! Random histories of a queue.

use std::time::Duration;

use proptest::prelude::*;

use super::super::backlog::ItemOptions;
use super::super::fate::{Generation, TimeoutOutcome};
use super::super::slots::Offer;
use crate::id::{LeaseId, WorkerId};

pub(super) const WORKERS: WorkerId = 4;

#[derive(Clone, Debug)]
pub(super) enum Step {
    Enqueue(ItemOptions),
    Offer(WorkerId, Offer),
    Assign,
    Settle(Pick),
    Fail(Pick),
    GiveBack(Pick),
    Released(Pick),
    Recall,
    /// Of the worker's leases those whose ids have this rest, by 2, are started.
    GiveBackUnstarted(WorkerId, LeaseId),
    Wait(Duration),
    Expire,
    Decide(Pick, TimeoutOutcome),
    Cancel(Pick),
    Withdraw(WorkerId),
    /// With whether it crashed.
    Remove(WorkerId, bool),
    Pause(bool),
}

/// One of all leases or items there ever were, over or not, or one that never was.
pub(super) type Pick = usize;

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let worker = 0..WORKERS;
    let step = prop_oneof![
        6 => item_options().prop_map(Step::Enqueue),
        4 => (worker.clone(), offer()).prop_map(|(w, offer)| Step::Offer(w, offer)),
        8 => Just(Step::Assign),
        3 => any::<Pick>().prop_map(Step::Settle),
        2 => any::<Pick>().prop_map(Step::Fail),
        2 => any::<Pick>().prop_map(Step::GiveBack),
        3 => any::<Pick>().prop_map(Step::Released),
        3 => Just(Step::Recall),
        1 => (worker.clone(), 0_u64..2).prop_map(|(w, rest)| Step::GiveBackUnstarted(w, rest)),
        3 => (0_u64..30).prop_map(|ms| Step::Wait(Duration::from_millis(ms))),
        3 => Just(Step::Expire),
        3 => (any::<Pick>(), outcome()).prop_map(|(pick, outcome)| Step::Decide(pick, outcome)),
        1 => any::<Pick>().prop_map(Step::Cancel),
        1 => worker.clone().prop_map(Step::Withdraw),
        1 => (worker, any::<bool>()).prop_map(|(w, crashed)| Step::Remove(w, crashed)),
        1 => any::<bool>().prop_map(Step::Pause),
    ];
    prop::collection::vec(step, 0..120)
}

fn item_options() -> impl Strategy<Value = ItemOptions> {
    let limit = || prop::option::of(1_u32..4);
    (1_u64..50, limit(), limit(), -1_i32..=1).prop_map(
        |(ms, max_attempts, max_crashes, priority)| ItemOptions {
            timeout: Duration::from_millis(ms),
            max_attempts,
            max_crashes,
            priority,
        },
    )
}

fn offer() -> impl Strategy<Value = Offer> {
    (generation(), 0_u32..4, 0_u32..3, 1_u32..4, 1_u64..20).prop_map(
        |(generation, slots, ahead, of, patience)| Offer {
            generation,
            slots,
            ahead,
            of,
            patience: Duration::from_millis(patience),
        },
    )
}

fn generation() -> impl Strategy<Value = Generation> {
    prop_oneof![Just(Generation::Documented), Just(Generation::Published)]
}

fn outcome() -> impl Strategy<Value = TimeoutOutcome> {
    prop_oneof![
        Just(TimeoutOutcome::Unheard),
        Just(TimeoutOutcome::Heard),
        Just(TimeoutOutcome::Replaced),
        Just(TimeoutOutcome::Requeue),
        Just(TimeoutOutcome::Cancelled),
    ]
}
