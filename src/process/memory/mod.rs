//! How much memory processes take: one, or all that it started.
//!
//! A browser counts with all its processes: most of Chromium's memory is that of its children, and a launcher takes next
//! to none itself. They share pages, so each counts its part of these where the system tells it.

#[cfg(test)]
mod fixture;
mod looks;
mod tree;
mod watch;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

pub(crate) use looks::TreeLooks;
pub(crate) use watch::MemoryWatch;

/// Whose memory counts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemoryOf {
    /// This process alone.
    Process(u32),
    /// This process, those that it started, and those that they started.
    Tree(u32),
}

impl MemoryOf {
    /// Bytes, none when the process is gone. 0.05 ms for a process, up to 10 for a tree such as Chromium's: not from
    /// JavaScript's thread.
    fn now(self) -> Option<u64> {
        match self {
            Self::Process(pid) => resident(&mut System::new(), Pid::from_u32(pid)),
            Self::Tree(pid) => tree::memory(pid),
        }
    }
}

/// Resident memory of each process, bytes; none for those that are gone.
pub(crate) fn resident_memory(pids: &[u32]) -> Vec<Option<u64>> {
    let mut system = System::new();
    let pids = pids.iter().map(|pid| Pid::from_u32(*pid));
    pids.map(|pid| resident(&mut system, pid)).collect()
}

fn resident(system: &mut System, pid: Pid) -> Option<u64> {
    let _ = system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing().with_memory().without_tasks(),
    );
    Some(system.process(pid)?.memory())
}
