//! What becomes of an item whose lease ended without an answer. Rules alone, the same for every backlog.

/// What the published generations of the client do with a request that timed out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Generation {
    /// `request(page, item)`: a timed-out request is enqueued again.
    Documented,
    /// `queueItemReady(request)`, version 0.1.x: a user's `timeout` listener has the last word.
    Published,
}

/// What the user's code did while `timeout` was emitted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TimeoutOutcome {
    /// The item has no `timeout` listener of the user's.
    Unheard,
    /// A listener heard of it, and did none of the rest.
    Heard,
    /// A listener enqueued the same request again: that call took the item's place.
    Replaced,
    /// A listener called `item.requeue()`.
    Requeue,
    /// A listener ended the item (`item.cancel()`).
    Cancelled,
}

/// What becomes of an item that lost its lease.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// It waits again, at the tail.
    Requeued,
    /// It is out of the backlog and nothing more will be said of it.
    Dropped,
    /// It is out of the backlog: its handler failed, and is not tried again.
    Failed,
    /// It is out of the backlog: its attempts are used up.
    Exhausted,
    /// It is out of the backlog: too many workers ended under it.
    Doomed,
}

/// How often an item was tried, and how often it may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Tries {
    /// Leases so far, the present one included.
    pub(crate) attempts: u32,
    /// Failures of the handler so far.
    pub(crate) errors: u32,
    /// How often its worker, or PhantomJS, ended under it.
    pub(crate) crashes: u32,
    /// `u32::MAX` for no limit, which no count reaches. So is that of crashes.
    pub(crate) max_attempts: u32,
    pub(crate) max_crashes: u32,
}

impl Tries {
    /// Of a new item; none for no limit.
    pub(crate) fn new(max_attempts: Option<u32>, max_crashes: Option<u32>) -> Self {
        Self {
            attempts: 0,
            errors: 0,
            crashes: 0,
            max_attempts: max_attempts.unwrap_or(u32::MAX),
            max_crashes: max_crashes.unwrap_or(u32::MAX),
        }
    }

    /// It may be what ends workers: it runs alone from now on.
    pub(crate) fn is_suspect(&self) -> bool {
        self.crashes > 0
    }

    fn is_exhausted(&self) -> bool {
        self.attempts >= self.max_attempts
    }

    /// Once more, if it may.
    fn again(&self) -> Fate {
        if self.is_exhausted() {
            Fate::Exhausted
        } else {
            Fate::Requeued
        }
    }
}

/// After its handler failed, the failure counted already. `retries` is how many failures are followed by another attempt.
pub(crate) fn after_failure(tries: &Tries, retries: u32) -> Fate {
    if tries.errors <= retries && !tries.is_exhausted() {
        Fate::Requeued
    } else {
        Fate::Failed
    }
}

/// After its worker ended, the crash counted already if it was one.
pub(crate) fn after_loss(tries: &Tries, is_crash: bool) -> Fate {
    if is_crash && tries.crashes >= tries.max_crashes {
        Fate::Doomed
    } else {
        tries.again()
    }
}

/// After its lease was over, under a listener of this generation. `requeue` is the engine's setting: always, never, or by
/// the generation.
pub(crate) fn after_timeout(
    outcome: TimeoutOutcome,
    generation: Generation,
    requeue: Option<bool>,
    tries: &Tries,
) -> Fate {
    let waits_again = match outcome {
        TimeoutOutcome::Replaced | TimeoutOutcome::Cancelled => false,
        TimeoutOutcome::Requeue => true,
        // 0.1.x never re-enqueues by itself, and its users answer an error in their listener: a response after that would
        // answer twice.
        TimeoutOutcome::Heard => requeue.unwrap_or(generation == Generation::Documented),
        TimeoutOutcome::Unheard => requeue.unwrap_or(true),
    };
    if waits_again {
        tries.again()
    } else {
        Fate::Dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(attempts: u32, errors: u32, crashes: u32) -> Tries {
        Tries {
            attempts,
            errors,
            crashes,
            ..Tries::new(Some(3), Some(2))
        }
    }

    #[test]
    fn a_timeout_means_what_listener_generation_and_setting_say() {
        use Fate::{Dropped, Requeued};
        use Generation::{Documented, Published};
        use TimeoutOutcome::{Cancelled, Heard, Replaced, Requeue, Unheard};
        let table = [
            // outcome, generation, and the fate by the setting: none, always, never
            (Unheard, Documented, [Requeued, Requeued, Dropped]),
            (Unheard, Published, [Requeued, Requeued, Dropped]),
            (Heard, Documented, [Requeued, Requeued, Dropped]),
            (Heard, Published, [Dropped, Requeued, Dropped]),
            (Requeue, Documented, [Requeued; 3]),
            (Requeue, Published, [Requeued; 3]),
            (Replaced, Documented, [Dropped; 3]),
            (Replaced, Published, [Dropped; 3]),
            (Cancelled, Documented, [Dropped; 3]),
            (Cancelled, Published, [Dropped; 3]),
        ];
        for (outcome, generation, fates) in table {
            for (requeue, fate) in [None, Some(true), Some(false)].into_iter().zip(fates) {
                let case = format!("{outcome:?} {generation:?} {requeue:?}");
                let after =
                    |attempts| after_timeout(outcome, generation, requeue, &tries(attempts, 0, 0));
                assert_eq!(after(2), fate, "{case}");
                let at_the_limit = match fate {
                    Requeued => Fate::Exhausted,
                    other => other,
                };
                assert_eq!(after(3), at_the_limit, "{case}");
            }
        }
    }

    #[test]
    fn a_failure_is_retried_while_errors_and_attempts_allow() {
        let table = [
            // attempts, errors, retries
            (1, 1, 0, Fate::Failed),
            (1, 1, 1, Fate::Requeued),
            (2, 2, 1, Fate::Failed),
            (3, 1, 9, Fate::Failed),
        ];
        for (attempts, errors, retries, fate) in table {
            assert_eq!(after_failure(&tries(attempts, errors, 0), retries), fate);
        }
    }

    #[test]
    fn a_lost_worker_means_another_attempt_while_crashes_and_attempts_allow() {
        let table = [
            // attempts, crashes, was it a crash
            (1, 0, false, Fate::Requeued),
            (1, 1, true, Fate::Requeued),
            (2, 2, true, Fate::Doomed),
            (2, 2, false, Fate::Requeued),
            (3, 2, true, Fate::Doomed),
            (3, 1, true, Fate::Exhausted),
            (3, 0, false, Fate::Exhausted),
        ];
        for (attempts, crashes, is_crash, fate) in table {
            assert_eq!(after_loss(&tries(attempts, 0, crashes), is_crash), fate);
        }
    }
}
