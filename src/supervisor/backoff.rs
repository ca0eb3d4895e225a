//! Growing pauses between restarts.

use std::time::Duration;

/// Exponential backoff: `min`, then twice as long each time, up to `max`.
#[derive(Debug)]
pub(crate) struct Backoff {
    min: Duration,
    max: Duration,
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(min: Duration, max: Duration) -> Self {
        Self {
            min,
            max,
            failures: 0,
        }
    }

    /// The pause after one more failure. `jitter` from 0 to 1 shortens it by up to a half, so that workers that crashed
    /// together do not start together.
    pub(crate) fn next(&mut self, jitter: f64) -> Duration {
        let doubled = self
            .min
            .saturating_mul(2_u32.saturating_pow(self.failures.min(31)));
        self.failures = self.failures.saturating_add(1);
        doubled
            .min(self.max)
            .mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
    }

    /// Starts over.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_maximum_and_starts_over() {
        let ms = Duration::from_millis;
        let mut backoff = Backoff::new(ms(100), ms(350));
        let pauses: Vec<_> = (0..4).map(|_| backoff.next(0.0)).collect();
        assert_eq!(pauses, [ms(100), ms(200), ms(350), ms(350)]);
        backoff.reset();
        assert_eq!(backoff.next(1.0), ms(50));
    }

    #[test]
    fn never_overflows() {
        let mut backoff = Backoff::new(Duration::from_secs(1 << 40), Duration::MAX);
        for _ in 0..100 {
            let _ = backoff.next(0.5);
        }
    }
}
