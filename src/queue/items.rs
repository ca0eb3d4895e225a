//! Items as the backlog keeps them, and the order in which they wait.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::backlog::Generation;
use crate::id::{ItemId, LeaseId};

/// What the caller of [`Backlog::enqueue`](super::backlog::Backlog::enqueue) wants for one item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemOptions {
    /// Length of a lease.
    pub(crate) timeout: Duration,
    /// Attempts before the item fails; none for no limit.
    pub(crate) max_attempts: Option<u32>,
    /// Crashes of its worker before the item fails; none for no limit.
    pub(crate) max_crashes: Option<u32>,
    /// Higher goes first; equal ones in order of arrival.
    pub(crate) priority: i32,
}

/// A hundred years: far enough, and near enough for any clock.
const UNLIMITED: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Small, as there may be a million of them.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) payload: Arc<str>,
    /// `u32::MAX` for no limit, as the longest that JavaScript's timers know is the half of it.
    pub(super) timeout_ms: u32,
    /// `u32::MAX` for no limit, which no count reaches. So is that of crashes.
    pub(super) max_attempts: u32,
    pub(super) max_crashes: u32,
    pub(super) priority: i32,
    /// Leases so far, the present one included.
    pub(super) attempts: u32,
    /// Failures of the handler so far.
    pub(super) errors: u32,
    /// How often its worker, or PhantomJS, ended under it.
    pub(super) crashes: u32,
    pub(super) state: ItemState,
    /// When it was enqueued, µs after the backlog was made; `HANDED_OVER` from its first lease on.
    pub(super) arrived: u64,
}

pub(super) const HANDED_OVER: u64 = u64::MAX;

impl Item {
    pub(super) fn new(payload: Arc<str>, options: ItemOptions, turn: u64, arrived: u64) -> Self {
        Self {
            payload,
            timeout_ms: u32::try_from(options.timeout.as_millis()).unwrap_or(u32::MAX),
            max_attempts: options.max_attempts.unwrap_or(u32::MAX),
            max_crashes: options.max_crashes.unwrap_or(u32::MAX),
            priority: options.priority,
            attempts: 0,
            errors: 0,
            crashes: 0,
            state: ItemState::Waiting(turn),
            arrived,
        }
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.attempts >= self.max_attempts
    }

    /// It may be what ends workers: it runs alone from now on.
    pub(super) fn is_suspect(&self) -> bool {
        self.crashes > 0
    }

    pub(super) fn is_doomed(&self) -> bool {
        self.crashes >= self.max_crashes
    }

    pub(super) fn timeout(&self) -> Duration {
        match self.timeout_ms {
            u32::MAX => UNLIMITED,
            ms => Duration::from_millis(ms.into()),
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ItemState {
    /// Its place among those of its priority.
    Waiting(u64),
    Leased(LeaseId),
    Expired(Generation),
}

/// A place in the queue: higher priority first (hence negated), then order of arrival.
pub(super) type Place = (i64, u64);

pub(super) fn place(priority: i32, turn: u64) -> Place {
    (-i64::from(priority), turn)
}

/// The items that wait, in order.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    plain: BTreeMap<Place, ItemId>,
    /// Those that run alone. Apart, as others may pass them.
    suspects: BTreeMap<Place, ItemId>,
}

impl Waiting {
    pub(super) fn insert(&mut self, place: Place, id: ItemId, is_suspect: bool) {
        let _ = self.line(is_suspect).insert(place, id);
    }

    pub(super) fn remove(&mut self, place: Place, is_suspect: bool) {
        let _ = self.line(is_suspect).remove(&place);
    }

    fn line(&mut self, is_suspect: bool) -> &mut BTreeMap<Place, ItemId> {
        if is_suspect {
            &mut self.suspects
        } else {
            &mut self.plain
        }
    }

    pub(super) fn len(&self) -> usize {
        self.plain.len() + self.suspects.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.suspects.is_empty()
    }

    pub(super) fn has_plain(&self) -> bool {
        !self.plain.is_empty()
    }

    /// True when the first of all that wait is one that runs alone.
    pub(super) fn is_suspects_turn(&self) -> bool {
        match (
            self.suspects.first_key_value(),
            self.plain.first_key_value(),
        ) {
            (Some((suspect, _)), Some((plain, _))) => suspect < plain,
            (first, _) => first.is_some(),
        }
    }

    pub(super) fn pop_plain(&mut self) -> Option<(Place, ItemId)> {
        self.plain.pop_first()
    }

    pub(super) fn pop_suspect(&mut self) -> Option<(Place, ItemId)> {
        self.suspects.pop_first()
    }

    /// All of them, first the one whose turn is next.
    pub(super) fn ids(&self) -> impl Iterator<Item = ItemId> + '_ {
        let mut plain = self.plain.iter().peekable();
        let mut suspects = self.suspects.iter().peekable();
        std::iter::from_fn(move || {
            let suspect_first = match (suspects.peek(), plain.peek()) {
                (Some((suspect, _)), Some((other, _))) => suspect < other,
                (first, _) => first.is_some(),
            };
            let next = if suspect_first {
                suspects.next()
            } else {
                plain.next()
            };
            next.map(|(_, id)| *id)
        })
    }
}
