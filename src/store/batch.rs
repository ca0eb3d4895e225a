//! What is to be written in one transaction. Of what happened to one request since the last, only the outcome counts.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::record::{Kept, Progress, Record};
use crate::id::ItemId;

/// One thing that happened.
#[derive(Debug)]
pub(crate) enum Op {
    /// The request that comes next with this id has a key.
    Key(ItemId, Arc<str>),
    Insert(Record),
    /// It was tried; with a turn where it waits at another place now.
    Progress(ItemId, Progress, Option<u64>),
    /// It is over, and need not be known any more.
    Delete(ItemId),
    /// It is over, and kept.
    Keep(ItemId, Kept),
    /// All requests so far, those that are kept included, need not be known any more.
    Clear,
}

impl Op {
    /// Whether it is worth a transaction of its own. The count of attempts goes along with the next.
    pub(super) fn is_urgent(&self) -> bool {
        !matches!(self, Self::Key(..) | Self::Progress(_, _, None))
    }
}

/// What becomes of a request that the file has already.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) progress: Option<Progress>,
    pub(super) turn: Option<u64>,
    pub(super) end: Option<End>,
}

#[derive(Debug)]
pub(super) enum End {
    Deleted,
    Kept(Kept),
}

/// The outcome of all that happened since the last transaction.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Of requests that come later.
    keys: FxHashMap<ItemId, Arc<str>>,
    pub(super) inserts: Vec<Record>,
    pub(super) changes: FxHashMap<ItemId, Change>,
    /// All requests are removed first.
    pub(super) is_cleared: bool,
    /// The end of all ids so far.
    next_id: Option<ItemId>,
}

impl Batch {
    pub(super) fn add(&mut self, op: Op) {
        match op {
            Op::Key(id, key) => {
                let _ = self.keys.insert(id, key);
            }
            Op::Insert(mut record) => {
                if let Some(key) = self.keys.remove(&record.id) {
                    record.key = Some(key);
                }
                self.next_id = self.next_id.max(Some(record.id + 1));
                self.inserts.push(record);
            }
            Op::Progress(id, progress, turn) => {
                let change = self.changes.entry(id).or_default();
                change.progress = Some(progress);
                change.turn = turn.or(change.turn);
            }
            Op::Delete(id) => self.end(id, End::Deleted),
            Op::Keep(id, kept) => self.end(id, End::Kept(kept)),
            Op::Clear => {
                self.inserts.clear();
                self.changes.clear();
                self.is_cleared = true;
            }
        }
    }

    fn end(&mut self, id: ItemId, end: End) {
        self.changes.entry(id).or_default().end = Some(end);
    }

    /// What was inserted is given the rest of its story, and what is over already is left out.
    pub(super) fn settle(&mut self) {
        let Self {
            inserts, changes, ..
        } = self;
        inserts.retain_mut(|record| {
            let Some(change) = changes.get_mut(&record.id) else {
                return true;
            };
            if matches!(change.end, Some(End::Deleted)) {
                let _ = changes.remove(&record.id);
                return false;
            }
            record.progress = change.progress.take().unwrap_or(record.progress);
            record.turn = change.turn.take().unwrap_or(record.turn);
            if change.end.is_none() {
                let _ = changes.remove(&record.id);
            }
            true
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inserts.is_empty()
            && self.changes.is_empty()
            && !self.is_cleared
            && self.next_id.is_none()
    }

    /// The end of all ids, where it has moved.
    pub(super) fn next_id(&self) -> Option<ItemId> {
        self.next_id
    }

    /// It is written. Keys wait for their requests.
    pub(super) fn clear(&mut self) {
        self.inserts.clear();
        self.changes.clear();
        self.is_cleared = false;
        self.next_id = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::record::EndState;

    fn record(id: ItemId) -> Record {
        Record {
            id,
            turn: id,
            priority: 0,
            timeout: None,
            max_attempts: None,
            max_crashes: None,
            progress: Progress::default(),
            key: None,
            request: "1".into(),
        }
    }

    fn settled(ops: Vec<Op>) -> Batch {
        let mut batch = Batch::default();
        ops.into_iter().for_each(|op| batch.add(op));
        batch.settle();
        batch
    }

    const TRIED: Progress = Progress {
        attempts: 2,
        errors: 1,
        crashes: 0,
    };

    #[test]
    fn what_came_and_went_between_two_transactions_is_not_written() {
        let batch = settled(vec![
            Op::Insert(record(1)),
            Op::Insert(record(2)),
            Op::Progress(1, TRIED, None),
            Op::Delete(1),
        ]);
        assert_eq!(batch.inserts, [record(2)]);
        assert!(batch.changes.is_empty());
        // Its id is used up all the same.
        assert_eq!(batch.next_id(), Some(3));
    }

    #[test]
    fn a_new_request_is_written_with_what_happened_to_it_since() {
        let batch = settled(vec![
            Op::Key(1, "key".into()),
            Op::Insert(record(1)),
            Op::Progress(1, TRIED, Some(7)),
        ]);
        let expected = Record {
            progress: TRIED,
            turn: 7,
            key: Some("key".into()),
            ..record(1)
        };
        assert_eq!(batch.inserts, [expected]);
        assert!(batch.changes.is_empty());
    }

    #[test]
    fn of_an_older_one_the_last_word_counts() {
        let batch = settled(vec![
            Op::Progress(1, Progress::default(), Some(9)),
            Op::Progress(1, TRIED, None),
            Op::Delete(2),
        ]);
        assert_eq!(batch.changes[&1].progress, Some(TRIED));
        assert_eq!(batch.changes[&1].turn, Some(9));
        assert!(matches!(batch.changes[&2].end, Some(End::Deleted)));
    }

    #[test]
    fn a_kept_one_is_written_even_if_it_came_just_now() {
        let kept = Kept {
            state: EndState::Done,
            outcome: None,
            at: 1,
        };
        let batch = settled(vec![Op::Insert(record(1)), Op::Keep(1, kept)]);
        assert_eq!(batch.inserts.len(), 1);
        assert!(matches!(batch.changes[&1].end, Some(End::Kept(_))));
    }

    #[test]
    fn a_key_waits_for_its_request() {
        let mut batch = settled(vec![Op::Key(5, "key".into())]);
        batch.clear();
        batch.add(Op::Insert(record(5)));
        assert_eq!(batch.inserts[0].key.as_deref(), Some("key"));
    }

    #[test]
    fn attempts_alone_are_worth_no_transaction() {
        assert!(!Op::Progress(1, TRIED, None).is_urgent());
        assert!(Op::Progress(1, TRIED, Some(1)).is_urgent());
        assert!(Op::Insert(record(1)).is_urgent());
        assert!(Op::Delete(1).is_urgent());
    }
}
