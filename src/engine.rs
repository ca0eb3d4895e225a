//! A primary: the supervisor of its workers, the link to them, and the queue, if it has one, wired together.
//!
//! What must be done in Node, or concerns the user, is an [`EngineEvent`]. Calls from Node give back those that they
//! cause; the others come from the engine's own tasks.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use interprocess::local_socket::tokio::Listener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::warn;

use crate::id::{LeaseId, WorkerId};
use crate::link::wire::QueueReport;
use crate::link::{
    Departure, Endpoint, LinkEvent, LinkOptions, LinkOwner, ListenError, Outbox, PrimaryLink,
    accept, sweep,
};
use crate::process::TreeLooks;
use crate::queue::{Queue, QueueEvent, QueueOptions, WorkerLoad};
use crate::store::{Journal, Record};
use crate::supervisor::{Circumstances, Command, PolicyOptions, PolicyStats, Supervisor};

/// What a worker says when it ends because it has served its iterations: as it should.
const ITERATIONS: &str = "iterations";

/// Settings of an engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EngineOptions {
    pub(crate) policy: PolicyOptions,
    pub(crate) link: LinkOptions,
}

/// What Node must do, or the user hear of.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum EngineEvent {
    Queue(QueueEvent),
    /// Fork one worker, and report it with [`Engine::forked`] or [`Engine::fork_failed`].
    Fork,
    /// Ask a worker to end that is not connected.
    Terminate {
        worker: WorkerId,
    },
    /// Kill a worker that did not end in time.
    Kill {
        worker: WorkerId,
    },
    /// Kill a worker that was not ready in time.
    Late {
        worker: WorkerId,
        connected: bool,
    },
    /// Kill a worker that does not react any more.
    Frozen {
        worker: WorkerId,
        to: Silence,
    },
    /// A worker ends before long.
    Retiring {
        worker: WorkerId,
        reason: String,
    },
    /// A worker says why it cannot go on.
    Fault {
        worker: WorkerId,
        message: String,
    },
    /// A worker says what its user should hear of, JSON text.
    Notice {
        worker: WorkerId,
        what: String,
    },
    /// Workers crash faster than it makes sense to restart them; none is restarted any more.
    CrashLoop,
    /// The last worker is gone after [`Engine::stop`].
    Stopped,
}

/// What a worker did not react to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Silence {
    /// The end of its lease.
    LeaseEnd,
    /// Heartbeats.
    Heartbeat,
}

/// One engine in its primary. Dropping it ends its tasks and removes its socket; the workers are its owner's to end
/// first.
#[derive(Debug)]
pub(crate) struct Engine {
    core: Arc<Core>,
    stop: CancellationToken,
    /// With what ends its tasks.
    endpoint: Option<(Endpoint, DropGuard)>,
    _stop_on_drop: DropGuard,
}

/// What the tasks of an engine share. Each part has a lock of its own, and none is held while another is called.
struct Core {
    supervisor: Supervisor,
    link: PrimaryLink,
    /// None in an engine whose workers get their work from elsewhere.
    queue: OnceLock<Queue>,
    /// Memory of the workers' browsers.
    memory: TreeLooks,
    on_event: Box<dyn Fn(EngineEvent) + Send + Sync>,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("supervisor", &self.supervisor)
            .field("link", &self.link)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Workers can connect after [`listen`](Self::listen). Must run inside a tokio runtime; `on_event` is called from
    /// its threads.
    pub(crate) fn new(
        options: EngineOptions,
        on_event: impl Fn(EngineEvent) + Send + Sync + 'static,
    ) -> Self {
        let core = Arc::new(Core {
            supervisor: Supervisor::new(options.policy),
            link: PrimaryLink::new(options.link),
            queue: OnceLock::new(),
            memory: TreeLooks::default(),
            on_event: Box::new(on_event),
        });
        let stop = CancellationToken::new();
        let supervising = Arc::clone(&core).supervise();
        tokio::spawn(stop.clone().run_until_cancelled_owned(supervising));
        Self {
            core,
            stop: stop.clone(),
            endpoint: None,
            _stop_on_drop: stop.drop_guard(),
        }
    }

    /// Gives this engine a queue, once and before [`listen`](Self::listen). Must run inside a tokio runtime.
    ///
    /// With a journal it begins with the requests that this has found.
    pub(crate) fn open_queue(
        &self,
        options: QueueOptions,
        journal: Option<(Arc<Journal>, Vec<Record>)>,
    ) {
        if self.core.queue.set(Queue::new(options, journal)).is_ok() {
            let minding = Arc::clone(&self.core).mind_the_queue();
            tokio::spawn(self.stop.clone().run_until_cancelled_owned(minding));
        }
    }

