//! Leases that are over and whose workers have yet to take note.

use std::time::Duration;

use tokio::time::Instant;

use crate::deadlines::Deadlines;
use crate::id::{LeaseId, WorkerId};
use crate::lived::Lived;

/// A worker that has not taken note of its lease's end by then does nothing any more.
pub(super) const NOTE_LIMIT: Duration = Duration::from_secs(2);

/// Ended leases whose workers have yet to take note.
#[derive(Debug)]
pub(super) struct Unheard {
    leases: Deadlines<(WorkerId, LeaseId)>,
    /// How often this process had stood still when they were last begun.
    gaps: u64,
}

impl Unheard {
    pub(super) fn new() -> Self {
        Self {
            leases: Deadlines::new(),
            gaps: 0,
        }
    }

    /// A worker has been told that a lease is over, and must take note; true when the timer must look again.
    pub(super) fn expect(&mut self, worker: WorkerId, lease: LeaseId, now: Instant) -> bool {
        self.leases.insert((worker, lease), now + NOTE_LIMIT)
    }

    pub(super) fn heard(&mut self, worker: WorkerId, lease: LeaseId) {
        let _ = self.leases.remove((worker, lease));
    }

    /// A worker whose time is over. When this process stood still the workers may have done so too, and may go on after
    /// it: their time begins anew.
    pub(super) fn pop_due(&mut self, clock: &mut Lived) -> Option<WorkerId> {
        let now = clock.now();
        if self.gaps != clock.gaps() {
            self.gaps = clock.gaps();
            self.leases.restart(now + NOTE_LIMIT);
        }
        self.leases.pop_due(now).map(|(worker, _)| worker)
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.leases.next()
    }
}
