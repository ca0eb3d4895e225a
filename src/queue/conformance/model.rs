//! What a queue should be, plainly: one sorted list, scanned.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::super::backlog::ItemOptions;
use super::super::fate::{Fate, Generation, TimeoutOutcome};
use crate::id::{ItemId, LeaseId, WorkerId};

/// How an item left the backlog.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum End {
    Answered,
    Failed,
    Dropped,
    Exhausted,
    Doomed,
    Cancelled,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Waits,
    Held {
        lease: LeaseId,
        worker: WorkerId,
        /// None while it is held in advance.
        due: Option<Instant>,
    },
    Expired(Generation),
}

#[derive(Debug)]
pub(super) struct ModelItem {
    pub(super) options: ItemOptions,
    pub(super) attempts: u32,
    pub(super) errors: u32,
    pub(super) crashes: u32,
    pub(super) place: Place,
    /// It came to the tail as so many others had before.
    pub(super) turn: usize,
}

impl ModelItem {
    pub(super) fn is_exhausted(&self) -> bool {
        let max = self.options.max_attempts;
        max.is_some_and(|max| self.attempts >= max)
    }
}

/// What a worker holds, and has offered and not got anything for.
#[derive(Debug)]
pub(super) struct ModelWorker {
    pub(super) generation: Generation,
    pub(super) of: usize,
    pub(super) patience: Duration,
    pub(super) running: Vec<LeaseId>,
    pub(super) ahead: Vec<LeaseId>,
    pub(super) slots: u32,
    pub(super) room: u32,
    pub(super) suspect: Option<LeaseId>,
    /// When a slot got free last.
    pub(super) moved: Instant,
}

impl ModelWorker {
    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty() && self.ahead.is_empty()
    }
}

/// What the backlog should be.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) requeue: Option<bool>,
    pub(super) retries: u32,
    pub(super) items: BTreeMap<ItemId, ModelItem>,
    /// Next to be handed over first.
    pub(super) queue: Vec<ItemId>,
    pub(super) workers: BTreeMap<WorkerId, ModelWorker>,
    pub(super) ends: BTreeMap<ItemId, End>,
    pub(super) turns: usize,
    pub(super) paused: bool,
}

impl Model {
    pub(super) fn priority(&self, id: ItemId) -> i32 {
        self.items[&id].options.priority
    }

    pub(super) fn wait_at_tail(&mut self, id: ItemId) {
        let priority = self.priority(id);
        let at = self
            .queue
            .iter()
            .rposition(|other| self.priority(*other) >= priority);
        self.wait_at(at.map_or(0, |at| at + 1), id);
        self.item(id).turn = self.turns;
        self.turns += 1;
    }

    /// Behind all whose turn is before its own.
    pub(super) fn wait_again(&mut self, id: ItemId) {
        let rank = |id: &ItemId| (-self.priority(*id), self.items[id].turn);
        let own = rank(&id);
        let before = self.queue.iter().filter(|other| rank(other) < own);
        self.wait_at(before.count(), id);
    }

    pub(super) fn wait_at(&mut self, at: usize, id: ItemId) {
        self.queue.insert(at, id);
        self.item(id).place = Place::Waits;
    }

    pub(super) fn item(&mut self, id: ItemId) -> &mut ModelItem {
        self.items.get_mut(&id).expect("it is there")
    }

    pub(super) fn held(&self, wanted: LeaseId) -> Option<ItemId> {
        let mut items = self.items.iter();
        let found = items
            .find(|(_, item)| matches!(item.place, Place::Held { lease, .. } if lease == wanted));
        found.map(|(id, _)| *id)
    }

    /// The leases of one worker, or of all, oldest first: the lease, its item, its end.
    pub(super) fn leases(&self, of: Option<WorkerId>) -> Vec<(LeaseId, ItemId, Option<Instant>)> {
        let mut leases: Vec<_> = self
            .items
            .iter()
            .filter_map(|(id, item)| match item.place {
                Place::Held { lease, worker, due } if of.is_none_or(|of| of == worker) => {
                    Some((lease, *id, due))
                }
                _ => None,
            })
            .collect();
        leases.sort_unstable();
        leases
    }

    pub(super) fn is_suspect(&self, id: ItemId) -> bool {
        self.items[&id].crashes > 0
    }

    pub(super) fn end(&mut self, id: ItemId, how: End) -> u32 {
        assert_eq!(self.ends.insert(id, how), None, "item {id} ended twice");
        self.queue.retain(|other| *other != id);
        self.leaves(id);
        self.items.remove(&id).expect("it is there").attempts
    }

    /// An item is not held in advance any more.
    pub(super) fn leaves(&mut self, id: ItemId) {
        if let Place::Held { lease, worker, .. } = self.items[&id].place
            && let Some(worker) = self.workers.get_mut(&worker)
        {
            worker.ahead.retain(|other| *other != lease);
        }
    }

    pub(super) fn goes_back(&mut self, id: ItemId) {
        self.leaves(id);
        self.item(id).attempts -= 1;
        self.wait_again(id);
    }

    /// A worker has a slot free that a lease took; it begins the next one.
    pub(super) fn freed(&mut self, id: WorkerId, lease: LeaseId, now: Instant) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        let Some(at) = worker.running.iter().position(|other| *other == lease) else {
            return;
        };
        let _ = worker.running.remove(at);
        worker.moved = now;
        worker.suspect.take_if(|suspect| *suspect == lease);
        if worker.ahead.is_empty() {
            return;
        }
        let next = worker.ahead.remove(0);
        worker.running.push(next);
        let item = self.held(next).expect("what is held in advance is held");
        let timeout = self.items[&item].options.timeout;
        if let Place::Held { due, .. } = &mut self.item(item).place {
            *due = Some(now + timeout);
        }
    }

    pub(super) fn requeue(&mut self, id: ItemId) -> Fate {
        if self.item(id).is_exhausted() {
            let _ = self.end(id, End::Exhausted);
            return Fate::Exhausted;
        }
        self.wait_at_tail(id);
        Fate::Requeued
    }

    pub(super) fn wants_requeue(&self, generation: Generation, outcome: TimeoutOutcome) -> bool {
        use TimeoutOutcome::{Cancelled, Heard, Replaced, Requeue};
        if matches!(outcome, Replaced | Cancelled) {
            return false;
        }
        let has_last_word = generation == Generation::Published && outcome == Heard;
        outcome == Requeue || self.requeue.unwrap_or(!has_last_word)
    }
}