    /// Listens for workers, and says where: elsewhere than before when the socket was removed. Must run inside a tokio
    /// runtime.
    ///
    /// # Errors
    /// When the socket cannot be made.
    pub(crate) fn listen(&mut self) -> Result<&str, ListenError> {
        match &self.endpoint {
            Some((endpoint, _)) if endpoint.is_there() => {}
            Some((endpoint, _)) => {
                warn!(
                    address = endpoint.address(),
                    "the workers' socket was removed: it is made again"
                );
                self.listen_at(Endpoint::listen_again()?);
            }
            None => self.listen_at(Endpoint::listen()?),
        }
        Ok(self.address())
    }

    fn listen_at(&mut self, (endpoint, listener): (Endpoint, Listener)) {
        let closed = self.stop.child_token();
        if let Some(directory) = endpoint.directory() {
            let sweeping = sweep(directory.to_owned());
            tokio::spawn(closed.clone().run_until_cancelled_owned(sweeping));
        }
        let accepting = accept(Arc::clone(&self.core), listener, self.stop.clone());
        tokio::spawn(closed.clone().run_until_cancelled_owned(accepting));
        self.endpoint = Some((endpoint, closed.drop_guard()));
    }

    /// Where workers connect; "" before [`listen`](Self::listen).
    pub(crate) fn address(&self) -> &str {
        let endpoint = self.endpoint.as_ref();
        endpoint.map_or("", |(endpoint, _)| endpoint.address())
    }

    /// The private directory that lives as long as this listens; none on Windows, and before.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.endpoint.as_ref()?.0.directory()
    }

    /// What workers must show.
    pub(crate) fn token(&self) -> &str {
        self.core.link.token()
    }

    /// The queue, if this engine has one.
    pub(crate) fn queue(&self) -> Option<&Queue> {
        self.core.queue.get()
    }

    pub(crate) fn start(&self, workers: u32) -> Vec<EngineEvent> {
        self.core.carry_out(self.core.supervisor.start(workers))
    }

    pub(crate) fn add_worker(&self) -> Vec<EngineEvent> {
        self.core.carry_out(self.core.supervisor.add_worker())
    }

    /// Keeps another number of workers running.
    pub(crate) fn resize(&self, workers: u32) -> Vec<EngineEvent> {
        self.core.carry_out(self.core.supervisor.resize(workers))
    }

    /// How many workers are kept running.
    pub(crate) fn target(&self) -> u32 {
        self.core.supervisor.target()
    }

    /// Reports a fork that [`EngineEvent::Fork`] asked for.
    pub(crate) fn forked(&self, worker: WorkerId) -> Vec<EngineEvent> {
        let core = &self.core;
        let mut commands = core.supervisor.forked(worker);
        // Node may have been stopped in between.
        if core.link.is_ready(worker) {
            commands.extend(core.supervisor.ready(worker));
        }
        core.carry_out(commands)
    }

    /// Reports that such a fork failed.
    pub(crate) fn fork_failed(&self) -> Vec<EngineEvent> {
        self.core.carry_out(self.core.supervisor.fork_failed())
    }

    /// Reports that a worker ended; `clean`: with code 0.
    pub(crate) fn exited(&self, worker: WorkerId, clean: bool) -> Vec<EngineEvent> {
        let end = self.queue().map(|queue| queue.end_of(worker));
        let (at_work, answered) = end.unwrap_or_default();
        let at = Circumstances { at_work, answered };
        let supervisor = &self.core.supervisor;
        self.core.carry_out(supervisor.exited(worker, clean, at))
    }

    /// Ends all workers.
    pub(crate) fn stop(&self) -> Vec<EngineEvent> {
        self.core.carry_out(self.core.supervisor.stop())
    }

    /// True for a worker that was forked and has not been ready.
    pub(crate) fn is_starting(&self, worker: WorkerId) -> bool {
        self.core.supervisor.is_starting(worker)
    }

    pub(crate) fn is_connected(&self, worker: WorkerId) -> bool {
        self.core.link.is_connected(worker)
    }

    /// The workers that run, and how those before them fared.
    pub(crate) fn worker_stats(&self) -> PolicyStats {
        self.core.supervisor.stats()
    }

    /// What a worker holds and has done, and which process its browser is.
    pub(crate) fn load_of(&self, worker: WorkerId) -> (WorkerLoad, Option<u32>) {
        let load = self.queue().map(|queue| queue.load_of(worker));
        let browser = self.core.link.browser_of(worker);
        (load.unwrap_or_default(), browser)
    }

    /// Memory of browsers, bytes, at most 90 s old; none for those that are gone. Must run inside a tokio runtime.
    pub(crate) fn memory_of_browsers(&self, pids: &[u32]) -> Vec<Option<u64>> {
        self.core.memory.memory(pids)
    }
}

