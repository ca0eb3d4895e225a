//! Tells when memory is above a limit.

use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::MemoryOf;

/// No event tells of memory: it is looked at this often.
const PERIOD: Duration = Duration::from_secs(1);

/// Looks at memory until it is above its limit. Dropping it ends that.
#[derive(Debug)]
pub(crate) struct MemoryWatch {
    _stop_on_drop: DropGuard,
}

impl MemoryWatch {
    /// Calls `on_exceeded` with the bytes once there are more than `limit`. Must run inside a tokio runtime.
    pub(crate) fn start(
        of: MemoryOf,
        limit: u64,
        on_exceeded: impl FnOnce(u64) + Send + 'static,
    ) -> Self {
        let stop = CancellationToken::new();
        let watching = async move {
            on_exceeded(exceeded(of, limit).await);
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(watching));
        Self {
            _stop_on_drop: stop.drop_guard(),
        }
    }
}

/// Waits until there is more than `limit`, for ever when there never is.
async fn exceeded(of: MemoryOf, limit: u64) -> u64 {
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let _ = ticks.tick().await;
        // Frames of the runtime's two threads do not wait for a tree.
        if let Ok(Some(bytes)) = spawn_blocking(move || of.now()).await
            && bytes > limit
        {
            return bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::super::fixture::{Family, MIB};
    use super::*;
    use tokio::sync::oneshot;
    use tokio::time::timeout;

    const LONG: Duration = Duration::from_secs(30);

    async fn told(of: MemoryOf, limit: u64) -> u64 {
        let (sender, receiver) = oneshot::channel();
        let _watch = MemoryWatch::start(of, limit, |bytes| {
            let _ = sender.send(bytes);
        });
        timeout(LONG, receiver)
            .await
            .expect("in time")
            .expect("told")
    }

    #[tokio::test]
    async fn a_process_above_its_limit_is_told_of() {
        let bytes = told(MemoryOf::Process(std::process::id()), 1024).await;
        assert!(bytes > 1024);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_tree_is_above_its_limit_where_no_process_of_it_is() {
        let family = Family::start();
        let bytes = told(MemoryOf::Tree(family.pid()), 75 * MIB).await;
        assert!(bytes < 200 * MIB, "{bytes}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_below_it_is_not() {
        let watching = exceeded(MemoryOf::Process(std::process::id()), u64::MAX);
        assert!(timeout(PERIOD * 3, watching).await.is_err());
    }
}
