//! A worker's end: offers slots, receives leases, sends answers.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use interprocess::local_socket::tokio::Stream;
use parking_lot::Mutex;
use tokio::io::AsyncRead;
use tokio::sync::Notify;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

use tracing::debug;

use super::backlog::{Generation, Offer};
use super::endpoint;
use super::outbox::Outbox;
use super::wire::{self, FromWorker, ToWorker, WireError};
use crate::id::{ItemId, LeaseId, WorkerId};
use crate::lived;

/// How long a worker waits for the master to take in its last answers.
const FAREWELL_DEADLINE: Duration = Duration::from_secs(5);
/// The longest reason of a fault, bytes: any limit of messages lets it through.
const LONGEST_FAULT: usize = 1024;
/// How long the first contact may take.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// What a worker learns from the master.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum ClientEvent {
    /// A request to handle, JSON text.
    Leased {
        lease: LeaseId,
        item: ItemId,
        attempt: u32,
        timeout_ms: u64,
        /// It is one of those taken in advance.
        ahead: bool,
        /// Its time runs; else it is begun by [`QueueClient::begin`].
        begun: bool,
        request: String,
    },
    /// The lease ended without an answer.
    Expired { lease: LeaseId },
    /// The item was ended from outside.
    Cancelled { lease: LeaseId },
    /// The lease was not begun in time and is gone.
    Recalled { lease: LeaseId },
    /// Finish what you hold, and end.
    Retire,
    /// End at once.
    Halt,
    /// The master is gone.
    Lost,
}

