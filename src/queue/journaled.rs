//! A backlog that outlives its process: memory in front, and a journal behind it that is told of all that happens.
//!
//! Memory decides, so nothing is slower for the file but the answers, which wait until their requests are in it. That a
//! request is over is said to the journal by the engine's owner, when he has heard of it: one that ends together with
//! its process is handed out again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::backlog::{Backlog, Event, ItemOptions, ItemView, LeaseEnd, Run};
use super::fate::{Fate, Tries};
use super::memory::Memory;
use super::tally::Outcome;
use crate::id::{ItemId, LeaseId};
use crate::store::{Journal, Op, Progress, Record};

/// Items in memory and in a file.
#[derive(Debug)]
pub(crate) struct Journaled {
    memory: Memory,
    journal: Arc<Journal>,
    /// Ends of items that are not in the file yet.
    held: BTreeMap<ItemId, Event>,
    ready: VecDeque<Event>,
}

impl Journaled {
    /// `retries` as for [`Memory::new`]; `waiting` is what the journal has found in its file.
    pub(crate) fn new(retries: u32, journal: Arc<Journal>, waiting: Vec<Record>) -> Self {
        let mut memory = Memory::new(retries);
        for record in waiting {
            let options = ItemOptions {
                timeout: record
                    .timeout
                    .map_or(Duration::MAX, |ms| Duration::from_millis(ms.into())),
                max_attempts: record.max_attempts,
                max_crashes: record.max_crashes,
                priority: record.priority,
            };
            let tries = Tries {
                attempts: record.progress.attempts,
                errors: record.progress.errors,
                crashes: record.progress.crashes,
                ..Tries::new(record.max_attempts, record.max_crashes)
            };
            memory.restore(record.id, record.request, options, tries, record.turn);
        }
        Self {
            memory,
            journal,
            held: BTreeMap::new(),
            ready: VecDeque::new(),
        }
    }

    fn note(&self, event: &Event) {
        let (item, has_moved) = match event {
            Event::HandOver(hand_over) => (hand_over.item, false),
            Event::Returned { item } => (*item, false),
            Event::Requeued { item, .. }
            | Event::Decided {
                item,
                fate: Fate::Requeued,
            } => (*item, true),
            _ => return,
        };
        if let Some((tries, turn)) = self.memory.place_of(item) {
            let progress = Progress {
                attempts: tries.attempts,
                errors: tries.errors,
                crashes: tries.crashes,
            };
            self.journal
                .push(Op::Progress(item, progress, has_moved.then_some(turn)));
        }
    }

    /// Waits for what is held back; false when that was nothing.
    #[cfg(test)]
    pub(super) fn catch_up(&mut self) -> bool {
        self.hear();
        if self.held.is_empty() {
            return false;
        }
        self.journal.flush();
        self.release();
        !self.ready.is_empty()
    }

    /// Takes what memory has said. An answer is held back where its request is not in the file yet.
    fn hear(&mut self) {
        while let Some(event) = self.memory.poll() {
            match ends(&event) {
                Some(item) if !self.journal.may_tell(item) => {
                    let _ = self.held.insert(item, event);
                }
                _ => {
                    self.note(&event);
                    self.ready.push_back(event);
                }
            }
        }
    }

    /// Lets go of what may be told by now.
    fn release(&mut self) {
        while let Some(entry) = self.held.first_entry() {
            if !self.journal.may_tell(*entry.key()) {
                break;
            }
            self.ready.push_back(entry.remove());
        }
    }
}

/// The item that is over by an event which its owner must hear of.
fn ends(event: &Event) -> Option<ItemId> {
    match event {
        Event::Answered { ended, .. }
        | Event::Failed { ended, .. }
        | Event::Exhausted { ended }
        | Event::Doomed { ended } => Some(ended.item),
        _ => None,
    }
}

impl Backlog for Journaled {
    fn enqueue(&mut self, id: ItemId, payload: Arc<str>, options: ItemOptions, now: Instant) {
        self.memory.enqueue(id, Arc::clone(&payload), options, now);
        let turn = self.memory.place_of(id).map_or(0, |(_, turn)| turn);
        self.journal.push(Op::Insert(Record {
            id,
            turn,
            priority: options.priority,
            timeout: u32::try_from(options.timeout.as_millis()).ok(),
            max_attempts: options.max_attempts,
            max_crashes: options.max_crashes,
            progress: Progress::default(),
            key: None,
            request: payload,
        }));
    }

    fn next(&self) -> Option<Run> {
        self.memory.next()
    }

    fn has(&self, run: Run) -> bool {
        self.memory.has(run)
    }

    fn request(&mut self, run: Run, now: Instant) {
        self.memory.request(run, now);
    }

    fn settle(&mut self, item: ItemId, lease: LeaseId, end: LeaseEnd) {
        self.memory.settle(item, lease, end);
    }

    fn decide(&mut self, item: ItemId, fate: Fate) {
        self.memory.decide(item, fate);
    }

    fn cancel(&mut self, item: ItemId, how: Outcome) {
        self.memory.cancel(item, how);
    }

    fn view(&self, item: ItemId) -> Option<ItemView> {
        self.memory.view(item)
    }

    fn waiting_len(&self) -> usize {
        self.memory.waiting_len()
    }

    fn waiting_ids(&self) -> impl Iterator<Item = ItemId> + '_ {
        self.memory.waiting_ids()
    }

    fn poll(&mut self) -> Option<Event> {
        if !self.held.is_empty() {
            self.release();
        }
        self.hear();
        self.ready.pop_front()
    }

    fn wakes(&self) -> Option<Arc<Notify>> {
        Some(self.journal.moved())
    }
}
