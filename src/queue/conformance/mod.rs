//! What every backlog must do: named examples, and random histories beside a plain model. A backlog joins in with
//! [`Conforms`] and one line `conformance!(name, Type);`.

mod books;
mod examples;
mod late;
mod model;
mod on_file;
mod prefetch;
mod remote;
mod steps;
mod subject;
mod world;

use super::backlog::Backlog;
use super::memory::Memory;

/// What the suite needs beside the trait.
pub(super) trait Conforms: Backlog + std::fmt::Debug + Sized {
    /// An empty one. `retries` is how often a handler's error is followed by another attempt.
    fn empty(retries: u32) -> Self;

    /// Waits for what is on its way. True when there was anything: `poll` has more to say.
    fn arrive(&mut self) -> bool {
        false
    }
}

impl Conforms for Memory {
    fn empty(retries: u32) -> Self {
        Self::new(retries)
    }
}

/// One test for each demand.
macro_rules! conformance {
    ($suite:ident, $backlog:ty) => {
        mod $suite {
            $crate::queue::conformance::demands! { $backlog;
                examples::hands_over_in_order_of_arrival_one_per_free_slot,
                examples::higher_priority_goes_first,
                examples::an_answer_counts_once_and_a_late_one_not_at_all,
                examples::a_timed_out_item_goes_to_the_tail,
                examples::who_decides_after_a_timeout,
                examples::attempts_run_out,
                examples::a_dead_workers_items_wait_again_and_its_slots_are_gone,
                examples::a_lease_given_back_goes_to_the_head_and_was_no_attempt,
                examples::what_is_given_back_keeps_its_order_whichever_comes_first,
                examples::errors_are_retried_as_often_as_asked,
                examples::cancelling_says_which_lease_to_call_off,
                examples::a_paused_queue_hands_nothing_over,
                examples::what_happened_is_counted_and_measured,
                examples::a_lease_that_is_over_is_refused,
                examples::a_request_for_nothing_is_answered,
                prefetch::the_time_of_a_lease_begins_when_its_worker_begins_it,
                prefetch::what_does_not_move_is_wanted_back_and_taken_after_a_second,
                prefetch::what_moves_is_left_where_it_is,
                prefetch::a_slot_that_was_filled_when_it_was_offered_is_room_in_advance,
                prefetch::an_item_that_saw_its_worker_crash_runs_alone,
                prefetch::a_busy_worker_is_kept_free_for_one_that_runs_alone,
                prefetch::one_of_higher_priority_does_not_wait_for_one_that_runs_alone,
                prefetch::an_item_is_over_after_as_many_crashes_as_it_may_have,
                prefetch::what_a_dead_worker_had_not_begun_was_no_attempt,
                prefetch::a_slot_that_is_free_too_early_hides_no_lease,
                world::the_queue_does_what_its_model_does,
                late::every_item_ends_once_whenever_events_come,
            }
        }
    };
}

macro_rules! demands {
    ($backlog:ty; $($theme:ident::$demand:ident,)*) => {
        $(
            #[test]
            fn $demand() {
                $crate::queue::conformance::$theme::$demand::<$backlog>();
            }
        )*
    };
}
use demands;

conformance!(memory, super::Memory);
conformance!(remote_store, super::remote::Remote);
conformance!(journaled, super::super::journaled::Journaled);
