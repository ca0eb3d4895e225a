//! The master's native half.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use napi::bindgen_prelude::{Function, within_runtime_if_available};
use napi::{Error, Result};
use napi_derive::napi;

use super::error::coded;
use super::number::{from_js, ms, to_js};
use super::sink::EventSink;
use super::stats::{NativeQueueStats, NativeSupervisorStats};
use crate::browser::phantom::share_file_types;
use crate::process::resident_memory;
use crate::queue::{
    BacklogOptions, Ended, Fate, ItemOptions, Outcome, QueueServer, ServerEvent, ServerOptions,
    Silence, TimeoutOutcome,
};
use crate::supervisor::{Circumstances, Command, PolicyOptions, RestartOptions, Supervisor};

/// A frozen worker that holds nothing is noticed after four of them at most.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// What [`NativeEvent`] is about.
#[napi]
#[derive(Debug)]
pub enum ServerEventKind {
    Answered,
    Failed,
    Expired,
    Exhausted,
    Crashed,
    Doomed,
    Joined,
    Left,
    Fault,
    Notice,
    Ready,
    Retiring,
    Leaving,
    Frozen,
    Fork,
    Terminate,
    Retire,
    Release,
    Kill,
    KillLate,
    CrashLoop,
    Stopped,
}

/// How an item was ended from outside.
#[napi]
#[derive(Debug)]
pub enum EndKind {
    Completed,
    Failed,
    Cancelled,
}

/// Kind, item or worker, a JSON or plain text where the kind has one, and the attempts of an item that is over, or the
/// worker that `Crashed`.
#[napi(array)]
#[derive(Debug)]
pub struct NativeEvent(pub ServerEventKind, pub i64, pub Option<String>, pub u32);

impl NativeEvent {
    fn over(kind: ServerEventKind, ended: Ended, text: Option<String>) -> Self {
        Self(kind, to_js(ended.item), text, ended.attempts)
    }
}

/// Settings, all resolved: times in ms, sizes in bytes.
#[napi(object)]
#[derive(Debug)]
pub struct NativeServerOptions {
    pub requeue: Option<bool>,
    pub retry_errors: u32,
    pub max_message: f64,
    pub min_delay: f64,
    pub max_delay: f64,
    pub max_restarts: u32,
    pub window: f64,
    pub start_timeout: f64,
    pub stop_timeout: f64,
}

/// What workers need to reach the master.
#[napi(object)]
#[derive(Debug)]
pub struct NativeContact {
    pub address: String,
    pub token: String,
    /// A directory for their PhantomJS, where that is of use.
    pub file_types: Option<String>,
}

/// Supervisor and queue of one engine.
#[napi]
#[derive(Debug)]
pub struct NativeServer {
    supervisor: Option<Supervisor>,
    queue: Option<QueueServer>,
}

impl From<ServerEvent> for NativeEvent {
    fn from(event: ServerEvent) -> Self {
        use ServerEventKind as Kind;
        match event {
            ServerEvent::Answered { ended, response } => {
                Self::over(Kind::Answered, ended, Some(response))
            }
            ServerEvent::Failed { ended, error } => Self::over(Kind::Failed, ended, Some(error)),
            ServerEvent::Exhausted { ended } => Self::over(Kind::Exhausted, ended, None),
            ServerEvent::Doomed { ended } => Self::over(Kind::Doomed, ended, None),
            ServerEvent::Crashed {
                item,
                worker,
                fault,
            } => Self(Kind::Crashed, to_js(item), fault, worker),
            ServerEvent::Expired { item } => Self(Kind::Expired, to_js(item), None, 0),
            ServerEvent::Joined { worker } => Self(Kind::Joined, worker.into(), None, 0),
            ServerEvent::Left { worker } => Self(Kind::Left, worker.into(), None, 0),
            ServerEvent::Fault { worker, message } => {
                Self(Kind::Fault, worker.into(), Some(message), 0)
            }
            ServerEvent::Notice { worker, what } => {
                Self(Kind::Notice, worker.into(), Some(what), 0)
            }
            ServerEvent::Ready { worker } => Self(Kind::Ready, worker.into(), None, 0),
            ServerEvent::Retiring { worker, reason } => {
                Self(Kind::Retiring, worker.into(), Some(reason), 0)
            }
            ServerEvent::Leaving { worker } => Self(Kind::Leaving, worker.into(), None, 0),
            ServerEvent::Frozen { worker, to } => {
                let what = match to {
                    Silence::LeaseEnd => "the end of a lease",
                    Silence::Heartbeat => "heartbeats",
                };
                Self(Kind::Frozen, worker.into(), Some(what.to_owned()), 0)
            }
        }
    }
}

