//! Time that this process lived through.
//!
//! A process may be stopped for any time: Ctrl-Z, `docker pause`, a laptop's lid. When it goes on, all its deadlines have
//! passed by the clock, though nobody was late. So time is counted in ticks here, and a tick that comes much too late counts
//! nothing: other processes that were stopped too may need a moment to go on. The tick after it counts, late or not, so that
//! deadlines still pass on a machine that is merely overloaded. It does not matter whether the system's clock goes on while
//! the machine sleeps.

use std::time::Duration;

use tokio::time::Instant;

/// As long as there is a deadline, the clock is read this often.
const TICK: Duration = Duration::from_millis(500);
/// A tick that comes later than this means that the process was stopped.
const LATE: Duration = Duration::from_millis(500);

/// Decides how much of a tick counts.
#[derive(Debug, Default)]
struct Worth {
    was_late: bool,
}

impl Worth {
    /// Of a tick that was to take `length` and took `passed`; with it, whether this process stood still meanwhile.
    fn of(&mut self, length: Duration, passed: Duration) -> (Duration, bool) {
        let is_late = passed > length + LATE;
        let worth = match (is_late, self.was_late) {
            (false, _) => passed,
            (true, true) => length,
            (true, false) => Duration::ZERO,
        };
        self.was_late = is_late;
        (worth, is_late)
    }
}

/// A clock that stands still while this process does. Its owner sleeps until [`wake_at`](Self::wake_at), again and again.
#[derive(Debug)]
pub(crate) struct Lived {
    seen: Instant,
    /// How much the system's clock is ahead.
    lost: Duration,
    gaps: u64,
    worth: Worth,
    /// It is read every tick. Otherwise a long time between two readings means nothing.
    watched: bool,
}

impl Lived {
    pub(crate) fn new() -> Self {
        Self {
            seen: Instant::now(),
            lost: Duration::ZERO,
            gaps: 0,
            worth: Worth::default(),
            watched: false,
        }
    }

    pub(crate) fn now(&mut self) -> Instant {
        let now = Instant::now();
        let since = now.saturating_duration_since(self.seen);
        self.seen = now;
        if self.watched {
            let (worth, is_gap) = self.worth.of(TICK, since);
            self.lost += since - worth;
            self.gaps += u64::from(is_gap);
        }
        now - self.lost
    }

    /// How often this process has stood still so far.
    pub(crate) fn gaps(&self) -> u64 {
        self.gaps
    }

    /// When to read it again, on tokio's clock, for something that is due at `due` on this one; never without that.
    pub(crate) fn wake_at(&mut self, due: Option<Instant>) -> Option<Instant> {
        let _ = self.now();
        self.watched = due.is_some();
        Some((due? + self.lost).min(self.seen + TICK))
    }
}

/// Waits for `limit` of time that this process lives through.
pub(crate) async fn sleep(limit: Duration) {
    let mut left = limit;
    let mut worth = Worth::default();
    while !left.is_zero() {
        let step = left.min(TICK);
        let begun = Instant::now();
        tokio::time::sleep(step).await;
        left = left.saturating_sub(worth.of(step, begun.elapsed()).0);
    }
}

/// Waits for one tick of a length of the caller's; false when this process stood still meanwhile.
pub(crate) async fn tick(length: Duration) -> bool {
    let begun = Instant::now();
    tokio::time::sleep(length).await;
    begun.elapsed() <= length + LATE
}

/// The time that this process lived through is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Elapsed;

/// As `tokio::time::timeout`, with a `limit` of time that this process lives through.
///
/// # Errors
/// [`Elapsed`] when the limit is over first.
pub(crate) async fn timeout<F: Future>(limit: Duration, future: F) -> Result<F::Output, Elapsed> {
    tokio::select! {
        biased;
        output = future => Ok(output),
        () = sleep(limit) => Err(Elapsed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[tokio::test(start_paused = true)]
    async fn time_without_a_look_counts_unless_somebody_should_have_looked() {
        let mut clock = Lived::new();
        let start = clock.now();
        advance(seconds(3600)).await;
        assert_eq!(clock.now(), start + seconds(3600), "nobody watched");
        let due = clock.now() + seconds(10);
        assert_eq!(clock.wake_at(Some(due)), Some(Instant::now() + TICK));
        advance(seconds(3600)).await;
        assert_eq!(clock.now(), due - seconds(10));
        assert_eq!(clock.gaps(), 1);
        assert_eq!(clock.wake_at(None), None);
        advance(seconds(60)).await;
        assert_eq!(clock.now(), due + seconds(50));
        assert_eq!(clock.gaps(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_moves_by_what_was_slept_through() {
        let mut clock = Lived::new();
        let begun = Instant::now();
        let due = clock.now() + seconds(2);
        advance(seconds(5)).await;
        let _ = clock.now();
        let mut looks = 0;
        let due = due + seconds(5);
        while clock.now() < due {
            if looks == 1 {
                advance(seconds(14)).await;
            }
            looks += 1;
            tokio::time::sleep_until(clock.wake_at(Some(due)).expect("there is one")).await;
        }
        let passed = begun.elapsed();
        assert!(passed >= seconds(20) && passed <= seconds(21), "{passed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleep_lasts_as_long_as_it_says_of_lived_time() {
        let begun = Instant::now();
        sleep(Duration::from_millis(1250)).await;
        assert!(begun.elapsed() >= Duration::from_millis(1250));
        assert!(begun.elapsed() < Duration::from_millis(1300));

        let begun = Instant::now();
        let sleeping = tokio::spawn(sleep(seconds(3)));
        tokio::task::yield_now().await;
        advance(seconds(14)).await;
        sleeping.await.expect("it ends");
        let passed = begun.elapsed();
        assert!(passed >= seconds(16) && passed <= seconds(17), "{passed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_is_always_late_gets_on() {
        let mut clock = Lived::new();
        let start = clock.now();
        let _ = clock.wake_at(Some(start + seconds(60)));
        for _ in 0..5 {
            advance(seconds(2)).await;
            let _ = clock.now();
        }
        assert_eq!(clock.now(), start + 4 * TICK);
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_at_the_last_moment_is_in_time() {
        assert_eq!(timeout(Duration::ZERO, async { 1 }).await, Ok(1));
        let never = std::future::pending::<()>();
        assert_eq!(timeout(seconds(1), never).await, Err(Elapsed));
    }
}
