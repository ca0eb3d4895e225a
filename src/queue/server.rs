//! The master's end: takes requests in, hands them to workers, brings answers back.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use interprocess::local_socket::tokio::{Listener, Stream, prelude::*};
use parking_lot::Mutex;
use tokio::io::AsyncRead;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, warn};

use super::backlog::{
    Assignment, Backlog, BacklogOptions, BacklogStats, Ended, Expiry, Failure, Fate, Generation,
    Held, ItemOptions, Loss, Offer, Recall, TimeoutOutcome, WorkerLoad,
};
use super::conduct::{Conducts, Departure};
use super::endpoint::{self, Endpoint};
use super::greeting::{greet, greeting_codec};
use super::hearing::Hearing;
use super::heartbeat::watch;
use super::outbox::Outbox;
use super::server_event::{ServerError, ServerEvent, Silence};
use super::tally::Outcome;
use super::wire::{self, FromWorker, ToWorker};
use crate::deadlines;
use crate::id::{ItemId, LeaseId, WorkerId};
use crate::lived::Lived;
use crate::secret;

/// More slots than any worker has (option `workerParallelism`). Each takes room in the list of idle workers.
const MAX_SLOTS: u32 = 1024;
/// So many leases fit in one frame, however low the limit of messages is.
const RECALLED_AT_ONCE: usize = 64;
/// More than there can be workers: of those that were lost before nobody asks any more.
const MAX_LOST: usize = 2048;
/// Pause after a failed accept (out of file descriptors, say), so that it cannot spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Settings of the master's end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerOptions {
    pub(crate) backlog: BacklogOptions,
    /// Longest request or response, bytes of JSON.
    pub(crate) max_message: usize,
    /// Time from one heartbeat to the next.
    pub(crate) heartbeat: Duration,
}

/// The queue of one engine. Dropping it ends its tasks and removes its socket.
#[derive(Debug)]
pub(crate) struct QueueServer {
    shared: Arc<Shared>,
    stop: CancellationToken,
    /// With what ends its tasks.
    endpoint: Option<(Endpoint, DropGuard)>,
    _stop_on_drop: DropGuard,
}

struct Shared {
    state: Mutex<State>,
    /// Rung when a lease became the nearest to end.
    timer: Notify,
    token: String,
    max_message: usize,
    heartbeat: Duration,
    on_event: Box<dyn Fn(ServerEvent) + Send + Sync>,
}

impl std::fmt::Debug for Shared {
    // Leaves the token out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct State {
    backlog: Backlog,
    peers: HashMap<WorkerId, Outbox>,
    /// Workers that are to retire and have not connected yet.
    retiring: HashSet<WorkerId>,
    /// The processes of the connected workers' PhantomJS.
    phantoms: HashMap<WorkerId, u32>,
    hearing: Hearing,
    clock: Lived,
    /// The last workers whose connections ended while they were at work.
    lost_at_work: VecDeque<WorkerId>,
    conducts: Conducts,
}

