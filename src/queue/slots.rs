//! The workers of this process: their slots, what each holds, and whose turn it is. Local, whatever the backlog.
//!
//! A lease is begun when it takes a slot of its worker. Others are held in advance, in order: each time a slot gets free
//! there, the worker begins the next one by itself. The worker says when a slot is free by the answer, the failure or the
//! release of a begun lease, so that no further word is needed to know what is begun.
//!
//! Room is promised when an item is asked for, and used when the item comes: at once from memory, later from elsewhere.

use std::collections::VecDeque;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::backlog::Run;
use super::fate::Generation;
use crate::id::{LeaseId, WorkerId};

/// One suspect may run for so many workers; one in any case.
const WORKERS_PER_SUSPECT: usize = 8;

/// What a worker offers to take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    /// That of the listener it has now.
    pub(crate) generation: Generation,
    /// So many more slots are free.
    pub(crate) slots: u32,
    /// So many more requests it takes before it has slots for them.
    pub(crate) ahead: u32,
    /// All slots it has, free or not.
    pub(crate) of: u32,
    /// How long one may wait there in advance while nothing moves.
    pub(crate) patience: Duration,
}

/// Room for one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    worker: WorkerId,
    /// It was offered as a free slot. One that the worker has filled meanwhile counts as room in advance.
    is_slot: bool,
}

/// Where a lease went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub(super) worker: WorkerId,
    /// It uses what was offered as a free slot.
    pub(super) is_slot: bool,
    /// The worker has a slot for it now.
    pub(super) begun: bool,
}

#[derive(Debug)]
pub(super) struct Worker {
    pub(super) generation: Generation,
    pub(super) completed: u64,
    /// From the first request that it gets until it offers a slot and holds none.
    pub(super) at_work: bool,
    /// Leases that take a slot. Some may be over, when the worker has not taken note yet.
    pub(super) running: Vec<LeaseId>,
    /// Leases held in advance, the next to begin first.
    pub(super) ahead: VecDeque<LeaseId>,
    /// Leases that are open though the worker says that their slots are free.
    strays: Vec<LeaseId>,
    slots: u32,
    /// Its entries in the list of free slots.
    idle: u32,
    /// Its slots among the room in advance.
    filled: u32,
    /// Its room that is promised.
    promised: u32,
    pub(super) patience: Duration,
    /// How often a slot got free.
    pub(super) moves: u64,
    /// `moves` when it was last looked at; none since.
    pub(super) seen_moves: Option<u64>,
    /// It is going to be looked at.
    pub(super) is_watched: bool,
    /// It has been asked for all that it holds in advance.
    pub(super) is_recalled: bool,
    /// What it holds in advance did not move: it gets no more of it until it does.
    is_stalled: bool,
    /// What is there of a suspect.
    suspect: Suspect,
    /// What it has offered and gets nothing for, for now.
    parked: Vec<Token>,
}

impl Worker {
    fn new(generation: Generation) -> Self {
        Self {
            generation,
            completed: 0,
            at_work: false,
            running: Vec::new(),
            ahead: VecDeque::new(),
            strays: Vec::new(),
            slots: 0,
            idle: 0,
            filled: 0,
            promised: 0,
            patience: Duration::ZERO,
            moves: 0,
            seen_moves: None,
            is_watched: false,
            is_recalled: false,
            is_stalled: false,
            suspect: Suspect::None,
            parked: Vec::new(),
        }
    }

    fn has_free_slot(&self) -> bool {
        self.running.len() < self.slots as usize
    }

    fn holds_any(&self) -> bool {
        !self.running.is_empty() || !self.ahead.is_empty()
    }

    /// It holds nothing, and nothing is on its way to it.
    fn is_empty(&self) -> bool {
        !self.holds_any() && self.promised == 0
    }

    /// The leases that it may hold: some may be over.
    pub(super) fn leases(&self) -> impl Iterator<Item = LeaseId> + '_ {
        let held = self.running.iter().chain(&self.ahead);
        held.chain(&self.strays).copied()
    }

    #[cfg(test)]
    pub(super) fn is_stalled(&self) -> bool {
        self.is_stalled
    }
}

