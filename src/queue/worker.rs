//! A worker's half of the queue: offers slots, receives leases, sends answers.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::fate::Generation;
use super::slots::Offer;
use crate::id::{ItemId, LeaseId, WorkerId};
use crate::link::wire::{FromWorker, QueueOrder, QueueReport, WireError};
use crate::link::{ConnectError, Outbox, WorkerEvent, WorkerLink, WorkerOwner};

/// What a worker learns from the primary.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum LeaseEvent {
    /// A request to handle.
    Leased(Leased),
    /// The lease ended without an answer.
    Expired { lease: LeaseId },
    /// The item was ended from outside.
    Cancelled { lease: LeaseId },
    /// The lease was not begun in time and is gone.
    Recalled { lease: LeaseId },
    /// What is not about requests.
    Worker(WorkerEvent),
}

/// A request that was handed over.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Leased {
    pub(crate) lease: LeaseId,
    pub(crate) item: ItemId,
    /// 1 for the first hand-over of the item.
    pub(crate) attempt: u32,
    /// It is one of those taken in advance.
    pub(crate) ahead: bool,
    /// Its time runs; else it is begun by [`WorkerQueue::begin`].
    pub(crate) begun: bool,
    /// JSON text.
    pub(crate) request: String,
}

/// The queue as one worker sees it.
#[derive(Debug)]
pub(crate) struct WorkerQueue {
    link: WorkerLink,
    max_message: usize,
    leases: Arc<Leases>,
}

/// What both the reading task and the callers know of leases.
#[derive(Debug, Default)]
struct Leases {
    held: Held,
    unbegun: Unbegun,
}

/// Leases that are not begun, the oldest first. The event loop may be busy while the primary wants them back, so they are
/// given back from here.
#[derive(Debug, Default)]
struct Unbegun(Mutex<VecDeque<LeaseId>>);

impl Unbegun {
    fn push(&self, lease: LeaseId) {
        self.0.lock().push_back(lease);
    }

    /// False when it is not there.
    fn remove(&self, lease: LeaseId) -> bool {
        let mut leases = self.0.lock();
        let index = leases.iter().position(|other| *other == lease);
        index.is_some_and(|index| leases.remove(index).is_some())
    }
}

/// Whether leases come one at a time, each when the one before has ended. Each count has one writer: the two threads would
/// take a part of a microsecond to agree on one.
#[derive(Debug, Default)]
struct Held {
    /// Leases received so far; the reading task's.
    received: AtomicUsize,
    /// Leases ended so far. This and the rest are the callers'.
    ended: AtomicUsize,
    /// Those received when there was none last.
    received_when_idle: AtomicUsize,
    single: AtomicBool,
}

impl Held {
    fn received_one(&self) {
        let received = self.received.load(Ordering::Relaxed) + 1;
        self.received.store(received, Ordering::Relaxed);
    }

    /// One that was received is gone, and nobody had begun it.
    fn recalled_one(&self) {
        let received = self.received.load(Ordering::Relaxed);
        self.received
            .store(received.saturating_sub(1), Ordering::Relaxed);
    }

    fn ended_one(&self) {
        let received = self.received.load(Ordering::Relaxed);
        // The end of a lease may be said twice: by its answer, and when the primary has ended it meanwhile.
        let ended = received.min(self.ended.load(Ordering::Relaxed) + 1);
        self.ended.store(ended, Ordering::Relaxed);
        let is_idle = ended == received;
        let before = self.received_when_idle.load(Ordering::Relaxed);
        let since = received.saturating_sub(before);
        self.single.store(is_idle && since <= 1, Ordering::Relaxed);
        if is_idle {
            self.received_when_idle.store(received, Ordering::Relaxed);
        }
    }

    fn is_single(&self) -> bool {
        self.single.load(Ordering::Relaxed)
    }
}

impl WorkerQueue {
    /// Connects to the primary. Must run inside a tokio runtime; `on_event` is called from its threads.
    ///
    /// # Errors
    /// As [`WorkerLink::connect`].
    pub(crate) async fn connect(
        address: &str,
        token: &str,
        worker: WorkerId,
        max_message: usize,
        on_event: impl Fn(LeaseEvent) + Send + Sync + 'static,
    ) -> Result<Self, ConnectError> {
        let leases = Arc::new(Leases::default());
        let receiver = Receiver {
            leases: Arc::clone(&leases),
            on_event,
        };
        let link = WorkerLink::connect(address, token, worker, max_message, receiver).await?;
        Ok(Self {
            link,
            max_message,
            leases,
        })
    }

    /// The connection, for what is not about requests.
    pub(crate) fn link(&self) -> &WorkerLink {
        &self.link
    }

    /// Takes more.
    pub(crate) fn offer(&self, offer: Offer) {
        let _ = self.send(QueueReport::Offer {
            slots: offer.slots,
            ahead: offer.ahead,
            of: offer.of,
            patience_ms: u32::try_from(offer.patience.as_millis()).unwrap_or(u32::MAX),
            published: offer.generation == Generation::Published,
        });
    }

