//! How much memory a process takes.

use std::time::Duration;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::{CancellationToken, DropGuard};

/// No event tells of memory: it is looked at this often.
const PERIOD: Duration = Duration::from_secs(1);

/// Looks at one process until it is above its limit. Dropping it ends that.
#[derive(Debug)]
pub(crate) struct MemoryWatch {
    _stop_on_drop: DropGuard,
}

impl MemoryWatch {
    /// Calls `on_exceeded` with the bytes once process `pid` has more than `limit` resident. Must run inside a tokio
    /// runtime.
    pub(crate) fn start(
        pid: u32,
        limit: u64,
        on_exceeded: impl FnOnce(u64) + Send + 'static,
    ) -> Self {
        let stop = CancellationToken::new();
        let watching = async move {
            on_exceeded(exceeded(pid, limit).await);
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(watching));
        Self {
            _stop_on_drop: stop.drop_guard(),
        }
    }
}

/// Waits until the process is above `limit`, for ever when it never is.
async fn exceeded(pid: u32, limit: u64) -> u64 {
    let mut system = System::new();
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let _ = ticks.tick().await;
        if let Some(bytes) = resident(&mut system, pid)
            && bytes > limit
        {
            return bytes;
        }
    }
}

/// Resident memory of a process, bytes; none when it is gone.
fn resident(system: &mut System, pid: u32) -> Option<u64> {
    let pid = Pid::from_u32(pid);
    let _ = system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing().with_memory(),
    );
    Some(system.process(pid)?.memory())
}

/// Resident memory of each process, bytes; none for those that are gone.
pub(crate) fn resident_memory(pids: &[u32]) -> Vec<Option<u64>> {
    let mut system = System::new();
    pids.iter().map(|pid| resident(&mut system, *pid)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;
    use tokio::time::timeout;

    #[tokio::test]
    async fn a_process_above_its_limit_is_told_of() {
        let (sender, receiver) = oneshot::channel();
        let _watch = MemoryWatch::start(std::process::id(), 1024, |bytes| {
            let _ = sender.send(bytes);
        });
        let bytes = timeout(Duration::from_secs(30), receiver)
            .await
            .expect("in time")
            .expect("told");
        assert!(bytes > 1024);
    }

    #[tokio::test(start_paused = true)]
    async fn one_below_it_is_not() {
        let watching = exceeded(std::process::id(), u64::MAX);
        assert!(timeout(PERIOD * 3, watching).await.is_err());
    }
}
