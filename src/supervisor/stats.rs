//! Figures of the supervisor.

use std::time::Duration;

use crate::id::WorkerId;

/// What a worker is at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// Forked, and not ready for work yet.
    Starting,
    Ready,
    /// About to end by itself or because it was told to; another takes its place.
    Retiring,
    /// It has nothing left to do, and stays until another is ready.
    Leaving,
    /// It was told to end, let go, or killed.
    Stopping,
}

/// A worker that runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct WorkerStats {
    pub(crate) id: WorkerId,
    pub(crate) phase: Phase,
    /// Since its fork.
    pub(crate) uptime: Duration,
}

/// The workers that run, and how those before them fared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PolicyStats {
    pub(crate) workers: Vec<WorkerStats>,
    /// Workers forked so far.
    pub(crate) forked: u64,
    /// Workers that ended otherwise than they should, and forks that failed.
    pub(crate) crashed: u64,
    /// Replacements that wait for their pause to end.
    pub(crate) pending: usize,
    pub(crate) crash_loop: bool,
}