impl From<Command> for NativeEvent {
    fn from(command: Command) -> Self {
        use ServerEventKind as Kind;
        match command {
            Command::Fork => Self(Kind::Fork, 0, None, 0),
            Command::Terminate(worker) => Self(Kind::Terminate, worker.into(), None, 0),
            Command::Retire(worker) => Self(Kind::Retire, worker.into(), None, 0),
            Command::Release(worker) => Self(Kind::Release, worker.into(), None, 0),
            Command::Kill(worker) => Self(Kind::Kill, worker.into(), None, 0),
            Command::KillLate(worker) => Self(Kind::KillLate, worker.into(), None, 0),
            Command::CrashLoop => Self(Kind::CrashLoop, 0, None, 0),
            Command::Stopped => Self(Kind::Stopped, 0, None, 0),
        }
    }
}

fn events(commands: Vec<Command>) -> Vec<NativeEvent> {
    commands.into_iter().map(NativeEvent::from).collect()
}

fn stopped() -> Error {
    coded("ERR_ENGINE_STOPPED", "the engine was stopped")
}

#[napi]
impl NativeServer {
    /// `onEvents` gets arrays of events; calls that return events want them handled the same way.
    #[napi(constructor)]
    pub fn new(
        options: NativeServerOptions,
        on_events: Function<'_, Vec<NativeEvent>, ()>,
    ) -> Result<Self> {
        let sink = EventSink::new(&on_events)?;
        let queue_sink = Arc::clone(&sink);
        let policy = PolicyOptions {
            restart: RestartOptions {
                min_delay: ms(options.min_delay),
                max_delay: ms(options.max_delay),
                max_restarts: options.max_restarts,
                window: ms(options.window),
            },
            start_timeout: ms(options.start_timeout),
            stop_timeout: ms(options.stop_timeout),
            starts_at_once: available_parallelism().map_or(1, NonZero::get),
        };
        let server = ServerOptions {
            backlog: BacklogOptions {
                requeue: options.requeue,
                retry_errors: options.retry_errors,
            },
            max_message: options.max_message as usize,
            heartbeat: HEARTBEAT,
        };
        within_runtime_if_available(|| {
            let supervisor = Supervisor::new(policy, move |commands| {
                for command in commands {
                    sink.push(command.into());
                }
            });
            let queue = QueueServer::new(server, move |event| queue_sink.push(event.into()));
            Ok(Self {
                supervisor: Some(supervisor),
                queue: Some(queue),
            })
        })
    }

    /// Listens for workers; what they need to connect.
    #[napi]
    pub fn listen(&mut self) -> Result<NativeContact> {
        let queue = self.queue.as_mut().ok_or_else(stopped)?;
        let address = within_runtime_if_available(|| queue.listen())?.to_owned();
        let token = queue.token().to_owned();
        let directory = queue.directory();
        let file_types = directory.filter(|directory| share_file_types(directory));
        Ok(NativeContact {
            address,
            token,
            file_types: file_types.and_then(Path::to_str).map(str::to_owned),
        })
    }

    /// Asks for as many workers as are to be kept running.
    #[napi]
    pub fn start(&self, workers: u32) -> Vec<NativeEvent> {
        self.supervise(|supervisor| supervisor.start(workers))
    }