impl QueueServer {
    /// Takes requests from now on, and workers after [`listen`](Self::listen). Must run inside a tokio runtime;
    /// `on_event` is called from its threads.
    pub(crate) fn new(
        options: ServerOptions,
        on_event: impl Fn(ServerEvent) + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                backlog: Backlog::new(options.backlog),
                peers: HashMap::new(),
                retiring: HashSet::new(),
                phantoms: HashMap::new(),
                hearing: Hearing::new(),
                clock: Lived::new(),
                lost_at_work: VecDeque::new(),
                conducts: Conducts::default(),
            }),
            timer: Notify::new(),
            token: secret::random(),
            max_message: options.max_message,
            heartbeat: options.heartbeat,
            on_event: Box::new(on_event),
        });
        let stop = CancellationToken::new();
        let expiring = expire(Arc::clone(&shared));
        tokio::spawn(stop.clone().run_until_cancelled_owned(expiring));
        Self {
            shared,
            stop: stop.clone(),
            endpoint: None,
            _stop_on_drop: stop.drop_guard(),
        }
    }

    /// Listens for workers, and says where: elsewhere than before when the socket was removed. Must run inside a tokio
    /// runtime.
    ///
    /// # Errors
    /// [`ServerError::Listen`] when the socket cannot be made.
    pub(crate) fn listen(&mut self) -> Result<&str, ServerError> {
        let (endpoint, listener) = match &self.endpoint {
            Some((endpoint, _)) if endpoint.is_there() => return Ok(self.address()),
            Some((endpoint, _)) => {
                warn!(
                    address = endpoint.address(),
                    "the workers' socket was removed: it is made again"
                );
                Endpoint::listen_again()?
            }
            None => Endpoint::listen()?,
        };
        let closed = self.stop.child_token();
        if let Some(directory) = endpoint.directory() {
            let sweeping = endpoint::sweep(directory.to_owned());
            tokio::spawn(closed.clone().run_until_cancelled_owned(sweeping));
        }
        let accepting = accept(Arc::clone(&self.shared), listener, self.stop.clone());
        tokio::spawn(closed.clone().run_until_cancelled_owned(accepting));
        self.endpoint = Some((endpoint, closed.drop_guard()));
        Ok(self.address())
    }

    fn address(&self) -> &str {
        self.endpoint
            .as_ref()
            .map_or("", |(endpoint, _)| endpoint.address())
    }

    /// The private directory that lives as long as this listens; none on Windows, and before.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.endpoint.as_ref()?.0.directory()
    }

    /// What workers must show.
    pub(crate) fn token(&self) -> &str {
        &self.shared.token
    }

    /// Enqueues a request given as JSON text.
    ///
    /// # Errors
    /// [`ServerError::RequestTooLong`] above the limit.
    pub(crate) fn enqueue(
        &self,
        id: ItemId,
        request: String,
        options: ItemOptions,
    ) -> Result<(), ServerError> {
        let limit = self.shared.max_message;
        if request.len() > limit {
            return Err(ServerError::RequestTooLong {
                size: request.len(),
                limit,
            });
        }
        let mut state = self.shared.state.lock();
        let now = state.clock.now();
        state.backlog.enqueue(id, request.into(), options, now);
        self.shared.hand_over(&mut state);
        Ok(())
    }

    /// Settles an item after [`ServerEvent::Expired`].
    pub(crate) fn decide(&self, item: ItemId, outcome: TimeoutOutcome) -> Option<Fate> {
        let mut state = self.shared.state.lock();
        let fate = state.backlog.decide(item, outcome);
        self.shared.hand_over(&mut state);
        fate
    }

    /// Ends an item from outside; false when there is no such item (any more).
    pub(crate) fn cancel(&self, item: ItemId, outcome: Outcome) -> bool {
        let mut state = self.shared.state.lock();
        let Some(held) = state.backlog.cancel(item, outcome) else {
            return false;
        };
        match held {
            Some(Held {
                worker,
                lease,
                begun: true,
            }) => {
                state.tell(worker, &ToWorker::Cancelled { lease });
                let now = state.clock.now();
                if state.hearing.expect(worker, lease, now) {
                    self.shared.timer.notify_one();
                }
            }
            Some(Held { worker, lease, .. }) => state.recall(worker, vec![lease]),
            None => {}
        }
        true
    }

    pub(crate) fn set_paused(&self, paused: bool) {
        let mut state = self.shared.state.lock();
        state.backlog.set_paused(paused);
        self.shared.hand_over(&mut state);
    }

    /// Lets a worker finish what it holds, and end.
    pub(crate) fn retire(&self, worker: WorkerId) {
        let mut state = self.shared.state.lock();
        state.backlog.withdraw(worker);
        if state.peers.contains_key(&worker) {
            state.tell(worker, &ToWorker::Retire);
        } else {
            let _ = state.retiring.insert(worker);
        }
    }

    /// Ends a worker at once; false when it is not connected.
    pub(crate) fn halt(&self, worker: WorkerId) -> bool {
        let mut state = self.shared.state.lock();
        state.conducts.goodbye(worker);
        state.tell(worker, &ToWorker::Halt);
        state.peers.contains_key(&worker)
    }

    /// Lets a worker go that has said goodbye.
    pub(crate) fn release(&self, worker: WorkerId) {
        self.shared.state.lock().tell(worker, &ToWorker::Farewell);
    }

    /// What the queue holds and has seen.
    pub(crate) fn stats(&self) -> BacklogStats {
        self.shared.state.lock().backlog.stats()
    }

    /// What a worker holds and has done, and which process its PhantomJS is.
    pub(crate) fn load_of(&self, worker: WorkerId) -> (WorkerLoad, Option<u32>) {
        let state = self.shared.state.lock();
        let phantom = state.phantoms.get(&worker).copied();
        (state.backlog.load_of(worker), phantom)
    }

    pub(crate) fn is_connected(&self, worker: WorkerId) -> bool {
        self.shared.state.lock().peers.contains_key(&worker)
    }

    /// Whether a worker that is gone was at work, and how many requests workers have answered so far.
    pub(crate) fn end_of(&self, worker: WorkerId) -> (bool, u64) {
        let state = self.shared.state.lock();
        // Its process may be seen to end before its connection.
        let at_work = state.lost_at_work.contains(&worker) || state.backlog.load_of(worker).at_work;
        (at_work, state.backlog.stats().run.count)
    }

    /// How many items wait.
    pub(crate) fn waiting_len(&self) -> usize {
        self.shared.state.lock().backlog.waiting_len()
    }

    /// The items that wait, oldest first.
    pub(crate) fn waiting_ids(&self) -> Vec<ItemId> {
        self.shared.state.lock().backlog.waiting_ids().collect()
    }

    /// True while a worker has the item.
    pub(crate) fn is_leased(&self, item: ItemId) -> bool {
        self.shared.state.lock().backlog.is_leased(item)
    }

    /// How often an item was handed over; none when it is over.
    pub(crate) fn attempts(&self, item: ItemId) -> Option<u32> {
        self.shared.state.lock().backlog.attempts(item)
    }

    /// The workers waiting for work, one entry per free slot.
    pub(crate) fn idle_workers(&self) -> Vec<WorkerId> {
        self.shared.state.lock().backlog.idle_workers().collect()
    }
}