/// Why a worker's call did not go through.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ClientError {
    #[error("cannot reach the master's queue: {0}")]
    Connect(#[source] std::io::Error),
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// The connection of one worker.
#[derive(Debug)]
pub(crate) struct QueueClient {
    outbox: Outbox,
    ended: Arc<Notify>,
    max_message: usize,
    held: Arc<Held>,
    unbegun: Arc<Unbegun>,
}

/// Leases that are not begun, the oldest first. The event loop may be busy while the master wants them back, so they are
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
        // The end of a lease may be said twice: by its answer, and when the master has ended it meanwhile.
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

impl QueueClient {
    /// Connects and greets. Must run inside a tokio runtime; `on_event` is called from its threads.
    ///
    /// # Errors
    /// [`ClientError::Connect`] when the master does not listen (any more).
    pub(crate) async fn connect(
        address: &str,
        token: &str,
        worker: WorkerId,
        max_message: usize,
        on_event: impl Fn(ClientEvent) + Send + Sync + 'static,
    ) -> Result<Self, ClientError> {
        let stream = lived::timeout(CONNECT_DEADLINE, endpoint::connect(address))
            .await
            .map_err(|lived::Elapsed| ClientError::Connect(ErrorKind::TimedOut.into()))?
            .map_err(ClientError::Connect)?;
        let outbox = Outbox::new(max_message);
        outbox.send(&FromWorker::Hello { token, worker })?;
        debug!("connected to the primary process");
        let ended = Arc::new(Notify::new());
        let held = Arc::new(Held::default());
        let unbegun = Arc::new(Unbegun::default());
        let client = Self {
            outbox: outbox.clone(),
            ended: Arc::clone(&ended),
            max_message,
            held: Arc::clone(&held),
            unbegun: Arc::clone(&unbegun),
        };
        let on_event = move |event| {
            match event {
                ClientEvent::Leased { .. } => held.received_one(),
                ClientEvent::Recalled { .. } => held.recalled_one(),
                _ => {}
            }
            on_event(event);
        };
        // Ends with the connection: at the master's end, or when the outbox is closed.
        tokio::spawn(serve(stream, outbox, max_message, ended, unbegun, on_event));
        Ok(client)
    }

    /// Takes more.
    pub(crate) fn offer(&self, offer: Offer) {
        let _ = self.send(&FromWorker::Offer {
            slots: offer.slots,
            ahead: offer.ahead,
            of: offer.of,
            patience_ms: u32::try_from(offer.patience.as_millis()).unwrap_or(u32::MAX),
            published: offer.generation == Generation::Published,
        });
    }

    /// Begins a lease that came unbegun; false when the master has taken it back.
    pub(crate) fn begin(&self, lease: LeaseId) -> bool {
        self.unbegun.remove(lease)
    }

    /// Sends the answer, JSON text.
    ///
    /// # Errors
    /// [`WireError::TooLong`] above the limit; the lease is still open then.
    pub(crate) fn answer(&self, lease: LeaseId, response: &str) -> Result<(), ClientError> {
        let (size, limit) = (response.len(), self.max_message);
        // A frame has a little room beside its payload, which is none of the response's.
        if size > limit {
            return Err(WireError::TooLong { size, limit }.into());
        }
        self.held.ended_one();
        Ok(self.send(&FromWorker::Answer { lease, response })?)
    }

    /// Where requests come in numbers, so do the frames about them.
    fn send(&self, frame: &FromWorker<'_>) -> Result<(), WireError> {
        if self.held.is_single() {
            self.outbox.send_at_once(frame)
        } else {
            self.outbox.send(frame)
        }
    }

    /// Reports a handler's error, JSON text.
    ///
    /// # Errors
    /// [`WireError::TooLong`] above the limit; the lease is still open then.
    pub(crate) fn fail(&self, lease: LeaseId, error: &str) -> Result<(), ClientError> {
        self.held.ended_one();
        Ok(self.outbox.send(&FromWorker::Fail { lease, error })?)
    }

    /// Gives a lease back that was not started.
    pub(crate) fn give_back(&self, lease: LeaseId) {
        let _ = self.unbegun.remove(lease);
        self.held.ended_one();
        let _ = self.outbox.send(&FromWorker::GiveBack { lease });
    }

    /// Says that a lease's end was heard, and its slot is free.
    pub(crate) fn released(&self, lease: LeaseId) {
        let _ = self.unbegun.remove(lease);
        self.held.ended_one();
        let _ = self.outbox.send(&FromWorker::Released { lease });
    }

    /// This worker can take work from now on.
    pub(crate) fn ready(&self) {
        let _ = self.outbox.send(&FromWorker::Ready);
    }

    /// Which process this worker's PhantomJS is.
    pub(crate) fn phantom(&self, pid: u32) {
        let _ = self.outbox.send(&FromWorker::Phantom { pid });
    }

    /// This worker ends before long.
    pub(crate) fn retiring(&self, reason: &str) {
        let _ = self.outbox.send(&FromWorker::Retiring { reason });
    }

    /// Takes back all slots that were offered.
    pub(crate) fn withdraw(&self) {
        let _ = self.outbox.send(&FromWorker::Withdraw);
    }

    /// Tells the master what its user should hear of, JSON text.
    pub(crate) fn notice(&self, what: &str) {
        let _ = self.outbox.send(&FromWorker::Notice { what });
    }

    /// Tells the master why this worker cannot go on. A reason that is too long for a message is cut: without one the end
    /// would look like the worker's own choice.
    pub(crate) fn fault(&self, message: &str) {
        let mut end = message.len().min(LONGEST_FAULT);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        let message = &message[..end];
        let _ = self.outbox.send(&FromWorker::Fault { message });
    }

    /// Says goodbye and waits until the master has taken in all that was sent before, or is gone. With `stay` the master
    /// may keep this worker until another is ready. Leases beyond `started`, on their way here, go back unstarted.
    pub(crate) async fn close(&self, stay: bool, started: Vec<LeaseId>) {
        let ended = self.ended.notified();
        let _ = self.outbox.send(&FromWorker::Goodbye { stay, started });
        let _ = lived::timeout(FAREWELL_DEADLINE, ended).await;
        self.outbox.close();
    }
}

async fn serve(
    stream: Stream,
    outbox: Outbox,
    max_message: usize,
    ended: Arc<Notify>,
    unbegun: Arc<Unbegun>,
    on_event: impl Fn(ClientEvent) + Send + Sync,
) {
    let mut frames = FramedRead::new(&stream, wire::codec(max_message));
    let farewell = tokio::select! {
        farewell = read(&mut frames, &outbox, &unbegun, &on_event) => farewell,
        _ = outbox.write_to(&stream) => false,
    };
    debug!(farewell, "the connection to the primary process ended");
    // A permit is kept for a close() that begins to wait later.
    ended.notify_one();
    if !farewell {
        on_event(ClientEvent::Lost);
    }
}

/// Reads until the connection ends; true when the master said farewell.
async fn read<R: AsyncRead + Unpin>(
    frames: &mut FramedRead<R, LengthDelimitedCodec>,
    outbox: &Outbox,
    unbegun: &Unbegun,
    on_event: &impl Fn(ClientEvent),
) -> bool {
    while let Some(Ok(frame)) = frames.next().await {
        on_event(match wire::decode(&frame) {
            Ok(ToWorker::Lease {
                lease,
                item,
                attempt,
                timeout_ms,
                ahead,
                begun,
                request,
            }) => {
                if !begun {
                    unbegun.push(lease);
                }
                ClientEvent::Leased {
                    lease,
                    item,
                    attempt,
                    timeout_ms,
                    ahead,
                    begun,
                    request: request.to_owned(),
                }
            }
            // As with `Ping`, the event loop may be busy.
            Ok(ToWorker::Recall { leases }) => {
                for lease in leases {
                    if unbegun.remove(lease) {
                        let _ = outbox.send(&FromWorker::GiveBack { lease });
                        on_event(ClientEvent::Recalled { lease });
                    }
                }
                continue;
            }
            Ok(ToWorker::Expired { lease }) => ClientEvent::Expired { lease },
            Ok(ToWorker::Cancelled { lease }) => ClientEvent::Cancelled { lease },
            Ok(ToWorker::Retire) => ClientEvent::Retire,
            Ok(ToWorker::Halt) => ClientEvent::Halt,
            Ok(ToWorker::Farewell) => return true,
            // Answered here and not by JavaScript: a worker whose event loop is busy is not frozen.
            Ok(ToWorker::Ping) => {
                let _ = outbox.send(&FromWorker::Pong);
                continue;
            }
            Err(_) => return false,
        });
    }
    false
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
