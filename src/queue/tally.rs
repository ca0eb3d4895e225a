//! What a queue counts and measures, from its beginning on.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::fate::Fate;

/// Longer spans count as this long, µs.
const LONGEST: u64 = 86_400_000_000;
/// Percentiles are exact to two digits.
const DIGITS: u8 = 2;

/// How often what happened. Each item that was enqueued is waiting, leased or expired, or counted in one of `completed`,
/// `failed`, `timed_out` and `cancelled`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) enqueued: u64,
    /// Leases, those given back included.
    pub(crate) delivered: u64,
    /// Leases given back unstarted.
    pub(crate) returned: u64,
    /// Returns to the queue's tail: after a timeout, a failure, or the end of a worker.
    pub(crate) requeued: u64,
    /// Leases ended by their deadline.
    pub(crate) timeouts: u64,
    /// Answers and failures for leases that had ended.
    pub(crate) late: u64,
    pub(crate) completed: u64,
    pub(crate) failed: u64,
    /// Items that ran out of time and were not enqueued again.
    pub(crate) timed_out: u64,
    pub(crate) cancelled: u64,
}

/// How an item was ended from outside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Completed,
    Failed,
    Cancelled,
}

/// Counters and spans of one queue.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) counts: Counts,
    /// From the arrival of an item to its first lease.
    pub(crate) wait: Spans,
    /// From the beginning of a lease to its answer or failure.
    pub(crate) run: Spans,
}

impl Tally {
    /// It was decided what becomes of an item that ran out of time.
    pub(crate) fn decide(&mut self, fate: Fate) {
        let counter = match fate {
            Fate::Requeued => &mut self.counts.requeued,
            Fate::Dropped => &mut self.counts.timed_out,
            Fate::Failed | Fate::Exhausted | Fate::Doomed => &mut self.counts.failed,
        };
        *counter += 1;
    }

    /// An item was ended from outside.
    pub(crate) fn end(&mut self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Completed => &mut self.counts.completed,
            Outcome::Failed => &mut self.counts.failed,
            Outcome::Cancelled => &mut self.counts.cancelled,
        };
        *counter += 1;
    }
}

/// How long something took, each time.
#[derive(Debug)]
pub(crate) struct Spans {
    /// In µs. None where its bounds are refused, which these are not.
    histogram: Option<Histogram<u64>>,
    total: Duration,
    max: Duration,
}

/// [`Spans`] in short.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct SpanSummary {
    pub(crate) count: u64,
    pub(crate) mean: Duration,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) max: Duration,
}

impl Default for Spans {
    fn default() -> Self {
        Self {
            histogram: Histogram::new_with_max(LONGEST, DIGITS).ok(),
            total: Duration::ZERO,
            max: Duration::ZERO,
        }
    }
}

impl Spans {
    pub(crate) fn record(&mut self, span: Duration) {
        if let Some(histogram) = &mut self.histogram {
            histogram.saturating_record(u64::try_from(span.as_micros()).unwrap_or(LONGEST));
            self.total += span;
            self.max = self.max.max(span);
        }
    }

    /// All zero when nothing was recorded.
    pub(crate) fn summary(&self) -> SpanSummary {
        let Some(histogram) = self.histogram.as_ref().filter(|spans| !spans.is_empty()) else {
            return SpanSummary::default();
        };
        let at = |share| {
            // The upper end of a bucket may lie above all that is in it.
            Duration::from_micros(histogram.value_at_quantile(share)).min(self.max)
        };
        SpanSummary {
            count: histogram.len(),
            mean: self.total.div_f64(histogram.len() as f64),
            p50: at(0.5),
            p99: at(0.99),
            max: self.max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_summed_up_to_two_digits() {
        let mut spans = Spans::default();
        assert_eq!(spans.summary(), SpanSummary::default());
        for ms in 1..=1000 {
            spans.record(Duration::from_millis(ms));
        }
        let SpanSummary {
            count,
            mean,
            p50,
            p99,
            max,
        } = spans.summary();
        assert_eq!(count, 1000);
        assert_eq!(mean, Duration::from_micros(500_500));
        assert_eq!(max, Duration::from_secs(1));
        let near = |span: Duration, ms: f64| (span.as_secs_f64() * 1000.0 / ms - 1.0).abs() < 0.01;
        assert!(near(p50, 500.0), "{p50:?}");
        assert!(near(p99, 990.0), "{p99:?}");
    }

    #[test]
    fn absurd_spans_are_cut_off() {
        let mut spans = Spans::default();
        spans.record(Duration::MAX / 4);
        spans.record(Duration::ZERO);
        assert_eq!(spans.summary().count, 2);
        assert_eq!(spans.summary().p50, Duration::ZERO);
    }
}