impl State {
    fn recall(&self, worker: WorkerId, mut leases: Vec<LeaseId>) {
        while !leases.is_empty() {
            let rest = leases.split_off(leases.len().min(RECALLED_AT_ONCE));
            self.tell(worker, &ToWorker::Recall { leases });
            leases = rest;
        }
    }

    fn wake_at(&mut self) -> Option<Instant> {
        let leases = self.backlog.next_deadline().into_iter();
        let due = leases.chain(self.hearing.next()).min();
        self.clock.wake_at(due)
    }

    fn tell(&self, worker: WorkerId, frame: &ToWorker<'_>) {
        if let Some(outbox) = self.peers.get(&worker) {
            // Only a lease carries a payload that may be too long.
            let _ = outbox.send(frame);
        }
    }
}

impl Shared {
    /// Hands over all that items and free slots allow.
    fn hand_over(&self, state: &mut State) {
        // Reading the clock is a good part of what an enqueued item costs.
        if state.backlog.can_assign() {
            self.assign_all(state);
        }
        if state.backlog.take_nearer() {
            self.timer.notify_one();
        }
    }

    fn assign_all(&self, state: &mut State) {
        let now = state.clock.now();
        while let Some(Assignment {
            worker,
            lease,
            item,
            attempt,
            timeout,
            ahead,
            begun,
            payload,
        }) = state.backlog.assign(now)
        {
            let Some(outbox) = state.peers.get(&worker) else {
                continue;
            };
            let frame = ToWorker::Lease {
                lease,
                item,
                attempt,
                timeout_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
                ahead,
                begun,
                request: &payload,
            };
            // Its size was checked when it was enqueued.
            let _ = if ahead || state.backlog.has_waiting() {
                outbox.send(&frame)
            } else {
                outbox.send_at_once(&frame)
            };
        }
    }

