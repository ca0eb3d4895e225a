//! How fast workers follow each other.
//!
//! A successor is forked when its predecessor says that it ends before long. Where a worker serves for less time than
//! another takes to start, that is too late: as many starts as workers end meanwhile must be under way at once.

use std::time::Duration;

use tokio::time::Instant;

/// When no worker has ended for this long, what is known is out of date.
const MEMORY: Duration = Duration::from_secs(5);
/// Starts are made in advance once a service is shorter than a start, until it is this many times longer.
const HYSTERESIS: u32 = 2;

/// What was seen of the last workers.
#[derive(Debug)]
pub(super) struct Turnover {
    /// The most starts in advance.
    limit: usize,
    /// Means, of which the newest worker makes up a half.
    start: Option<Duration>,
    service: Option<Duration>,
    is_fast: bool,
    forget_at: Option<Instant>,
}

impl Turnover {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            start: None,
            service: None,
            is_fast: false,
            forget_at: None,
        }
    }

    /// A worker took `start` to be ready.
    pub(super) fn started(&mut self, start: Duration) {
        self.start = Some(mean(self.start, start));
        self.compare();
    }

    /// A worker has served for `service` all that it was to.
    pub(super) fn served(&mut self, service: Duration, now: Instant) {
        self.service = Some(mean(self.service, service));
        self.forget_at = Some(now + MEMORY);
        self.compare();
    }

    /// Nothing can be said any more of how long workers will serve.
    pub(super) fn forget(&mut self) {
        self.service = None;
        self.forget_at = None;
        self.is_fast = false;
    }

    pub(super) fn forget_at(&self) -> Option<Instant> {
        self.forget_at
    }

    /// How many starts should be under way for `workers` workers; 0 when it is enough to start one when another ends. Never
    /// more than one above `workers`.
    pub(super) fn ahead(&self, workers: usize) -> usize {
        let (Some(start), Some(service), true) = (self.start, self.service, self.is_fast) else {
            return 0;
        };
        if workers == 0 {
            return 0;
        }
        let limit = self.limit.min(workers + 1);
        let ends = start.as_secs_f64() * workers as f64 / service.as_secs_f64();
        // A float that is too large, or infinite, becomes the largest number there is.
        (ends.ceil() as usize).min(limit)
    }

    fn compare(&mut self) {
        if let (Some(start), Some(service)) = (self.start, self.service) {
            let limit = if self.is_fast {
                start * HYSTERESIS
            } else {
                start
            };
            self.is_fast = service < limit;
        }
    }
}

fn mean(before: Option<Duration>, newest: Duration) -> Duration {
    before.map_or(newest, |before| (before + newest) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn seen(start: u64, service: u64) -> Turnover {
        let mut turnover = Turnover::new(8);
        turnover.started(ms(start));
        turnover.served(ms(service), Instant::now());
        turnover
    }

    #[test]
    fn nothing_is_made_in_advance_of_workers_that_serve_for_longer_than_a_start_takes() {
        assert_eq!(seen(100, 100).ahead(4), 0);
        assert_eq!(Turnover::new(8).ahead(4), 0);
    }

    #[test]
    fn as_many_starts_are_under_way_as_workers_end_during_one() {
        assert_eq!(seen(100, 99).ahead(1), 2);
        assert_eq!(seen(100, 99).ahead(4), 5);
        assert_eq!(
            seen(100, 50).ahead(4),
            5,
            "at most one more than there are workers"
        );
        assert_eq!(seen(100, 10).ahead(20), 8, "and no more than the limit");
        assert_eq!(seen(100, 0).ahead(1), 2);
        assert_eq!(seen(100, 10).ahead(0), 0);
    }

    #[test]
    fn it_stays_so_until_services_are_twice_as_long_as_starts() {
        let mut turnover = seen(100, 50);
        turnover.served(ms(310), Instant::now());
        assert_eq!(turnover.ahead(1), 1, "180 ms on average");
        turnover.served(ms(240), Instant::now());
        assert_eq!(turnover.ahead(1), 0, "210 ms");
        turnover.served(ms(10), Instant::now());
        assert_eq!(turnover.ahead(1), 0, "110 ms");
    }

    #[test]
    fn what_was_seen_is_forgotten() {
        let now = Instant::now();
        let mut turnover = seen(100, 50);
        assert!(turnover.forget_at() >= Some(now + MEMORY));
        turnover.forget();
        assert_eq!(turnover.forget_at(), None);
        turnover.started(ms(100));
        assert_eq!(turnover.ahead(1), 0);
    }
}
