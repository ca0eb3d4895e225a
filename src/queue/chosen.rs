//! The backlog that the user has chosen, without dynamic dispatch: memory pays one comparison for it.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::backlog::{Backlog, Event, ItemOptions, ItemView, LeaseEnd, Run};
use super::fate::Fate;
use super::journaled::Journaled;
use super::memory::Memory;
use super::tally::Outcome;
use crate::id::{ItemId, LeaseId};

/// Where the items of an engine wait.
#[derive(Debug)]
pub(crate) enum Chosen {
    Memory(Memory),
    Journaled(Journaled),
}

/// The same call of whichever it is.
macro_rules! each {
    ($chosen:expr, $backlog:ident => $call:expr) => {
        match $chosen {
            Chosen::Memory($backlog) => $call,
            Chosen::Journaled($backlog) => $call,
        }
    };
}

impl Backlog for Chosen {
    fn enqueue(&mut self, id: ItemId, payload: Arc<str>, options: ItemOptions, now: Instant) {
        each!(self, backlog => backlog.enqueue(id, payload, options, now))
    }

    fn next(&self) -> Option<Run> {
        each!(self, backlog => backlog.next())
    }

    fn has(&self, run: Run) -> bool {
        each!(self, backlog => backlog.has(run))
    }

    fn request(&mut self, run: Run, now: Instant) {
        each!(self, backlog => backlog.request(run, now))
    }

    fn settle(&mut self, item: ItemId, lease: LeaseId, end: LeaseEnd) {
        each!(self, backlog => backlog.settle(item, lease, end))
    }

    fn decide(&mut self, item: ItemId, fate: Fate) {
        each!(self, backlog => backlog.decide(item, fate))
    }

    fn cancel(&mut self, item: ItemId, how: Outcome) {
        each!(self, backlog => backlog.cancel(item, how))
    }

    fn view(&self, item: ItemId) -> Option<ItemView> {
        each!(self, backlog => backlog.view(item))
    }

    fn waiting_len(&self) -> usize {
        each!(self, backlog => backlog.waiting_len())
    }

    fn waiting_ids(&self) -> impl Iterator<Item = ItemId> + '_ {
        // The one call whose answers differ in type; it is rare.
        let ids: Box<dyn Iterator<Item = ItemId> + '_> =
            each!(self, backlog => Box::new(backlog.waiting_ids()));
        ids
    }

    fn poll(&mut self) -> Option<Event> {
        each!(self, backlog => backlog.poll())
    }

    fn wakes(&self) -> Option<Arc<Notify>> {
        each!(self, backlog => backlog.wakes())
    }
}
