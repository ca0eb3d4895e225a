//! Which crashes count towards a crash loop, and the pause after each.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;
use tracing::debug;

use super::backoff::Backoff;

/// When to restart workers that crash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RestartOptions {
    /// Pause before the first restart.
    pub(crate) min_delay: Duration,
    /// Longest pause.
    pub(crate) max_delay: Duration,
    /// Crashes within `window` that are one too many.
    pub(crate) max_restarts: u32,
    pub(crate) window: Duration,
}

/// What a worker was doing when it crashed. By default it was idle or still starting.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Circumstances {
    /// It had a request, which may be the reason.
    pub(crate) at_work: bool,
    /// Requests that workers have answered so far, all together.
    pub(crate) answered: u64,
}

/// When the successor is due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    AtOnce,
    After(Duration),
    /// Never: this was one too many.
    Loop,
}

/// The latest crashes. Those at work count only as long as nothing is answered in between: a few requests that no worker
/// survives must not stop the workers that serve all others. For each successor that is forked at once there is an answer,
/// so there are never more such forks than answers.
#[derive(Debug)]
pub(super) struct Crashes {
    options: RestartOptions,
    backoff: Backoff,
    /// When each was, and whether at work.
    steps: VecDeque<(Instant, bool)>,
    /// What was answered up to the last one.
    answered: u64,
    total: u64,
    is_loop: bool,
}

impl Crashes {
    pub(super) fn new(options: RestartOptions) -> Self {
        Self {
            options,
            backoff: Backoff::new(options.min_delay, options.max_delay),
            steps: VecDeque::new(),
            answered: 0,
            total: 0,
            is_loop: false,
        }
    }

    /// One more. The first that is one too many stays so.
    pub(super) fn add(
        &mut self,
        Circumstances { at_work, answered }: Circumstances,
        now: Instant,
        jitter: f64,
    ) -> Verdict {
        self.total += 1;
        let goes_on = answered > self.answered;
        self.answered = self.answered.max(answered);
        while self
            .steps
            .front()
            .is_some_and(|(at, _)| *at + self.options.window < now)
        {
            let _ = self.steps.pop_front();
        }
        if goes_on {
            self.steps.retain(|(_, at_work)| !at_work);
        }
        if self.steps.is_empty() {
            self.backoff.reset();
        }
        if at_work && goes_on {
            debug!(answered, "a worker crashed at work, and others get on");
            return Verdict::AtOnce;
        }
        self.steps.push_back((now, at_work));
        if self.steps.len() > self.options.max_restarts as usize {
            self.is_loop = true;
            return Verdict::Loop;
        }
        Verdict::After(self.backoff.next(jitter))
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn is_loop(&self) -> bool {
        self.is_loop
    }

    /// How many crashes count towards a loop now.
    pub(super) fn steps(&self) -> usize {
        self.steps.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crashes() -> Crashes {
        Crashes::new(RestartOptions {
            min_delay: ms(100),
            max_delay: ms(10_000),
            max_restarts: 3,
            window: ms(60_000),
        })
    }

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn at_work(answered: u64) -> Circumstances {
        Circumstances {
            at_work: true,
            answered,
        }
    }

    fn idle(answered: u64) -> Circumstances {
        Circumstances {
            at_work: false,
            answered,
        }
    }

    #[test]
    fn at_work_none_counts_while_others_are_answered() {
        let (mut crashes, now) = (crashes(), Instant::now());
        for answered in 1..=100 {
            let verdict = crashes.add(at_work(answered), now, 0.0);
            assert_eq!(verdict, Verdict::AtOnce);
        }
        assert_eq!((crashes.total(), crashes.is_loop()), (100, false));
    }

    #[test]
    fn a_handler_that_always_crashes_is_a_loop() {
        let (mut crashes, now) = (crashes(), Instant::now());
        assert_eq!(crashes.add(at_work(7), now, 0.0), Verdict::AtOnce);
        for pause in [100, 200, 400] {
            let verdict = crashes.add(at_work(7), now, 0.0);
            assert_eq!(verdict, Verdict::After(ms(pause)));
        }
        assert_eq!(crashes.add(at_work(7), now, 0.0), Verdict::Loop);
        assert!(crashes.is_loop());
    }

    #[test]
    fn an_answer_ends_the_steps_at_work_and_their_pauses() {
        let (mut crashes, now) = (crashes(), Instant::now());
        for answered in 0..20 {
            let _ = crashes.add(at_work(answered), now, 0.0);
            let verdict = crashes.add(at_work(answered), now, 0.0);
            let pause = if answered == 0 { 200 } else { 100 };
            assert_eq!(verdict, Verdict::After(ms(pause)));
        }
    }

    #[test]
    fn idle_ones_count_whatever_is_answered() {
        let (mut crashes, now) = (crashes(), Instant::now());
        for answered in 1..=3 {
            assert!(matches!(
                crashes.add(idle(answered), now, 0.0),
                Verdict::After(_)
            ));
            assert_eq!(
                crashes.add(at_work(10 * answered), now, 0.0),
                Verdict::AtOnce
            );
        }
        assert_eq!(crashes.add(idle(99), now, 0.0), Verdict::Loop);
    }
}
