//! The primary's native half.

use std::num::NonZero;
use std::path::Path;
use std::thread::available_parallelism;
use std::time::Duration;

use napi::bindgen_prelude::{ClassInstance, Function, within_runtime_if_available};
use napi::{Error, Result};
use napi_derive::napi;

use super::error::coded;
use super::event::NativeEvent;
use super::number::{from_js, ms, to_js};
use super::sink::EventSink;
use super::stats::{NativeQueueStats, NativeSupervisorStats};
use super::store::NativeStore;
use crate::browser::phantom::share_file_types;
use crate::engine::{Engine, EngineEvent, EngineOptions};
use crate::link::LinkOptions;
use crate::process::resident_memory;
use crate::queue::{
    BacklogOptions, Fate, ItemOptions, Outcome, Queue, QueueOptions, TimeoutOutcome,
};
use crate::supervisor::{PolicyOptions, RestartOptions};

/// A frozen worker that holds nothing is noticed after four of them at most.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// How an item was ended from outside.
#[napi]
#[derive(Debug)]
pub enum EndKind {
    Completed,
    Failed,
    Cancelled,
}

/// What the user's code did while an item said `timeout`.
#[napi(string_enum = "camelCase")]
#[derive(Debug)]
pub enum TimeoutDecision {
    /// Nobody listened.
    Unheard,
    /// A listener heard of it, and did none of the rest.
    Heard,
    /// A listener enqueued the same request again: that takes the item's place.
    Replaced,
    /// A listener called `item.requeue()`.
    Requeue,
    /// A listener ended the item.
    Cancelled,
}

/// What becomes of an item whose time was over.
#[napi(string_enum = "camelCase")]
#[derive(Debug)]
pub enum TimeoutFate {
    /// It waits again.
    Requeued,
    /// It is over.
    TimedOut,
    /// It is over: its attempts are used up.
    Exhausted,
}

/// Settings, all resolved: times in ms, sizes in bytes.
#[napi(object)]
#[derive(Debug)]
pub struct NativeServerOptions {
    pub max_message: f64,
    pub min_delay: f64,
    pub max_delay: f64,
    pub max_restarts: u32,
    pub window: f64,
    pub start_timeout: f64,
    pub stop_timeout: f64,
}

/// Settings of a queue.
#[napi(object)]
#[derive(Debug)]
pub struct NativeQueueOptions {
    /// Enqueue again after a timeout: always, never, or by the generation of the handler.
    pub requeue: Option<bool>,
    pub retry_errors: u32,
    pub max_message: f64,
}

/// What workers need to reach the primary.
#[napi(object)]
#[derive(Debug)]
pub struct NativeContact {
    pub address: String,
    pub token: String,
    /// A directory for their PhantomJS, where that is of use.
    pub file_types: Option<String>,
}

/// One engine in its primary.
#[napi]
#[derive(Debug)]
pub struct NativeServer {
    engine: Option<Engine>,
}

fn numbers(bytes: Vec<Option<u64>>) -> Vec<Option<f64>> {
    let bytes = bytes.into_iter();
    bytes.map(|bytes| bytes.map(|bytes| bytes as f64)).collect()
}