    #[napi]
    pub fn add_worker(&self) -> Vec<NativeEvent> {
        self.supervise(Supervisor::add_worker)
    }

    /// How many workers are kept running.
    #[napi(getter)]
    pub fn target(&self) -> u32 {
        self.supervisor.as_ref().map_or(0, Supervisor::target)
    }

    /// Reports a fork that [`ServerEventKind::Fork`] asked for.
    #[napi]
    pub fn forked(&self, worker: u32) -> Vec<NativeEvent> {
        self.supervise(|supervisor| supervisor.forked(worker))
    }

    /// Reports that such a fork failed.
    #[napi]
    pub fn fork_failed(&self) -> Vec<NativeEvent> {
        self.supervise(Supervisor::fork_failed)
    }

    /// Reports that a worker ended; `clean` when with code 0.
    #[napi]
    pub fn exited(&self, worker: u32, clean: bool) -> Vec<NativeEvent> {
        let end = self.queue.as_ref().map(|queue| queue.end_of(worker));
        let (at_work, answered) = end.unwrap_or_default();
        let at = Circumstances { at_work, answered };
        self.supervise(|supervisor| supervisor.exited(worker, clean, at))
    }

    /// Reports that a worker can take work.
    #[napi]
    pub fn ready(&self, worker: u32) -> Vec<NativeEvent> {
        self.supervise(|supervisor| supervisor.ready(worker))
    }

    /// Reports that a worker ends before long; `spent` when it will have served its iterations.
    #[napi]
    pub fn retiring(&self, worker: u32, spent: bool) -> Vec<NativeEvent> {
        self.supervise(|supervisor| supervisor.retiring(worker, spent))
    }

    /// Reports that a worker wants to go.
    #[napi]
    pub fn leaving(&self, worker: u32) -> Vec<NativeEvent> {
        self.supervise(|supervisor| supervisor.leaving(worker))
    }

    /// Reports that a worker does not react any more.
    #[napi]
    pub fn frozen(&self, worker: u32) -> Vec<NativeEvent> {
        self.supervise(|supervisor| supervisor.frozen(worker))
    }

    /// Keeps another number of workers running.
    #[napi]
    pub fn resize(&self, workers: u32) -> Vec<NativeEvent> {
        self.supervise(|supervisor| supervisor.resize(workers))
    }

    /// Lets a worker finish what it holds, and end.
    #[napi]
    pub fn retire(&self, worker: u32) {
        if let Some(queue) = &self.queue {
            queue.retire(worker);
        }
    }

    /// Lets a worker go that has said goodbye.
    #[napi]
    pub fn release(&self, worker: u32) {
        if let Some(queue) = &self.queue {
            queue.release(worker);
        }
    }

    #[napi]
    pub fn is_connected(&self, worker: u32) -> bool {
        self.queue
            .as_ref()
            .is_some_and(|queue| queue.is_connected(worker))
    }

    /// Ends a worker at once; false when it is not connected and must be told another way.
    #[napi]
    pub fn halt(&self, worker: u32) -> bool {
        self.queue.as_ref().is_some_and(|queue| queue.halt(worker))
    }

    #[napi]
    pub fn stop(&self) -> Vec<NativeEvent> {
        self.supervise(Supervisor::stop)
    }

    /// Enqueues a request, JSON text. `maxAttempts` and `maxCrashes` 0 mean no limit.
    #[napi]
    pub fn enqueue(
        &self,
        id: i64,
        request: String,
        timeout: f64,
        max_attempts: u32,
        max_crashes: u32,
        priority: i32,
    ) -> Result<()> {
        let options = ItemOptions {
            timeout: ms(timeout),
            max_attempts: (max_attempts > 0).then_some(max_attempts),
            max_crashes: (max_crashes > 0).then_some(max_crashes),
            priority,
        };
        Ok(self.queue()?.enqueue(from_js(id), request, options)?)
    }