/// An item that may end its worker, and so runs alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Suspect {
    None,
    /// One has been asked for.
    Promised,
    Runs(LeaseId),
}

#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) workers: FxHashMap<WorkerId, Worker>,
    /// One entry per free slot, longest free first.
    pub(super) idle: VecDeque<WorkerId>,
    /// Room in advance: used only when there is no free slot anywhere.
    pub(super) ahead: VecDeque<Token>,
    /// Gets nothing more, so that it has nothing before long and a suspect can run there.
    reserved: Option<WorkerId>,
    /// Suspects that run or have been asked for.
    suspects: usize,
    /// Room for items that have been asked for.
    promises: VecDeque<(Run, Token)>,
}

impl Slots {
    pub(super) fn offer(&mut self, worker: WorkerId, offer: Offer) {
        let entry = self.workers.entry(worker);
        let entry = entry.or_insert_with(|| Worker::new(offer.generation));
        entry.generation = offer.generation;
        let is_resized = entry.slots != offer.of;
        entry.slots = offer.of;
        entry.patience = offer.patience;
        entry.at_work = entry.holds_any();
        if entry.has_free_slot() && offer.slots > 0 {
            entry.is_stalled = false;
        }
        if is_resized {
            // Which of its tokens are free slots may have changed.
            self.park(worker);
        }
        let tokens = [(offer.slots, true), (offer.ahead, false)];
        for (count, is_slot) in tokens {
            for _ in 0..count {
                self.put(Token { worker, is_slot });
            }
        }
        self.unpark(worker);
    }

    /// Puts a token where it belongs now.
    fn put(&mut self, token: Token) {
        let is_held_back = self.is_held_back(token.worker);
        let Some(worker) = self.workers.get_mut(&token.worker) else {
            return;
        };
        if is_held_back {
            worker.parked.push(token);
        } else if token.is_slot
            && worker.running.len() + ((worker.idle + worker.promised) as usize)
                < worker.slots as usize
        {
            worker.idle += 1;
            self.idle.push_back(token.worker);
        } else {
            worker.filled += u32::from(token.is_slot);
            self.ahead.push_back(token);
        }
    }

    fn is_held_back(&self, id: WorkerId) -> bool {
        let worker = self.workers.get(&id);
        self.reserved == Some(id)
            || worker.is_some_and(|w| w.is_stalled || w.suspect != Suspect::None)
    }