fn to_native(events: Vec<EngineEvent>) -> Vec<NativeEvent> {
    events.into_iter().map(NativeEvent::from).collect()
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
        let options = options.into();
        within_runtime_if_available(|| {
            let engine = Engine::new(options, move |event| sink.push(event.into()));
            Ok(Self {
                engine: Some(engine),
            })
        })
    }

    /// Gives the engine a queue; before `listen`. With a store it begins with what was in its file.
    #[napi]
    pub fn open_queue(
        &self,
        options: NativeQueueOptions,
        store: Option<ClassInstance<'_, NativeStore>>,
    ) {
        let journal = store.map(|mut store| store.take());
        let options = QueueOptions {
            backlog: BacklogOptions {
                requeue: options.requeue,
                retry_errors: options.retry_errors,
            },
            max_message: options.max_message as usize,
        };
        if let Some(engine) = &self.engine {
            within_runtime_if_available(|| engine.open_queue(options, journal));
        }
    }

    /// Listens for workers; what they need to connect.
    #[napi]
    pub fn listen(&mut self) -> Result<NativeContact> {
        let engine = self.engine.as_mut().ok_or_else(stopped)?;
        let address = within_runtime_if_available(|| engine.listen())?.to_owned();
        let token = engine.token().to_owned();
        let directory = engine.directory();
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
        self.call(|engine| engine.start(workers))
    }

    #[napi]
    pub fn add_worker(&self) -> Vec<NativeEvent> {
        self.call(Engine::add_worker)
    }

    /// Keeps another number of workers running.
    #[napi]
    pub fn resize(&self, workers: u32) -> Vec<NativeEvent> {
        self.call(|engine| engine.resize(workers))
    }

    /// How many workers are kept running.
    #[napi(getter)]
    pub fn target(&self) -> u32 {
        self.engine.as_ref().map_or(0, Engine::target)
    }

    /// Reports a fork that `fork` asked for.
    #[napi]
    pub fn forked(&self, worker: u32) -> Vec<NativeEvent> {
        self.call(|engine| engine.forked(worker))
    }

    /// Reports that such a fork failed.
    #[napi]
    pub fn fork_failed(&self) -> Vec<NativeEvent> {
        self.call(Engine::fork_failed)
    }

    /// Reports that a worker ended; `clean` when with code 0.
    #[napi]
    pub fn exited(&self, worker: u32, clean: bool) -> Vec<NativeEvent> {
        self.call(|engine| engine.exited(worker, clean))
    }

    /// Ends all workers.
    #[napi]
    pub fn stop(&self) -> Vec<NativeEvent> {
        self.call(Engine::stop)
    }

    /// True for a worker that was forked and has not been ready.
    #[napi]
    pub fn is_starting(&self, worker: u32) -> bool {
        let engine = self.engine.as_ref();
        engine.is_some_and(|engine| engine.is_starting(worker))
    }

    #[napi]
    pub fn is_connected(&self, worker: u32) -> bool {
        let engine = self.engine.as_ref();
        engine.is_some_and(|engine| engine.is_connected(worker))
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

    /// Settles an expired item.
    #[napi]
    pub fn decide(&self, id: i64, decision: TimeoutDecision) -> Result<TimeoutFate> {
        let fate = self.queue()?.decide(from_js(id), decision.into());
        Ok(match fate {
            Some(Fate::Requeued) => TimeoutFate::Requeued,
            Some(Fate::Exhausted) => TimeoutFate::Exhausted,
            // Time that is over is no crash.
            Some(Fate::Dropped | Fate::Failed | Fate::Doomed) | None => TimeoutFate::TimedOut,
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
        self.queue()
            .is_ok_and(|queue| queue.cancel(from_js(id), outcome))
    }

    /// What the queue holds and has seen; null without one, and after `close`.
    #[napi]
    pub fn queue_stats(&self) -> Option<NativeQueueStats> {
        Some(self.queue().ok()?.stats().into())
    }

    /// The workers that run, and how those before them fared; null after `close`.
    #[napi]
    pub fn supervisor_stats(&self) -> Option<NativeSupervisorStats> {
        let engine = self.engine.as_ref()?;
        Some(NativeSupervisorStats::new(
            engine.worker_stats(),
            |worker| engine.load_of(worker),
        ))
    }

    /// Resident memory of each process, bytes; null for those that are gone.
    #[napi]
    pub fn resident_memory(&self, pids: Vec<u32>) -> Vec<Option<f64>> {
        numbers(resident_memory(&pids))
    }

    /// Memory of browsers with all their processes, bytes, at most 90 s old; null for those that are gone.
    #[napi]
    pub fn browser_memory(&self, pids: Vec<u32>) -> Vec<Option<f64>> {
        let engine = self.engine.as_ref();
        let memory = within_runtime_if_available(|| engine.map(|it| it.memory_of_browsers(&pids)));
        numbers(memory.unwrap_or_default())
    }

    #[napi]
    pub fn set_paused(&self, paused: bool) {
        if let Ok(queue) = self.queue() {
            queue.set_paused(paused);
        }
    }

    #[napi(getter)]
    pub fn waiting_length(&self) -> u32 {
        self.queue().map_or(0, |queue| queue.waiting_len() as u32)
    }

    /// Ids of the waiting items, oldest first.
    #[napi(getter)]
    pub fn waiting_ids(&self) -> Vec<i64> {
        let ids = self.queue().map(Queue::waiting_ids);
        ids.unwrap_or_default().into_iter().map(to_js).collect()
    }

    /// Ids of the workers waiting for work, one entry per free slot.
    #[napi(getter)]
    pub fn idle_workers(&self) -> Vec<u32> {
        self.queue().map(Queue::idle_workers).unwrap_or_default()
    }

    /// True while a worker has the item.
    #[napi]
    pub fn is_leased(&self, id: i64) -> bool {
        self.queue().is_ok_and(|queue| queue.is_leased(from_js(id)))
    }

    /// How often an item was handed over; null when it is over.
    #[napi]
    pub fn attempts(&self, id: i64) -> Option<u32> {
        self.queue().ok()?.attempts(from_js(id))
    }

    /// Ends the tasks and removes the socket. Calls after it do nothing or fail with ERR_ENGINE_STOPPED.
    #[napi]
    pub fn close(&mut self) {
        self.engine = None;
    }

    fn queue(&self) -> Result<&Queue> {
        let queue = self.engine.as_ref().and_then(Engine::queue);
        queue.ok_or_else(stopped)
    }

    fn call(&self, event: impl FnOnce(&Engine) -> Vec<EngineEvent>) -> Vec<NativeEvent> {
        let events = self.engine.as_ref().map(event);
        events.map(to_native).unwrap_or_default()
    }
}

impl From<NativeServerOptions> for EngineOptions {
    fn from(options: NativeServerOptions) -> Self {
        Self {
            policy: PolicyOptions {
                restart: RestartOptions {
                    min_delay: ms(options.min_delay),
                    max_delay: ms(options.max_delay),
                    max_restarts: options.max_restarts,
                    window: ms(options.window),
                },
                start_timeout: ms(options.start_timeout),
                stop_timeout: ms(options.stop_timeout),
                starts_at_once: available_parallelism().map_or(1, NonZero::get),
            },
            link: LinkOptions {
                max_message: options.max_message as usize,
                heartbeat: HEARTBEAT,
            },
        }
    }
}

impl From<TimeoutDecision> for TimeoutOutcome {
    fn from(decision: TimeoutDecision) -> Self {
        match decision {
            TimeoutDecision::Unheard => Self::Unheard,
            TimeoutDecision::Heard => Self::Heard,
            TimeoutDecision::Replaced => Self::Replaced,
            TimeoutDecision::Requeue => Self::Requeue,
            TimeoutDecision::Cancelled => Self::Cancelled,
        }
    }
}
