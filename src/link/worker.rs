//! A worker's side: its connection to the primary, and what it says of itself.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use interprocess::local_socket::tokio::Stream;
use tokio::io::AsyncRead;
use tokio::sync::Notify;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};
use tracing::debug;

use super::endpoint;
use super::outbox::Outbox;
use super::wire::{self, FromWorker, QueueOrder, ToWorker, WireError};
use crate::id::{LeaseId, WorkerId};
use crate::lived;

/// How long a worker waits for the primary to take in its last answers.
const FAREWELL_DEADLINE: Duration = Duration::from_secs(5);
/// The longest reason of a fault, bytes: any limit of messages lets it through.
const LONGEST_FAULT: usize = 1024;
/// How long the first contact may take.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// What a worker is told, apart from requests.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WorkerEvent {
    /// Finish what you hold, and end.
    Retire,
    /// End at once.
    Halt,
    /// The primary is gone.
    Lost,
}

/// Who is told what comes from the primary, by the task that reads the connection.
pub(crate) trait WorkerOwner: Send + Sync + 'static {
    fn told(&self, event: WorkerEvent);

    /// The primary says something of requests; an answer to it goes into `outbox`.
    fn ordered(&self, order: QueueOrder<'_>, outbox: &Outbox);
}

/// Why a worker has no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ConnectError {
    #[error("cannot reach the primary's queue: {0}")]
    Unreachable(#[source] std::io::Error),
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// The connection of one worker.
#[derive(Debug)]
pub(crate) struct WorkerLink {
    outbox: Outbox,
    ended: Arc<Notify>,
}

impl WorkerLink {
    /// Connects and shows the token. Must run inside a tokio runtime.
    ///
    /// # Errors
    /// [`ConnectError::Unreachable`] when the primary does not listen (any more).
    pub(crate) async fn connect(
        address: &str,
        token: &str,
        worker: WorkerId,
        max_message: usize,
        owner: impl WorkerOwner,
    ) -> Result<Self, ConnectError> {
        let stream = lived::timeout(CONNECT_DEADLINE, endpoint::connect(address))
            .await
            .map_err(|lived::Elapsed| ConnectError::Unreachable(ErrorKind::TimedOut.into()))?
            .map_err(ConnectError::Unreachable)?;
        let outbox = Outbox::new(max_message);
        outbox.send(&FromWorker::Hello { token, worker })?;
        debug!("connected to the primary process");
        let ended = Arc::new(Notify::new());
        let link = Self {
            outbox: outbox.clone(),
            ended: Arc::clone(&ended),
        };
        // Ends with the connection: at the primary's end, or when the outbox is closed.
        tokio::spawn(serve(stream, outbox, max_message, ended, owner));
        Ok(link)
    }

    /// Where frames about requests are put.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// This worker can take work from now on.
    pub(crate) fn ready(&self) {
        self.say(&FromWorker::Ready);
    }

    /// Which process this worker's browser is.
    pub(crate) fn browser(&self, pid: u32) {
        self.say(&FromWorker::Browser { pid });
    }

    /// This worker ends before long.
    pub(crate) fn retiring(&self, reason: &str) {
        self.say(&FromWorker::Retiring { reason });
    }

    /// Tells the primary what its user should hear of, JSON text.
    pub(crate) fn notice(&self, what: &str) {
        self.say(&FromWorker::Notice { what });
    }

    /// Tells the primary why this worker cannot go on. A reason that is too long for a message is cut: without one the
    /// end would look like the worker's own choice.
    pub(crate) fn fault(&self, message: &str) {
        let mut end = message.len().min(LONGEST_FAULT);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        let message = &message[..end];
        self.say(&FromWorker::Fault { message });
    }

    /// Says goodbye and waits until the primary has taken in all that was sent before, or is gone. With `stay` the
    /// primary may keep this worker until another is ready. Leases beyond `started`, on their way here, go back.
    pub(crate) async fn close(&self, stay: bool, started: Vec<LeaseId>) {
        let ended = self.ended.notified();
        self.say(&FromWorker::Goodbye { stay, started });
        let _ = lived::timeout(FAREWELL_DEADLINE, ended).await;
        self.outbox.close();
    }

    /// A frame that is too long is not sent.
    fn say(&self, frame: &FromWorker<'_>) {
        let _ = self.outbox.send(frame);
    }
}

async fn serve(
    stream: Stream,
    outbox: Outbox,
    max_message: usize,
    ended: Arc<Notify>,
    owner: impl WorkerOwner,
) {
    let mut frames = FramedRead::new(&stream, wire::codec(max_message));
    let farewell = tokio::select! {
        farewell = read(&mut frames, &outbox, &owner) => farewell,
        _ = outbox.write_to(&stream) => false,
    };
    debug!(farewell, "the connection to the primary process ended");
    // A permit is kept for a close() that begins to wait later.
    ended.notify_one();
    if !farewell {
        owner.told(WorkerEvent::Lost);
    }
}

/// Reads until the connection ends; true when the primary said farewell.
async fn read<R: AsyncRead + Unpin>(
    frames: &mut FramedRead<R, LengthDelimitedCodec>,
    outbox: &Outbox,
    owner: &impl WorkerOwner,
) -> bool {
    while let Some(Ok(frame)) = frames.next().await {
        match wire::decode(&frame) {
            Ok(ToWorker::Queue(order)) => owner.ordered(order, outbox),
            Ok(ToWorker::Retire) => owner.told(WorkerEvent::Retire),
            Ok(ToWorker::Halt) => owner.told(WorkerEvent::Halt),
            Ok(ToWorker::Farewell) => return true,
            // Answered here and not by JavaScript: a worker whose event loop is busy is not frozen.
            Ok(ToWorker::Ping) => {
                let _ = outbox.send(&FromWorker::Pong);
            }
            Err(_) => return false,
        }
    }
    false
}
