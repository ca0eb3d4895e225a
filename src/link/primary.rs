//! The primary's side: who is connected, who is silent, and what each worker says of itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use parking_lot::Mutex;
use tokio::io::AsyncRead;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::authentication::{self, authenticate};
use super::conduct::{Conducts, Departure};
use super::heartbeat::watch;
use super::outbox::Outbox;
use super::wire::{self, FromWorker, QueueReport, ToWorker};
use crate::id::{LeaseId, WorkerId};
use crate::secret;

/// Pause after a failed accept (out of file descriptors, say), so that it cannot spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Settings of the link.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkOptions {
    /// Longest request or response, bytes of JSON.
    pub(crate) max_message: usize,
    /// Time from one heartbeat to the next.
    pub(crate) heartbeat: Duration,
}

/// What a worker says of itself, or shows by its silence.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum LinkEvent<'a> {
    /// It can take work.
    Ready,
    /// It ends before long.
    Retiring { reason: &'a str },
    /// It has nothing left to do, and has begun no leases but these. With `stay` it waits for a
    /// [`release`](PrimaryLink::release).
    Goodbye { stay: bool, started: &'a [LeaseId] },
    /// It cannot go on, and why.
    Fault { message: &'a str },
    /// What its user should hear of, JSON text.
    Notice { what: &'a str },
    /// It has missed too many heartbeats.
    Silent,
}

/// Who has a link, and is told what comes over it: by the task that reads a worker's connection, while no lock of the
/// link is held.
pub(crate) trait LinkOwner: Send + Sync + 'static {
    fn link(&self) -> &PrimaryLink;

    /// A worker is connected: `outbox` leads to it.
    fn joined(&self, worker: WorkerId, outbox: &Outbox);

    /// A worker says something of itself.
    fn heard(&self, worker: WorkerId, event: LinkEvent<'_>);

    /// A worker says something of requests. False when no worker of ours says that: the connection is ended.
    fn reported(&self, worker: WorkerId, report: QueueReport<'_>) -> bool;

    /// A worker's connection has ended. Until this returns no other connection of the same worker is let in.
    fn left(&self, worker: WorkerId, departure: &Departure);
}

/// The workers that are connected to one primary. It runs no task of its own: see [`accept`].
pub(crate) struct PrimaryLink {
    state: Mutex<State>,
    token: String,
    options: LinkOptions,
}

#[derive(Debug, Default)]
struct State {
    peers: HashMap<WorkerId, Peer>,
    /// Workers that are to retire and have not connected yet.
    retiring: HashSet<WorkerId>,
    conducts: Conducts,
}

#[derive(Debug)]
struct Peer {
    outbox: Outbox,
    is_ready: bool,
    browser: Option<u32>,
}

impl std::fmt::Debug for PrimaryLink {
    // Leaves the token out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrimaryLink")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl PrimaryLink {
    pub(crate) fn new(options: LinkOptions) -> Self {
        Self {
            state: Mutex::default(),
            token: secret::random(),
            options,
        }
    }

    /// What workers must show.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Lets a worker finish what it holds, and end: as soon as it is connected.
    pub(crate) fn retire(&self, worker: WorkerId) {
        let mut state = self.state.lock();
        if !state.tell(worker, &ToWorker::Retire) {
            let _ = state.retiring.insert(worker);
        }
    }

    /// Ends a worker at once; false when it is not connected.
    pub(crate) fn halt(&self, worker: WorkerId) -> bool {
        let mut state = self.state.lock();
        state.conducts.goodbye(worker);
        state.tell(worker, &ToWorker::Halt)
    }

    /// Lets a worker go that has said goodbye.
    pub(crate) fn release(&self, worker: WorkerId) {
        let _ = self.state.lock().tell(worker, &ToWorker::Farewell);
    }

    pub(crate) fn is_connected(&self, worker: WorkerId) -> bool {
        self.state.lock().peers.contains_key(&worker)
    }

    /// True for a connected worker that has said so.
    pub(crate) fn is_ready(&self, worker: WorkerId) -> bool {
        let state = self.state.lock();
        state.peers.get(&worker).is_some_and(|peer| peer.is_ready)
    }

    /// The process of a connected worker's browser, once it is known.
    pub(crate) fn browser_of(&self, worker: WorkerId) -> Option<u32> {
        self.state.lock().peers.get(&worker)?.browser
    }

    fn join(&self, worker: WorkerId, outbox: &Outbox) -> bool {
        let mut state = self.state.lock();
        if state.peers.contains_key(&worker) {
            warn!(worker, "a second connection of a worker was refused");
            return false;
        }
        debug!(worker, "worker connected");
        let peer = Peer {
            outbox: outbox.clone(),
            is_ready: false,
            browser: None,
        };
        let _ = state.peers.insert(worker, peer);
        if state.retiring.remove(&worker) {
            let _ = state.tell(worker, &ToWorker::Retire);
        }
        true
    }

    fn with_peer(&self, worker: WorkerId, change: impl FnOnce(&mut Peer)) {
        if let Some(peer) = self.state.lock().peers.get_mut(&worker) {
            change(peer);
        }
    }
}

impl State {
    /// False when the worker is not connected.
    fn tell(&self, worker: WorkerId, frame: &ToWorker<'_>) -> bool {
        let peer = self.peers.get(&worker);
        // None of these frames has a payload that may be too long.
        peer.is_some_and(|peer| peer.outbox.send(frame).is_ok())
    }
}

/// Lets workers in that connect to `listener`, each in a task that ends with `stop`.
pub(crate) async fn accept(
    owner: Arc<impl LinkOwner>,
    listener: Listener,
    stop: CancellationToken,
) {
    loop {
        match listener.accept().await {
            Ok(stream) => {
                let serving = serve(Arc::clone(&owner), stream);
                tokio::spawn(stop.clone().run_until_cancelled_owned(serving));
            }
            Err(error) => {
                warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// One connection, from its first frame to its end.
async fn serve<O: LinkOwner>(owner: Arc<O>, stream: Stream) {
    let link = owner.link();
    let mut frames = FramedRead::new(&stream, authentication::codec());
    let Some(worker) = authenticate(&link.token, &mut frames).await else {
        warn!("a peer that did not show the token was refused");
        return;
    };
    let LinkOptions {
        max_message,
        heartbeat,
    } = link.options;
    let outbox = Outbox::new(max_message);
    if !link.join(worker, &outbox) {
        return;
    }
    // Also when this task is dropped half-way, so that no lease stays with a connection that is gone.
    let _leaving = Leave {
        owner: &*owner,
        worker,
    };
    owner.joined(worker, &outbox);
    let mut frames = frames.map_decoder(|_| wire::codec(max_message));
    let heard = AtomicBool::new(true);
    tokio::select! {
        () = read(&*owner, worker, &mut frames, &heard) => {}
        _ = outbox.write_to(&stream) => {}
        never = watch(&outbox, heartbeat, &heard, || {
            warn!(worker, "worker frozen: it did not answer for too long");
            owner.heard(worker, LinkEvent::Silent);
        }) => never,
    }
}

struct Leave<'a, O: LinkOwner> {
    owner: &'a O,
    worker: WorkerId,
}

impl<O: LinkOwner> Drop for Leave<'_, O> {
    fn drop(&mut self) {
        let worker = self.worker;
        debug!(worker, "the connection of a worker ended");
        let link = self.owner.link();
        let departure = link.state.lock().conducts.departure(worker);
        self.owner.left(worker, &departure);
        let _ = link.state.lock().peers.remove(&worker);
    }
}

async fn read<O: LinkOwner, R: AsyncRead + Unpin>(
    owner: &O,
    worker: WorkerId,
    frames: &mut FramedRead<R, LengthDelimitedCodec>,
    heard: &AtomicBool,
) {
    while let Some(Ok(frame)) = frames.next().await {
        heard.store(true, Ordering::Relaxed);
        let taken = wire::decode(&frame).is_ok_and(|frame| take(owner, worker, frame));
        if !taken {
            warn!(
                worker,
                "worker cut off: it sent what no worker of ours sends"
            );
            return;
        }
    }
}

/// Takes one frame of a worker; false when it was its last.
fn take<O: LinkOwner>(owner: &O, worker: WorkerId, frame: FromWorker<'_>) -> bool {
    let link = owner.link();
    match frame {
        FromWorker::Queue(report) => return owner.reported(worker, report),
        FromWorker::Ready => {
            link.with_peer(worker, |peer| peer.is_ready = true);
            owner.heard(worker, LinkEvent::Ready);
        }
        FromWorker::Retiring { reason } => owner.heard(worker, LinkEvent::Retiring { reason }),
        FromWorker::Fault { message } => {
            link.state.lock().conducts.fault(worker, message);
            owner.heard(worker, LinkEvent::Fault { message });
        }
        FromWorker::Notice { what } => owner.heard(worker, LinkEvent::Notice { what }),
        FromWorker::Browser { pid } => link.with_peer(worker, |peer| peer.browser = Some(pid)),
        FromWorker::Goodbye { stay, started } => {
            link.state.lock().conducts.goodbye(worker);
            let started = &started;
            owner.heard(worker, LinkEvent::Goodbye { stay, started });
            if !stay {
                link.release(worker);
            }
        }
        // That it came is all there is to know.
        FromWorker::Pong => {}
        // A second greeting makes no sense; whoever sends it is not our client.
        FromWorker::Hello { .. } => return false,
    }
    true
}
