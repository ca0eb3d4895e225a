//! What a worker holds in advance and does not get to is wanted back: what it computes blocks it.

use std::time::Duration;

use tokio::time::Instant;

use super::slots::Slots;
use crate::deadlines::Deadlines;
use crate::id::{LeaseId, WorkerId};

/// A worker that has not given back by then what it was asked for is stopped: it is taken without its word.
pub(super) const RECALL_LIMIT: Duration = Duration::from_secs(1);

/// Leases that a worker is to give back unless it has begun them.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Recall {
    pub(crate) worker: WorkerId,
    pub(crate) leases: Vec<LeaseId>,
}

/// What did not move.
#[derive(Debug)]
pub(super) enum Stuck {
    /// To be asked for.
    Asked(Recall),
    /// It was asked for in vain: to be taken.
    Taken(Recall),
}

/// When to look whether what a worker holds in advance moves.
#[derive(Debug)]
pub(super) struct Looks {
    due: Deadlines<WorkerId>,
}

impl Looks {
    pub(super) fn new() -> Self {
        Self {
            due: Deadlines::new(),
        }
    }

    /// When the next look is due.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.next()
    }

    /// A worker is gone.
    pub(super) fn remove(&mut self, worker: WorkerId) {
        let _ = self.due.remove(worker);
    }

    /// A worker holds one more in advance; true when a look falls due earlier than all before. One that is looked at
    /// already is looked at twice before anything is taken from it.
    pub(super) fn expect(&mut self, slots: &mut Slots, id: WorkerId, now: Instant) -> bool {
        let Some(worker) = slots.workers.get_mut(&id) else {
            return false;
        };
        if worker.ahead.len() == 1 {
            worker.is_recalled = false;
            worker.seen_moves = None;
        }
        if worker.is_watched {
            return false;
        }
        worker.is_watched = true;
        worker.seen_moves = Some(worker.moves);
        self.due.insert(id, now + worker.patience)
    }

    /// Leases that a worker holds in advance and that have not moved for longer than its patience.
    pub(super) fn stuck(&mut self, slots: &mut Slots, now: Instant) -> Option<Stuck> {
        while let Some(id) = self.due.pop_due(now) {
            let Some(worker) = slots.workers.get_mut(&id) else {
                continue;
            };
            worker.is_watched = !worker.ahead.is_empty();
            if !worker.is_watched {
                continue;
            }
            if worker.seen_moves != Some(worker.moves) {
                worker.seen_moves = Some(worker.moves);
                worker.is_recalled = false;
                let _ = self.due.insert(id, now + worker.patience);
                continue;
            }
            let recall = Recall {
                worker: id,
                leases: worker.ahead.iter().copied().collect(),
            };
            if worker.is_recalled {
                // It is stopped, or its machine has no time for it.
                worker.is_watched = false;
                return Some(Stuck::Taken(recall));
            }
            slots.stall(id);
            let _ = self.due.insert(id, now + RECALL_LIMIT);
            return Some(Stuck::Asked(recall));
        }
        None
    }
}
