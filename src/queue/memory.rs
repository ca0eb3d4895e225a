//! The default backlog: this process's memory. All that comes of a call comes at once.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::trace;

use super::backlog::{Backlog, Event, HandOver, ItemOptions, ItemView, LeaseEnd, Miss, Run};
use super::fate::{self, Fate, Tries};
use super::items::{Item, Waiting};
use super::tally::Outcome;
use crate::id::{ItemId, LeaseId};

/// Items in memory.
#[derive(Debug)]
pub(crate) struct Memory {
    /// How often a handler's error is followed by another attempt.
    retries: u32,
    /// Ids grow: the newest are at one end and the next to leave at the other, where a hash would scatter a million of them
    /// over all of memory.
    items: BTreeMap<ItemId, Item>,
    waiting: Waiting,
    events: VecDeque<Event>,
    /// Arrivals at the tail, counted.
    next_turn: u64,
    next_lease: LeaseId,
    made: Instant,
}

impl Memory {
    /// An empty one. `retries` is how often a handler's error is followed by another attempt.
    pub(crate) fn new(retries: u32) -> Self {
        Self {
            retries,
            items: BTreeMap::new(),
            waiting: Waiting::default(),
            events: VecDeque::new(),
            next_turn: 0,
            next_lease: 1,
            made: Instant::now(),
        }
    }

    /// Puts back an item that waited in another process, at its old place.
    pub(super) fn restore(
        &mut self,
        id: ItemId,
        payload: Arc<str>,
        options: ItemOptions,
        tries: Tries,
        turn: u64,
    ) {
        let mut item = Item::new(payload, options, turn, self.micros(Instant::now()));
        item.tries = tries;
        self.next_turn = self.next_turn.max(turn + 1);
        self.waiting.insert(id, &item);
        let _ = self.items.insert(id, item);
    }

    /// How often an item was tried, and its turn; none when it is over.
    pub(super) fn place_of(&self, item: ItemId) -> Option<(Tries, u64)> {
        let item = self.items.get(&item)?;
        Some((item.tries, item.turn()))
    }

    fn micros(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.made).as_micros() as u64
    }

    fn take_turn(&mut self) -> u64 {
        self.next_turn += 1;
        self.next_turn - 1
    }

    fn requeue(&mut self, id: ItemId) {
        let turn = self.take_turn();
        if let Some(item) = self.items.get_mut(&id) {
            item.wait(turn);
            self.waiting.insert(id, item);
        }
    }

    /// Its lease ended without an answer.
    fn miss(&mut self, item: ItemId, fate: Fate, error: Option<String>) {
        if fate == Fate::Requeued {
            self.requeue(item);
            let miss = if error.is_some() {
                Miss::HandlerFailed
            } else {
                Miss::WorkerGone
            };
            self.events.push_back(Event::Requeued { item, miss });
        } else if let Some(gone) = self.items.remove(&item) {
            let ended = gone.ended(item);
            self.events.push_back(match (error, fate) {
                (Some(error), _) => Event::Failed { ended, error },
                (None, Fate::Doomed) => Event::Doomed { ended },
                (None, _) => Event::Exhausted { ended },
            });
        }
    }
}

impl Backlog for Memory {
    fn enqueue(&mut self, id: ItemId, payload: Arc<str>, options: ItemOptions, now: Instant) {
        trace!(item = id, priority = options.priority, "enqueued");
        let (turn, arrived) = (self.take_turn(), self.micros(now));
        let item = Item::new(payload, options, turn, arrived);
        self.waiting.insert(id, &item);
        let _ = self.items.insert(id, item);
    }

    fn next(&self) -> Option<Run> {
        self.waiting.first()
    }

    fn has(&self, run: Run) -> bool {
        self.waiting.has(run)
    }

    fn request(&mut self, run: Run, now: Instant) {
        let now = self.micros(now);
        let id = self.waiting.pop(run);
        let Some((id, item)) = id.and_then(|id| Some((id, self.items.get_mut(&id)?))) else {
            self.events.push_back(Event::Unavailable { run });
            return;
        };
        let lease = self.next_lease;
        self.next_lease += 1;
        let waited = item.lease(lease, now).map(Duration::from_micros);
        self.events.push_back(Event::HandOver(HandOver {
            item: id,
            lease,
            run,
            attempt: item.tries.attempts,
            timeout: item.timeout(),
            waited,
            payload: Arc::clone(&item.payload),
        }));
    }

    fn settle(&mut self, item: ItemId, lease: LeaseId, end: LeaseEnd) {
        let entry = match self.items.entry(item) {
            Entry::Occupied(entry) if entry.get().has(lease) => entry,
            _ => return self.events.push_back(Event::Late { item }),
        };
        match end {
            LeaseEnd::Answered { response } => {
                let ended = entry.remove().ended(item);
                self.events.push_back(Event::Answered { ended, response });
            }
            LeaseEnd::Expired => entry.into_mut().expire(),
            LeaseEnd::GivenBack => {
                let held = entry.into_mut();
                held.give_back();
                self.waiting.insert(item, held);
                self.events.push_back(Event::Returned { item });
            }
            LeaseEnd::Failed { error } => {
                let tries = &mut entry.into_mut().tries;
                tries.errors += 1;
                let fate = fate::after_failure(tries, self.retries);
                self.miss(item, fate, Some(error));
            }
            LeaseEnd::Lost { is_crash } => {
                let tries = &mut entry.into_mut().tries;
                tries.crashes += u32::from(is_crash);
                let fate = fate::after_loss(tries, is_crash);
                self.miss(item, fate, None);
            }
        }
    }

    fn decide(&mut self, item: ItemId, fate: Fate) {
        if !self.items.get(&item).is_some_and(Item::is_expired) {
            return;
        }
        if fate == Fate::Requeued {
            self.requeue(item);
        } else {
            let _ = self.items.remove(&item);
        }
        self.events.push_back(Event::Decided { item, fate });
    }

    fn cancel(&mut self, id: ItemId, how: Outcome) {
        let Some(item) = self.items.remove(&id) else {
            return;
        };
        if item.waits() {
            self.waiting.remove(&item);
        }
        self.events.push_back(Event::Cancelled { item: id, how });
    }

    fn view(&self, item: ItemId) -> Option<ItemView> {
        self.items.get(&item).map(Item::view)
    }

    fn waiting_len(&self) -> usize {
        self.waiting.len()
    }

    fn waiting_ids(&self) -> impl Iterator<Item = ItemId> + '_ {
        self.waiting.ids()
    }

    fn poll(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}