    /// What has come to its end by now, one thing at a time.
    fn next_due(&self) -> Option<ServerEvent> {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        let now = state.clock.now();
        if let Some(Expiry {
            item,
            lease,
            worker,
        }) = state.backlog.expire(now)
        {
            state.tell(worker, &ToWorker::Expired { lease });
            let _ = state.hearing.expect(worker, lease, now);
            return Some(ServerEvent::Expired { item });
        }
        while let Some(Recall { worker, leases }) = state.backlog.recall(now) {
            state.recall(worker, leases);
            self.hand_over(state);
        }
        while let Some(worker) = state.hearing.pop_due(&mut state.clock) {
            if state.peers.contains_key(&worker) {
                state.conducts.blocked(worker);
                warn!(
                    worker,
                    "worker frozen: it took no note of the end of a lease"
                );
                let to = Silence::LeaseEnd;
                return Some(ServerEvent::Frozen { worker, to });
            }
        }
        None
    }

    fn join(&self, worker: WorkerId, outbox: &Outbox) -> bool {
        let mut state = self.state.lock();
        if state.peers.contains_key(&worker) {
            warn!(worker, "a second connection of a worker was refused");
            return false;
        }
        debug!(worker, "worker connected");
        let _ = state.peers.insert(worker, outbox.clone());
        if state.retiring.remove(&worker) {
            state.tell(worker, &ToWorker::Retire);
        }
        true
    }

    fn leave(&self, worker: WorkerId) {
        let mut state = self.state.lock();
        debug!(worker, "the connection of a worker ended");
        let _ = state.phantoms.remove(&worker);
        let _ = state.peers.remove(&worker);
        if state.backlog.load_of(worker).at_work {
            state.lost_at_work.push_back(worker);
            if state.lost_at_work.len() > MAX_LOST {
                let _ = state.lost_at_work.pop_front();
            }
        }
        let Departure { is_crash, fault } = state.conducts.departure(worker);
        let losses = state.backlog.remove_worker(worker, is_crash);
        self.hand_over(&mut state);
        drop(state);
        for Loss { item, fate } in losses {
            if is_crash {
                let fault = fault.clone();
                (self.on_event)(ServerEvent::Crashed {
                    item,
                    worker,
                    fault,
                });
            }
            let over = |attempts| Ended { item, attempts };
            match fate {
                Fate::Exhausted(attempts) => {
                    let ended = over(attempts);
                    (self.on_event)(ServerEvent::Exhausted { ended });
                }
                Fate::Doomed(attempts) => {
                    let ended = over(attempts);
                    (self.on_event)(ServerEvent::Doomed { ended });
                }
                Fate::Requeued | Fate::Dropped => {}
            }
        }
        (self.on_event)(ServerEvent::Left { worker });
    }

    /// Takes one frame of a worker; false when it was its last.
    fn take(&self, worker: WorkerId, frame: FromWorker<'_>) -> bool {
        match frame {
            FromWorker::Offer {
                slots, ahead, of, ..
            } if slots.max(ahead).max(of) > MAX_SLOTS => return false,
            FromWorker::Offer {
                slots,
                ahead,
                of,
                patience_ms,
                published,
            } => {
                let generation = if published {
                    Generation::Published
                } else {
                    Generation::Documented
                };
                let offer = Offer {
                    generation,
                    slots,
                    ahead,
                    of,
                    patience: Duration::from_millis(patience_ms.into()),
                };
                let mut state = self.state.lock();
                state.backlog.offer(worker, offer);
                self.hand_over(&mut state);
            }
            FromWorker::Answer { lease, response } => {
                let mut state = self.state.lock();
                let now = state.clock.now();
                let settled = state.backlog.settle(worker, lease, now);
                self.hand_over(&mut state);
                drop(state);
                if let Some(ended) = settled {
                    let response = response.to_owned();
                    (self.on_event)(ServerEvent::Answered { ended, response });
                }
            }
            FromWorker::Fail { lease, error } => {
                let mut state = self.state.lock();
                let now = state.clock.now();
                let failure = state.backlog.fail(worker, lease, now);
                self.hand_over(&mut state);
                drop(state);
                if let Failure::Failed(ended) = failure {
                    let error = error.to_owned();
                    (self.on_event)(ServerEvent::Failed { ended, error });
                }
            }
            FromWorker::GiveBack { lease } => {
                let mut state = self.state.lock();
                let now = state.clock.now();
                state.backlog.give_back(worker, lease, now);
                self.hand_over(&mut state);
            }
            FromWorker::Fault { message } => {
                self.state.lock().conducts.fault(worker, message);
                let message = message.to_owned();
                (self.on_event)(ServerEvent::Fault { worker, message });
            }
            FromWorker::Notice { what } => {
                let what = what.to_owned();
                (self.on_event)(ServerEvent::Notice { worker, what });
            }
            FromWorker::Released { lease } => {
                let mut state = self.state.lock();
                state.hearing.heard(worker, lease);
                let now = state.clock.now();
                state.backlog.released(worker, lease, now);
                self.hand_over(&mut state);
            }
            FromWorker::Phantom { pid } => {
                let _ = self.state.lock().phantoms.insert(worker, pid);
            }
            FromWorker::Ready => (self.on_event)(ServerEvent::Ready { worker }),
            FromWorker::Retiring { reason } => {
                let reason = reason.to_owned();
                (self.on_event)(ServerEvent::Retiring { worker, reason });
            }
            FromWorker::Withdraw => self.state.lock().backlog.withdraw(worker),
            FromWorker::Goodbye { stay, started } => {
                let mut state = self.state.lock();
                state.conducts.goodbye(worker);
                state.backlog.withdraw(worker);
                state.backlog.give_back_unstarted(worker, &started);
                self.hand_over(&mut state);
                if !stay {
                    state.tell(worker, &ToWorker::Farewell);
                }
                drop(state);
                if stay {
                    (self.on_event)(ServerEvent::Leaving { worker });
                }
            }
            // That it came is all there is to know.
            FromWorker::Pong => {}
            // A second greeting makes no sense; whoever sends it is not our client.
            FromWorker::Hello { .. } => return false,
        }
        true
    }
}