    /// Begins a lease that came unbegun; false when the primary has taken it back.
    pub(crate) fn begin(&self, lease: LeaseId) -> bool {
        self.leases.unbegun.remove(lease)
    }

    /// Sends the answer, JSON text.
    ///
    /// # Errors
    /// [`WireError::TooLong`] above the limit; the lease is still open then.
    pub(crate) fn answer(&self, lease: LeaseId, response: &str) -> Result<(), WireError> {
        let (size, limit) = (response.len(), self.max_message);
        // A frame has a little room beside its payload, which is none of the response's.
        if size > limit {
            return Err(WireError::TooLong { size, limit });
        }
        self.leases.held.ended_one();
        self.send(QueueReport::Answer { lease, response })
    }

    /// Reports a handler's error, JSON text.
    ///
    /// # Errors
    /// [`WireError::TooLong`] above the limit; the lease is still open then.
    pub(crate) fn fail(&self, lease: LeaseId, error: &str) -> Result<(), WireError> {
        self.leases.held.ended_one();
        self.send_with_others(QueueReport::Fail { lease, error })
    }

    /// Gives a lease back that was not started.
    pub(crate) fn give_back(&self, lease: LeaseId) {
        self.over(lease);
        let _ = self.send_with_others(QueueReport::GiveBack { lease });
    }

    /// Says that a lease's end was heard, and its slot is free.
    pub(crate) fn released(&self, lease: LeaseId) {
        self.over(lease);
        let _ = self.send_with_others(QueueReport::Released { lease });
    }

    /// Takes back all slots that were offered.
    pub(crate) fn withdraw(&self) {
        let _ = self.send_with_others(QueueReport::Withdraw);
    }

    fn over(&self, lease: LeaseId) {
        let _ = self.leases.unbegun.remove(lease);
        self.leases.held.ended_one();
    }

    /// Where requests come one at a time, the primary waits for this frame.
    fn send(&self, report: QueueReport<'_>) -> Result<(), WireError> {
        if self.leases.held.is_single() {
            let outbox = self.link.outbox();
            outbox.send_at_once(&FromWorker::Queue(report))
        } else {
            self.send_with_others(report)
        }
    }

    fn send_with_others(&self, report: QueueReport<'_>) -> Result<(), WireError> {
        self.link.outbox().send(&FromWorker::Queue(report))
    }
}

/// Takes what the primary says.
struct Receiver<F> {
    leases: Arc<Leases>,
    on_event: F,
}

impl<F: Fn(LeaseEvent) + Send + Sync + 'static> WorkerOwner for Receiver<F> {
    fn told(&self, event: WorkerEvent) {
        (self.on_event)(LeaseEvent::Worker(event));
    }

    fn ordered(&self, order: QueueOrder<'_>, outbox: &Outbox) {
        match order {
            QueueOrder::Lease {
                lease,
                item,
                attempt,
                ahead,
                begun,
                request,
            } => {
                if !begun {
                    self.leases.unbegun.push(lease);
                }
                self.leases.held.received_one();
                (self.on_event)(LeaseEvent::Leased(Leased {
                    lease,
                    item,
                    attempt,
                    ahead,
                    begun,
                    request: request.to_owned(),
                }));
            }
            QueueOrder::Recall { leases } => self.recalled(leases, outbox),
            QueueOrder::Expired { lease } => (self.on_event)(LeaseEvent::Expired { lease }),
            QueueOrder::Cancelled { lease } => (self.on_event)(LeaseEvent::Cancelled { lease }),
        }
    }
}

impl<F: Fn(LeaseEvent)> Receiver<F> {
    /// Answered here and not by JavaScript, which may be busy.
    fn recalled(&self, leases: Vec<LeaseId>, outbox: &Outbox) {
        for lease in leases {
            if self.leases.unbegun.remove(lease) {
                let report = QueueReport::GiveBack { lease };
                let _ = outbox.send(&FromWorker::Queue(report));
                self.leases.held.recalled_one();
                (self.on_event)(LeaseEvent::Recalled { lease });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_that_come_together_are_not_single() {
        let held = Held::default();
        let take_and_end = |received: usize, ended: usize| {
            (0..received).for_each(|_| held.received_one());
            (0..ended).for_each(|_| held.ended_one());
            held.is_single()
        };
        assert!(!held.is_single(), "nobody knows yet");
        assert!(take_and_end(1, 1));
        assert!(!take_and_end(3, 1));
        assert!(!take_and_end(0, 2), "they came together");
        assert!(take_and_end(1, 1));
        assert!(take_and_end(1, 2), "one end was said twice");
        assert!(!take_and_end(2, 1));
        assert!(!take_and_end(1, 2), "never none between them");
    }
}
