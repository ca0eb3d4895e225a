//! Events of both sides on their way to JavaScript: one record a kind, told apart by its `kind`.

use napi_derive::napi;

use super::number::to_js;
use crate::engine::{EngineEvent, Silence};
use crate::link::WorkerEvent;
use crate::queue::{LeaseEvent, Leased, QueueEvent};

/// What a primary must do or hear of. `item` and `worker` are ids; `attempts` are those of an item that is over.
#[napi(
    discriminant = "kind",
    discriminant_case = "camelCase",
    object_from_js = false
)]
#[derive(Debug)]
pub enum NativeEvent {
    /// The item is over: it has a response, JSON text.
    Answered {
        item: i64,
        response: String,
        attempts: u32,
    },
    /// The item is over: its handler failed, with an error, JSON text.
    Failed {
        item: i64,
        error: String,
        attempts: u32,
    },
    /// The time of a lease is over: `decide` says what becomes of the item.
    Expired { item: i64 },
    /// The item is over: its attempts are used up.
    Exhausted { item: i64, attempts: u32 },
    /// A worker ended under the item, and what it said of that.
    Crashed {
        item: i64,
        worker: u32,
        fault: Option<String>,
    },
    /// The item is over: too many workers ended under it.
    Doomed { item: i64, attempts: u32 },
    /// Fork one worker, and report it with `forked` or `forkFailed`.
    Fork,
    /// Ask a worker to end that is not connected.
    Terminate { worker: u32 },
    /// Kill a worker that did not end in time.
    Kill { worker: u32 },
    /// Kill a worker that was not ready in time.
    Late { worker: u32, connected: bool },
    /// Kill a worker that does not react any more, and to what.
    Frozen { worker: u32, to: String },
    /// A worker ends before long.
    Retiring { worker: u32, reason: String },
    /// A worker cannot go on.
    Fault { worker: u32, message: String },
    /// What a worker's user should hear of, JSON text.
    Notice { worker: u32, what: String },
    /// No worker is restarted any more.
    CrashLoop,
    /// The last worker is gone after `stop`.
    Stopped,
}

impl From<EngineEvent> for NativeEvent {
    fn from(event: EngineEvent) -> Self {
        match event {
            EngineEvent::Queue(event) => event.into(),
            EngineEvent::Fork => Self::Fork,
            EngineEvent::Terminate { worker } => Self::Terminate { worker },
            EngineEvent::Kill { worker } => Self::Kill { worker },
            EngineEvent::Late { worker, connected } => Self::Late { worker, connected },
            EngineEvent::Frozen { worker, to } => {
                let to = match to {
                    Silence::LeaseEnd => "the end of a lease",
                    Silence::Heartbeat => "heartbeats",
                };
                let to = to.to_owned();
                Self::Frozen { worker, to }
            }
            EngineEvent::Retiring { worker, reason } => Self::Retiring { worker, reason },
            EngineEvent::Fault { worker, message } => Self::Fault { worker, message },
            EngineEvent::Notice { worker, what } => Self::Notice { worker, what },
            EngineEvent::CrashLoop => Self::CrashLoop,
            EngineEvent::Stopped => Self::Stopped,
        }
    }
}

impl From<QueueEvent> for NativeEvent {
    fn from(event: QueueEvent) -> Self {
        match event {
            QueueEvent::Answered { ended, response } => Self::Answered {
                item: to_js(ended.item),
                response,
                attempts: ended.attempts,
            },
            QueueEvent::Failed { ended, error } => Self::Failed {
                item: to_js(ended.item),
                error,
                attempts: ended.attempts,
            },
            QueueEvent::Expired { item } => Self::Expired { item: to_js(item) },
            QueueEvent::Exhausted { ended } => Self::Exhausted {
                item: to_js(ended.item),
                attempts: ended.attempts,
            },
            QueueEvent::Crashed {
                item,
                worker,
                fault,
            } => Self::Crashed {
                item: to_js(item),
                worker,
                fault,
            },
            QueueEvent::Doomed { ended } => Self::Doomed {
                item: to_js(ended.item),
                attempts: ended.attempts,
            },
        }
    }
}

/// What a worker is told. `lease`, `item` and `worker` are ids.
#[napi(
    discriminant = "kind",
    discriminant_case = "camelCase",
    object_from_js = false
)]
#[derive(Debug)]
pub enum NativeWorkerEvent {
    /// A request to handle, JSON text. `ahead`: it is one of those taken in advance. `begun`: its time runs; else `begin`
    /// begins it.
    Leased {
        lease: i64,
        item: i64,
        attempt: u32,
        ahead: bool,
        begun: bool,
        request: String,
    },
    /// A lease that was not begun is gone.
    Recalled { lease: i64 },
    /// The time of a lease is over.
    Expired { lease: i64 },
    /// The item of a lease was ended from outside.
    Cancelled { lease: i64 },
    /// Finish what you hold, and end.
    Retire,
    /// End at once.
    Halt,
    /// The primary is gone.
    Lost,
    /// A process that is watched has more than its limit in memory, bytes.
    MemoryExceeded { pid: u32, bytes: i64 },
}

impl From<LeaseEvent> for NativeWorkerEvent {
    fn from(event: LeaseEvent) -> Self {
        match event {
            LeaseEvent::Leased(Leased {
                lease,
                item,
                attempt,
                ahead,
                begun,
                request,
            }) => Self::Leased {
                lease: to_js(lease),
                item: to_js(item),
                attempt,
                ahead,
                begun,
                request,
            },
            LeaseEvent::Recalled { lease } => {
                let lease = to_js(lease);
                Self::Recalled { lease }
            }
            LeaseEvent::Expired { lease } => {
                let lease = to_js(lease);
                Self::Expired { lease }
            }
            LeaseEvent::Cancelled { lease } => {
                let lease = to_js(lease);
                Self::Cancelled { lease }
            }
            LeaseEvent::Worker(WorkerEvent::Retire) => Self::Retire,
            LeaseEvent::Worker(WorkerEvent::Halt) => Self::Halt,
            LeaseEvent::Worker(WorkerEvent::Lost) => Self::Lost,
        }
    }
}