    /// Settles an expired item: true when it waits again, false when it is over, null when its attempts are used up.
    #[napi]
    pub fn decide(
        &self,
        id: i64,
        has_listener: bool,
        replaced: bool,
        asked_requeue: bool,
        cancelled: bool,
    ) -> Result<Option<bool>> {
        let outcome = TimeoutOutcome {
            has_listener,
            replaced,
            asked_requeue,
            cancelled,
        };
        Ok(match self.queue()?.decide(from_js(id), outcome) {
            Some(Fate::Requeued) => Some(true),
            Some(Fate::Exhausted(_)) => None,
            // Time that is over is no crash.
            Some(Fate::Dropped | Fate::Doomed(_)) | None => Some(false),
        })
    }

    /// Ends an item from outside; false when it is over already.
    #[napi]
    pub fn cancel(&self, id: i64, end: EndKind) -> bool {
        let outcome = match end {
            EndKind::Completed => Outcome::Completed,
            EndKind::Failed => Outcome::Failed,
            EndKind::Cancelled => Outcome::Cancelled,
        };
        self.queue
            .as_ref()
            .is_some_and(|queue| queue.cancel(from_js(id), outcome))
    }

    /// What the queue holds and has seen; null after `close`.
    #[napi]
    pub fn queue_stats(&self) -> Option<NativeQueueStats> {
        Some(self.queue.as_ref()?.stats().into())
    }

    /// The workers that run, and how those before them fared; null after `close`.
    #[napi]
    pub fn supervisor_stats(&self) -> Option<NativeSupervisorStats> {
        let stats = self.supervisor.as_ref()?.stats();
        let queue = self.queue.as_ref()?;
        Some(NativeSupervisorStats::new(stats, |worker| {
            queue.load_of(worker)
        }))
    }

    /// Resident memory of each process, bytes; null for those that are gone.
    #[napi]
    pub fn resident_memory(&self, pids: Vec<u32>) -> Vec<Option<f64>> {
        let memory = resident_memory(&pids).into_iter();
        memory
            .map(|bytes| bytes.map(|bytes| bytes as f64))
            .collect()
    }

    #[napi]
    pub fn set_paused(&self, paused: bool) {
        if let Some(queue) = &self.queue {
            queue.set_paused(paused);
        }
    }

    #[napi(getter)]
    pub fn waiting_length(&self) -> u32 {
        self.queue
            .as_ref()
            .map_or(0, |queue| queue.waiting_len() as u32)
    }

    /// Ids of the waiting items, oldest first.
    #[napi(getter)]
    pub fn waiting_ids(&self) -> Vec<i64> {
        let ids = self.queue.as_ref().map(QueueServer::waiting_ids);
        ids.unwrap_or_default().into_iter().map(to_js).collect()
    }

    /// Ids of the workers waiting for work, one entry per free slot.
    #[napi(getter)]
    pub fn idle_workers(&self) -> Vec<u32> {
        let workers = self.queue.as_ref().map(QueueServer::idle_workers);
        workers.unwrap_or_default()
    }

    /// True while a worker has the item.
    #[napi]
    pub fn is_leased(&self, id: i64) -> bool {
        self.queue
            .as_ref()
            .is_some_and(|queue| queue.is_leased(from_js(id)))
    }

    /// How often an item was handed over; null when it is over.
    #[napi]
    pub fn attempts(&self, id: i64) -> Option<u32> {
        self.queue.as_ref()?.attempts(from_js(id))
    }

    /// Ends the tasks and removes the socket. Calls after it do nothing or fail with ERR_ENGINE_STOPPED.
    #[napi]
    pub fn close(&mut self) {
        self.queue = None;
        self.supervisor = None;
    }

    fn queue(&self) -> Result<&QueueServer> {
        self.queue.as_ref().ok_or_else(stopped)
    }

    fn supervise(&self, event: impl FnOnce(&Supervisor) -> Vec<Command>) -> Vec<NativeEvent> {
        self.supervisor
            .as_ref()
            .map(|supervisor| events(event(supervisor)))
            .unwrap_or_default()
    }
}
