//! Items as they are kept in memory, and the order in which they wait.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::backlog::{ItemOptions, ItemState, ItemView, Run};
use super::fate::Tries;
use super::outcomes::Ended;
use crate::id::{ItemId, LeaseId};

/// A hundred years: far enough, and near enough for any clock.
const UNLIMITED: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Small, as there may be a million of them.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) payload: Arc<str>,
    pub(super) tries: Tries,
    /// `u32::MAX` for no limit, as the longest that JavaScript's timers know is the half of it.
    timeout_ms: u32,
    priority: i32,
    state: State,
    /// Its place among those of its priority, where it waits or did last.
    turn: u64,
    /// The lease that it has, if it is leased.
    lease: LeaseId,
    /// When it was enqueued, µs after the backlog was made; `HANDED_OVER` from its first lease on.
    arrived: u64,
}

/// Apart from the lease's number, for the sake of size.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Waiting,
    Leased,
    Expired,
}

const HANDED_OVER: u64 = u64::MAX;

impl Item {
    /// One that waits. `arrived` in µs.
    pub(super) fn new(payload: Arc<str>, options: ItemOptions, turn: u64, arrived: u64) -> Self {
        Self {
            payload,
            tries: Tries::new(options.max_attempts, options.max_crashes),
            timeout_ms: u32::try_from(options.timeout.as_millis()).unwrap_or(u32::MAX),
            priority: options.priority,
            state: State::Waiting,
            turn,
            lease: 0,
            arrived,
        }
    }

    pub(super) fn timeout(&self) -> Duration {
        match self.timeout_ms {
            u32::MAX => UNLIMITED,
            ms => Duration::from_millis(ms.into()),
        }
    }

    pub(super) fn run(&self) -> Run {
        if self.tries.is_suspect() {
            Run::Alone
        } else {
            Run::Beside
        }
    }

    pub(super) fn place(&self) -> Place {
        place(self.priority, self.turn)
    }

    pub(super) fn turn(&self) -> u64 {
        self.turn
    }

    pub(super) fn waits(&self) -> bool {
        self.state == State::Waiting
    }

    pub(super) fn has(&self, lease: LeaseId) -> bool {
        self.state == State::Leased && self.lease == lease
    }

    pub(super) fn is_expired(&self) -> bool {
        self.state == State::Expired
    }

    /// It waits from now on, at a new place.
    pub(super) fn wait(&mut self, turn: u64) {
        self.state = State::Waiting;
        self.turn = turn;
    }

    /// It waits where it did before, and its lease was no attempt.
    pub(super) fn give_back(&mut self) {
        self.state = State::Waiting;
        self.tries.attempts -= 1;
    }

    /// Gives it a lease. How many µs it has waited for its first one, `now` counted as its arrival is.
    pub(super) fn lease(&mut self, lease: LeaseId, now: u64) -> Option<u64> {
        self.state = State::Leased;
        self.lease = lease;
        self.tries.attempts += 1;
        let arrived = std::mem::replace(&mut self.arrived, HANDED_OVER);
        (arrived != HANDED_OVER).then(|| now.saturating_sub(arrived))
    }

    pub(super) fn expire(&mut self) {
        self.state = State::Expired;
    }

    /// What is said of it when it is over.
    pub(super) fn ended(&self, item: ItemId) -> Ended {
        let attempts = self.tries.attempts;
        Ended { item, attempts }
    }

    pub(super) fn view(&self) -> ItemView {
        ItemView {
            state: match self.state {
                State::Waiting => ItemState::Waiting,
                State::Leased => ItemState::Leased(self.lease),
                State::Expired => ItemState::Expired,
            },
            tries: self.tries,
        }
    }
}

/// A place in the queue: higher priority first (hence negated), then order of arrival.
pub(super) type Place = (i64, u64);

fn place(priority: i32, turn: u64) -> Place {
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
    pub(super) fn insert(&mut self, id: ItemId, item: &Item) {
        let _ = self.line(item.run()).insert(item.place(), id);
    }

    pub(super) fn remove(&mut self, item: &Item) {
        let _ = self.line(item.run()).remove(&item.place());
    }

    /// The first that runs so is not among them any more.
    pub(super) fn pop(&mut self, run: Run) -> Option<ItemId> {
        self.line(run).pop_first().map(|(_, id)| id)
    }

    fn line(&mut self, run: Run) -> &mut BTreeMap<Place, ItemId> {
        match run {
            Run::Beside => &mut self.plain,
            Run::Alone => &mut self.suspects,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.plain.len() + self.suspects.len()
    }

    pub(super) fn has(&self, run: Run) -> bool {
        match run {
            Run::Beside => !self.plain.is_empty(),
            Run::Alone => !self.suspects.is_empty(),
        }
    }

    /// How the first of all runs.
    pub(super) fn first(&self) -> Option<Run> {
        if self.suspects.is_empty() {
            return (!self.plain.is_empty()).then_some(Run::Beside);
        }
        let first = self.plain.keys().next();
        let is_suspects_turn = first.is_none_or(|plain| self.suspects.keys().next() < Some(plain));
        Some(if is_suspects_turn {
            Run::Alone
        } else {
            Run::Beside
        })
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
