//! The open leases of a queue, and when they end.

use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::time::Instant;

use crate::deadlines::Deadlines;
use crate::id::{ItemId, LeaseId, WorkerId};

/// An item that a worker has.
#[derive(Debug)]
pub(super) struct Lease {
    pub(super) item: ItemId,
    pub(super) worker: WorkerId,
    /// None while it is held in advance: its time has not begun.
    pub(super) begun: Option<Instant>,
    /// Its length, from its beginning.
    pub(super) timeout: Duration,
}

#[derive(Debug)]
pub(super) struct Leases {
    open: FxHashMap<LeaseId, Lease>,
    /// The ends of those that are begun.
    deadlines: Deadlines<LeaseId>,
}

impl Leases {
    pub(super) fn new() -> Self {
        Self {
            open: FxHashMap::default(),
            deadlines: Deadlines::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// None when it is over.
    pub(super) fn get(&self, id: LeaseId) -> Option<&Lease> {
        self.open.get(&id)
    }

    pub(super) fn is_open(&self, id: LeaseId) -> bool {
        self.open.contains_key(&id)
    }

    /// True for an open lease of this worker's.
    pub(super) fn is_of(&self, id: LeaseId, worker: WorkerId) -> bool {
        self.get(id).is_some_and(|lease| lease.worker == worker)
    }

    /// A new one; true when it ends earlier than all others, as far as they are begun.
    pub(super) fn insert(&mut self, id: LeaseId, lease: Lease) -> bool {
        let due = lease.begun.map(|begun| begun + lease.timeout);
        let _ = self.open.insert(id, lease);
        due.is_some_and(|due| self.deadlines.insert(id, due))
    }

    /// The time of one that was held in advance begins; true as for [`insert`](Self::insert).
    pub(super) fn begin(&mut self, id: LeaseId, now: Instant) -> bool {
        let Some(lease) = self.open.get_mut(&id) else {
            return false;
        };
        lease.begun = Some(now);
        self.deadlines.insert(id, now + lease.timeout)
    }

    /// None when it is over already.
    pub(super) fn end(&mut self, id: LeaseId) -> Option<Lease> {
        let ended = self.open.remove(&id)?;
        if ended.begun.is_some() {
            let _ = self.deadlines.remove(id);
        }
        Some(ended)
    }

    /// Ends the next one whose time is over by `now`.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<(LeaseId, Lease)> {
        let id = self.deadlines.pop_due(now)?;
        Some((id, self.open.remove(&id)?))
    }

    /// When the next one ends.
    pub(super) fn next(&self) -> Option<Instant> {
        self.deadlines.next()
    }
}