impl Core {
    async fn supervise(self: Arc<Self>) {
        let supervisor = &self.supervisor;
        supervisor.run(|commands| self.obey(commands)).await;
    }

    async fn mind_the_queue(self: Arc<Self>) {
        if let Some(queue) = self.queue.get() {
            let on_blocked = |worker| self.frozen(worker, Silence::LeaseEnd);
            queue.run(|event| self.on_queue(event), on_blocked).await;
        }
    }

    fn on_queue(&self, event: QueueEvent) {
        (self.on_event)(EngineEvent::Queue(event));
    }

    fn frozen(&self, worker: WorkerId, to: Silence) {
        // None when its process has ended already.
        if !self.supervisor.frozen(worker).is_empty() {
            (self.on_event)(EngineEvent::Frozen { worker, to });
        }
    }

    fn retiring(&self, worker: WorkerId, reason: &str) {
        self.obey(self.supervisor.retiring(worker, reason == ITERATIONS));
        let reason = reason.to_owned();
        (self.on_event)(EngineEvent::Retiring { worker, reason });
    }

    fn goodbye(&self, worker: WorkerId, stay: bool, started: &[LeaseId]) {
        if let Some(queue) = self.queue.get() {
            queue.goodbye(worker, started);
        }
        if stay {
            self.obey(self.supervisor.leaving(worker));
        }
    }

    fn retire(&self, worker: WorkerId) {
        if let Some(queue) = self.queue.get() {
            queue.withdraw(worker);
        }
        self.link.retire(worker);
    }

    /// Commands that no call of Node's has caused.
    fn obey(&self, commands: Vec<Command>) {
        self.carry_out(commands)
            .into_iter()
            .for_each(&self.on_event);
    }

    /// Does what can be done from here; the rest is Node's.
    fn carry_out(&self, commands: Vec<Command>) -> Vec<EngineEvent> {
        let commands = commands.into_iter();
        commands
            .filter_map(|command| self.do_one(command))
            .collect()
    }

    fn do_one(&self, command: Command) -> Option<EngineEvent> {
        match command {
            Command::Retire(worker) => self.retire(worker),
            Command::Release(worker) => self.link.release(worker),
            // One that is connected ends its browser first. One that is not has none, or will hear of it by a signal.
            Command::Terminate(worker) if self.link.halt(worker) => {}
            Command::Terminate(worker) => return Some(EngineEvent::Terminate { worker }),
            Command::Fork => return Some(EngineEvent::Fork),
            Command::Kill(worker) => return Some(EngineEvent::Kill { worker }),
            Command::KillLate(worker) => {
                let connected = self.link.is_connected(worker);
                return Some(EngineEvent::Late { worker, connected });
            }
            Command::CrashLoop => return Some(EngineEvent::CrashLoop),
            Command::Stopped => return Some(EngineEvent::Stopped),
        }
        None
    }
}

impl LinkOwner for Core {
    fn link(&self) -> &PrimaryLink {
        &self.link
    }

    fn joined(&self, worker: WorkerId, outbox: &Outbox) {
        if let Some(queue) = self.queue.get() {
            queue.joined(worker, outbox);
        }
    }

    fn heard(&self, worker: WorkerId, event: LinkEvent<'_>) {
        match event {
            LinkEvent::Ready => {
                self.obey(self.supervisor.ready(worker));
                if let Some(browser) = self.link.browser_of(worker) {
                    self.memory.appeared(browser);
                }
            }
            LinkEvent::Retiring { reason } => self.retiring(worker, reason),
            LinkEvent::Goodbye { stay, started } => self.goodbye(worker, stay, started),
            LinkEvent::Silent => self.frozen(worker, Silence::Heartbeat),
            LinkEvent::Fault { message } => {
                let message = message.to_owned();
                (self.on_event)(EngineEvent::Fault { worker, message });
            }
            LinkEvent::Notice { what } => {
                let what = what.to_owned();
                (self.on_event)(EngineEvent::Notice { worker, what });
            }
        }
    }

    fn reported(&self, worker: WorkerId, report: QueueReport<'_>) -> bool {
        let Some(queue) = self.queue.get() else {
            return true;
        };
        queue.reported(worker, report, |event| self.on_queue(event))
    }

    fn left(&self, worker: WorkerId, departure: &Departure) {
        if let Some(queue) = self.queue.get() {
            queue.left(worker, departure, |event| self.on_queue(event));
        }
    }
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod life_tests;
#[cfg(test)]
mod tests;
