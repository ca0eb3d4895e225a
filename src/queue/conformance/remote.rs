//! A backlog as it is elsewhere: what comes of a call comes later.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::time::Instant;

use super::super::backlog::{Backlog, Event, ItemOptions, ItemState, ItemView, LeaseEnd, Run};
use super::super::fate::Fate;
use super::super::memory::Memory;
use super::super::tally::Outcome;
use super::Conforms;
use crate::id::{ItemId, LeaseId};

/// The store, and what it has said that is not here yet.
#[derive(Debug)]
pub(super) struct Remote {
    store: Memory,
    on_its_way: VecDeque<Event>,
    here: VecDeque<Event>,
}

impl Remote {
    fn hear(&mut self) {
        self.on_its_way
            .extend(std::iter::from_fn(|| self.store.poll()));
    }

    /// As it is when it comes: an item that was cancelled meanwhile is handed over to nobody.
    fn on_arrival(&self, event: Event) -> Event {
        match event {
            Event::HandOver(hand_over) => {
                let state = self.store.view(hand_over.item).map(|item| item.state);
                if state == Some(ItemState::Leased(hand_over.lease)) {
                    Event::HandOver(hand_over)
                } else {
                    Event::Unavailable { run: hand_over.run }
                }
            }
            other => other,
        }
    }
}

impl Conforms for Remote {
    fn empty(retries: u32) -> Self {
        Self {
            store: Memory::new(retries),
            on_its_way: VecDeque::new(),
            here: VecDeque::new(),
        }
    }

    fn arrive(&mut self) -> bool {
        self.hear();
        let Some(event) = self.on_its_way.pop_front() else {
            return false;
        };
        let event = self.on_arrival(event);
        self.here.push_back(event);
        true
    }
}

impl Backlog for Remote {
    fn enqueue(&mut self, id: ItemId, payload: Arc<str>, options: ItemOptions, now: Instant) {
        self.store.enqueue(id, payload, options, now);
    }

    fn next(&self) -> Option<Run> {
        self.store.next()
    }

    fn has(&self, run: Run) -> bool {
        self.store.has(run)
    }

    fn request(&mut self, run: Run, now: Instant) {
        self.store.request(run, now);
    }

    fn settle(&mut self, item: ItemId, lease: LeaseId, end: LeaseEnd) {
        self.store.settle(item, lease, end);
    }

    fn decide(&mut self, item: ItemId, fate: Fate) {
        self.store.decide(item, fate);
    }

    fn cancel(&mut self, item: ItemId, how: Outcome) {
        self.store.cancel(item, how);
    }

    fn view(&self, item: ItemId) -> Option<ItemView> {
        self.store.view(item)
    }

    fn waiting_len(&self) -> usize {
        self.store.waiting_len()
    }

    fn waiting_ids(&self) -> impl Iterator<Item = ItemId> + '_ {
        self.store.waiting_ids()
    }

    fn poll(&mut self) -> Option<Event> {
        self.hear();
        self.here.pop_front()
    }
}