/// Ends leases at their deadlines.
async fn expire(shared: Arc<Shared>) {
    let end_due = || {
        while let Some(event) = shared.next_due() {
            (shared.on_event)(event);
        }
    };
    deadlines::keep(&shared.timer, || shared.state.lock().wake_at(), end_due).await
}

async fn accept(shared: Arc<Shared>, listener: Listener, stop: CancellationToken) {
    loop {
        match listener.accept().await {
            Ok(stream) => {
                let serving = serve(Arc::clone(&shared), stream);
                tokio::spawn(stop.clone().run_until_cancelled_owned(serving));
            }
            Err(error) => {
                warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// One connection, from its greeting to its end.
async fn serve(shared: Arc<Shared>, stream: Stream) {
    let mut frames = FramedRead::new(&stream, greeting_codec());
    let Some(worker) = greet(&shared.token, &mut frames).await else {
        warn!("a peer that did not show the token was refused");
        return;
    };
    let outbox = Outbox::new(shared.max_message);
    if !shared.join(worker, &outbox) {
        return;
    }
    // Leaves also when this task is dropped half-way, so that no lease stays with a connection that is gone.
    let leaving = Leave {
        shared: &shared,
        worker,
    };
    (shared.on_event)(ServerEvent::Joined { worker });
    let mut frames = frames.map_decoder(|_| wire::codec(shared.max_message));
    let heard = AtomicBool::new(true);
    tokio::select! {
        () = read(&shared, worker, &mut frames, &heard) => {}
        _ = outbox.write_to(&stream) => {}
        never = watch(&outbox, shared.heartbeat, &heard, || {
            warn!(worker, "worker frozen: it did not answer for too long");
            let to = Silence::Heartbeat;
            (shared.on_event)(ServerEvent::Frozen { worker, to });
        }) => never,
    }
    drop(leaving);
}

struct Leave<'a> {
    shared: &'a Shared,
    worker: WorkerId,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.shared.leave(self.worker);
    }
}

async fn read<R: AsyncRead + Unpin>(
    shared: &Shared,
    worker: WorkerId,
    frames: &mut FramedRead<R, LengthDelimitedCodec>,
    heard: &AtomicBool,
) {
    while let Some(Ok(frame)) = frames.next().await {
        heard.store(true, Ordering::Relaxed);
        let taken = wire::decode(&frame).is_ok_and(|frame| shared.take(worker, frame));
        if !taken {
            warn!(
                worker,
                "worker cut off: it sent what no worker of ours sends"
            );
            return;
        }
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "hostile_tests.rs"]
mod hostile_tests;
