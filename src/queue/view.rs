//! What can be asked of a queue. It is what this process knows: nothing of it waits for a store.

use tokio::time::Instant;

use super::backlog::{Backlog, ItemState};
use super::dispatcher::Dispatcher;
use super::outcomes::{BacklogStats, WorkerLoad};
use crate::id::{ItemId, LeaseId, WorkerId};

impl<B: Backlog> Dispatcher<B> {
    /// The open leases of a worker, oldest first.
    pub(super) fn leases_of(&self, worker: WorkerId) -> Vec<LeaseId> {
        let known = self.slots.workers.get(&worker);
        let held = known.into_iter().flat_map(|worker| worker.leases());
        let mut open: Vec<_> = held.filter(|lease| self.leases.is_open(*lease)).collect();
        open.sort_unstable();
        open
    }

    /// When something falls due next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let ends = self.leases.next().into_iter();
        ends.chain(self.looks.next()).min()
    }

    pub(crate) fn has_waiting(&self) -> bool {
        self.backlog.next().is_some()
    }

    pub(crate) fn waiting_len(&self) -> usize {
        self.backlog.waiting_len()
    }

    /// The waiting items, in the order they will be handed over.
    pub(crate) fn waiting_ids(&self) -> impl Iterator<Item = ItemId> + '_ {
        self.backlog.waiting_ids()
    }

    /// How often an item was handed over; none when it is over.
    pub(crate) fn attempts(&self, item: ItemId) -> Option<u32> {
        Some(self.backlog.view(item)?.tries.attempts)
    }

    /// True while a worker has the item.
    pub(crate) fn is_leased(&self, item: ItemId) -> bool {
        let view = self.backlog.view(item);
        view.is_some_and(|view| matches!(view.state, ItemState::Leased(_)))
    }

    /// The workers waiting for work, one entry per free slot, longest free first.
    pub(crate) fn idle_workers(&self) -> impl Iterator<Item = WorkerId> + '_ {
        self.slots.idle.iter().copied()
    }

    pub(crate) fn stats(&self) -> BacklogStats {
        BacklogStats {
            waiting: self.backlog.waiting_len(),
            leased: self.leases.len(),
            expired: self.expired.len(),
            counts: self.tally.counts,
            wait: self.tally.wait.summary(),
            run: self.tally.run.summary(),
        }
    }

    /// All zero for one that has not offered a slot yet.
    pub(crate) fn load_of(&self, worker: WorkerId) -> WorkerLoad {
        let Some(known) = self.slots.workers.get(&worker) else {
            return WorkerLoad::default();
        };
        let open = known.leases().filter(|lease| self.leases.is_open(*lease));
        WorkerLoad {
            leased: open.count(),
            completed: known.completed,
            at_work: known.at_work,
        }
    }
}