    /// Takes all tokens of a worker that is held back out of the lists.
    fn park(&mut self, id: WorkerId) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        let slots = (0..worker.idle).map(|_| Token {
            worker: id,
            is_slot: true,
        });
        worker.parked.extend(slots);
        if worker.idle > 0 {
            self.idle.retain(|idle| *idle != id);
            worker.idle = 0;
        }
        worker.filled = 0;
        self.ahead.retain(|token| {
            let is_its = token.worker == id;
            if is_its {
                worker.parked.push(*token);
            }
            !is_its
        });
    }

    /// Puts the tokens of a worker back that is not held back any more.
    fn unpark(&mut self, id: WorkerId) {
        if self.is_held_back(id) {
            return;
        }
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        if worker.parked.is_empty() {
            return;
        }
        for token in std::mem::take(&mut worker.parked) {
            self.put(token);
        }
    }

    /// Forgets what a worker has offered.
    pub(super) fn withdraw(&mut self, id: WorkerId) {
        if self.reserved == Some(id) {
            self.reserved = None;
        }
        self.idle.retain(|idle| *idle != id);
        self.ahead.retain(|token| token.worker != id);
        self.promises.retain(|(_, token)| token.worker != id);
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.idle = 0;
            worker.filled = 0;
            worker.promised = 0;
            worker.parked.clear();
            if worker.suspect == Suspect::Promised {
                worker.suspect = Suspect::None;
                self.suspects -= 1;
            }
        }
    }

    pub(super) fn remove(&mut self, id: WorkerId) -> Option<Worker> {
        self.withdraw(id);
        let gone = self.workers.remove(&id)?;
        if gone.suspect != Suspect::None {
            self.suspects -= 1;
        }
        Some(gone)
    }

    /// True when some worker may have room, if only one that is kept free.
    pub(super) fn may_have_room(&self) -> bool {
        self.has_room() || self.reserved.is_some()
    }

    /// True when some worker has room for any request.
    pub(super) fn has_room(&self) -> bool {
        !self.idle.is_empty() || !self.ahead.is_empty()
    }

    /// Promises room for an item that runs so; false where there is none now.
    pub(super) fn promise(&mut self, run: Run) -> bool {
        let token = match run {
            Run::Beside => self.take(),
            Run::Alone => self.take_empty(),
        };
        self.promises.extend(token.map(|token| (run, token)));
        token.is_some()
    }

    /// Gives an item that has come the room that was promised to it; none where its worker takes nothing any more.
    pub(super) fn redeem(&mut self, run: Run, lease: LeaseId) -> Option<Given> {
        let Token {
            worker: id,
            is_slot,
        } = self.take_promise(run)?;
        let worker = self.workers.get_mut(&id)?;
        worker.promised -= 1;
        if worker.suspect == Suspect::Promised {
            worker.suspect = Suspect::Runs(lease);
        }
        worker.at_work = true;
        let begun = worker.has_free_slot();
        if begun {
            worker.running.push(lease);
        } else {
            worker.ahead.push_back(lease);
        }
        Some(Given {
            worker: id,
            is_slot,
            begun,
        })
    }

    fn take_promise(&mut self, run: Run) -> Option<Token> {
        let index = self.promises.iter().position(|(other, _)| *other == run)?;
        self.promises.remove(index).map(|(_, token)| token)
    }

    /// Nothing comes for the room that was promised: it is room as it was.
    pub(super) fn refund(&mut self, run: Run) {
        let Some(token) = self.take_promise(run) else {
            return;
        };
        if let Some(worker) = self.workers.get_mut(&token.worker) {
            worker.promised -= 1;
            if run == Run::Alone {
                worker.suspect = Suspect::None;
                self.suspects -= 1;
            }
        }
        self.put(token);
        self.unpark(token.worker);
    }

    /// Room for one request: a free slot, else room in advance.
    fn take(&mut self) -> Option<Token> {
        if let Some(worker) = self.idle.pop_front() {
            if let Some(entry) = self.workers.get_mut(&worker) {
                entry.idle -= 1;
                entry.promised += 1;
            }
            return Some(Token {
                worker,
                is_slot: true,
            });
        }
        let token = self.ahead.pop_front()?;
        if let Some(worker) = self.workers.get_mut(&token.worker) {
            worker.filled -= u32::from(token.is_slot);
            worker.promised += 1;
        }
        Some(token)
    }

    /// No worker is kept free for a suspect any more.
    pub(super) fn end_reservation(&mut self) {
        if let Some(id) = self.reserved.take() {
            self.unpark(id);
        }
    }

    /// Room for a suspect, at a worker that holds nothing. Where there is none, one is kept free from now on.
    fn take_empty(&mut self) -> Option<Token> {
        if self.suspects >= (self.workers.len() / WORKERS_PER_SUSPECT).max(1) {
            return None;
        }
        let is_empty = |id: &WorkerId| self.workers.get(id).is_some_and(Worker::is_empty);
        let has_room = |id: &WorkerId| {
            let worker = self.workers.get(id);
            is_empty(id) && worker.is_some_and(|worker| !worker.parked.is_empty())
        };
        let reserved = self.reserved.filter(has_room);
        let rooms = self.idle.iter().copied();
        let rooms = rooms.chain(self.ahead.iter().map(|token| token.worker));
        let Some(id) = reserved.or_else(|| rooms.clone().find(is_empty)) else {
            if self.reserved.is_none() {
                // It has room, so what it holds moves. The one with the least to do is empty soonest.
                self.reserved = rooms.min_by_key(|id| self.load_of(*id));
                if let Some(id) = self.reserved {
                    self.park(id);
                }
            }
            return None;
        };
        self.park(id);
        if let Some(other) = self.reserved.take() {
            self.unpark_unless(other, id);
        }
        let worker = self.workers.get_mut(&id)?;
        worker.promised += 1;
        worker.suspect = Suspect::Promised;
        self.suspects += 1;
        let slot = worker.parked.iter().position(|token| token.is_slot);
        Some(worker.parked.swap_remove(slot.unwrap_or(0)))
    }

    fn load_of(&self, id: WorkerId) -> usize {
        let worker = self.workers.get(&id);
        worker.map_or(0, |worker| worker.running.len() + worker.ahead.len())
    }

    fn unpark_unless(&mut self, id: WorkerId, chosen: WorkerId) {
        if id != chosen {
            self.unpark(id);
        }
    }

    /// A worker has a slot free that this lease took: the one that it begins next, if it holds any in advance.
    pub(super) fn freed(&mut self, id: WorkerId, lease: LeaseId) -> Option<LeaseId> {
        let worker = self.workers.get_mut(&id)?;
        let index = worker.running.iter().position(|other| *other == lease)?;
        let _ = worker.running.swap_remove(index);
        worker.moves += 1;
        worker.is_stalled = false;
        if worker.suspect == Suspect::Runs(lease) {
            worker.suspect = Suspect::None;
            self.suspects -= 1;
        }
        let next = worker.ahead.pop_front();
        worker.running.extend(next);
        if next.is_none() && worker.filled > 0 {
            self.empty_one(id);
        }
        self.unpark(id);
        next
    }

    /// A slot that was filled when it was offered is free now.
    fn empty_one(&mut self, id: WorkerId) {
        let mut tokens = self.ahead.iter();
        let index = tokens.position(|token| token.worker == id && token.is_slot);
        if let Some(token) = index.and_then(|index| self.ahead.remove(index)) {
            if let Some(worker) = self.workers.get_mut(&id) {
                worker.filled -= 1;
            }
            self.put(token);
        }
    }

    /// The slot of a lease that is still open is free, says its worker.
    pub(super) fn stray(&mut self, id: WorkerId, lease: LeaseId) {
        if let Some(worker) = self.workers.get_mut(&id)
            && !worker.strays.contains(&lease)
        {
            worker.strays.push(lease);
        }
    }

    /// A lease is over that was held in advance, or whose slot was free already.
    pub(super) fn forget(&mut self, id: WorkerId, lease: LeaseId) {
        if let Some(worker) = self.workers.get_mut(&id) {
            if let Some(index) = worker.ahead.iter().position(|other| *other == lease) {
                let _ = worker.ahead.remove(index);
            }
            worker.strays.retain(|other| *other != lease);
        }
    }

    /// True when the worker that is kept free has room.
    #[cfg(test)]
    pub(super) fn keeps_room(&self) -> bool {
        let kept = self.reserved.and_then(|id| self.workers.get(&id));
        kept.is_some_and(|worker| !worker.is_stalled && !worker.parked.is_empty())
    }

    /// What a worker has offered and got nothing for: slots, and room in advance.
    #[cfg(test)]
    pub(super) fn tokens_of(&self, id: WorkerId) -> (u32, u32) {
        let worker = &self.workers[&id];
        let ahead = self.ahead.iter().filter(|token| token.worker == id);
        let all: Vec<_> = ahead.chain(&worker.parked).collect();
        let slots = all.iter().filter(|token| token.is_slot).count();
        let count = |tokens: usize| u32::try_from(tokens).expect("few");
        (worker.idle + count(slots), count(all.len() - slots))
    }

    /// Nothing moved at a worker that holds some in advance.
    pub(super) fn stall(&mut self, id: WorkerId) {
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.is_stalled = true;
            worker.is_recalled = true;
        }
        self.park(id);
    }
}
