//! The file in which a primary keeps its requests.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use napi::Result;
use napi::bindgen_prelude::Function;
use napi_derive::napi;

use super::number::{from_js, ms, to_js};
use super::sink::EventSink;
use crate::store::{EndState, Journal, JournalOptions, Kept, Op, Record, Recovered, StoreEvent};

/// Settings of a store.
#[napi(object)]
#[derive(Debug)]
pub struct NativeStoreOptions {
    pub file: String,
    /// The least time between two transactions, ms; none: an answer is told when its request is in the file.
    pub interval: Option<f64>,
    /// How many requests may wait for a file that cannot be written to.
    pub max_pending: u32,
}

/// What was in the file: one entry of each list for a request that waits. `maxAttempts` 0 means no limit.
#[napi(object)]
#[derive(Debug)]
pub struct NativeRecovered {
    pub next_id: i64,
    pub ids: Vec<i64>,
    /// JSON texts.
    pub requests: Vec<String>,
    pub attempts: Vec<u32>,
    pub max_attempts: Vec<u32>,
    pub keys: Vec<Option<String>>,
}

/// What became of the file.
#[napi(
    discriminant = "kind",
    discriminant_case = "camelCase",
    object_from_js = false
)]
#[derive(Debug)]
pub enum NativeStoreEvent {
    /// All requests below this id are in it, or over.
    Stored { below: i64 },
    /// It cannot be written to.
    Lost { code: String, message: String },
    /// It can, again.
    Found,
}

/// One open file.
#[napi]
#[derive(Debug)]
pub struct NativeStore {
    journal: Arc<Journal>,
    next_id: i64,
    waiting: Option<Vec<Record>>,
}

#[napi]
impl NativeStore {
    /// Opens the file. `onEvents` gets arrays of events.
    #[napi(constructor)]
    pub fn new(
        options: NativeStoreOptions,
        on_events: Function<'_, Vec<NativeStoreEvent>, ()>,
    ) -> Result<Self> {
        let sink = EventSink::new(&on_events)?;
        let file = PathBuf::from(options.file);
        let options = JournalOptions {
            interval: options.interval.map(ms),
            max_pending: options.max_pending as usize,
        };
        let (journal, Recovered { waiting, next_id }) =
            Journal::open(&file, options, move |event| sink.push(event.into()))?;
        Ok(Self {
            journal: Arc::new(journal),
            next_id: to_js(next_id),
            waiting: Some(waiting),
        })
    }

    /// What was in the file. Before `openQueue`, which takes it.
    #[napi]
    pub fn recovered(&self) -> NativeRecovered {
        let waiting = self.waiting.as_deref().unwrap_or_default();
        let each = || waiting.iter();
        NativeRecovered {
            next_id: self.next_id,
            ids: each().map(|record| to_js(record.id)).collect(),
            requests: each().map(|record| (*record.request).to_owned()).collect(),
            attempts: each().map(|record| record.progress.attempts).collect(),
            max_attempts: each()
                .map(|record| record.max_attempts.unwrap_or_default())
                .collect(),
            keys: each()
                .map(|record| record.key.as_deref().map(str::to_owned))
                .collect(),
        }
    }

    /// The key of the request that is enqueued next under this id.
    #[napi]
    pub fn say_key(&self, id: i64, key: String) {
        self.journal.push(Op::Key(from_js(id), key.into()));
    }

    /// True when a request is in the file already, else `stored` comes when it is.
    #[napi]
    pub fn when_stored(&self, id: i64) -> bool {
        self.journal.when_stored(from_js(id))
    }

    #[napi]
    pub fn is_stored(&self, id: i64) -> bool {
        self.journal.is_stored(from_js(id))
    }

    /// True when the file cannot be written to, and as many requests wait for it as may.
    #[napi(getter)]
    pub fn is_full(&self) -> bool {
        self.journal.is_full()
    }

    /// These requests are over, and their owner has heard of it.
    #[napi]
    pub fn forget(&self, ids: Vec<i64>) {
        let ops = ids.into_iter().map(|id| Op::Delete(from_js(id)));
        self.journal.push_all(ops);
    }

    /// All requests, those that are kept included.
    #[napi]
    pub fn forget_all(&self) {
        self.journal.push(Op::Clear);
    }

    /// This request is over, and kept: with its response, or its error, JSON text.
    #[napi]
    pub fn keep(&self, id: i64, is_done: bool, outcome: Option<String>) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let state = if is_done {
            EndState::Done
        } else {
            EndState::Failed
        };
        let at = since.unwrap_or_default().as_millis() as u64;
        let kept = Kept { state, outcome, at };
        self.journal.push(Op::Keep(from_js(id), kept));
    }

    /// Waits until all that was said is in the file, for 5 s at most.
    #[napi]
    pub fn flush(&self) {
        self.journal.flush();
    }

    /// Writes the rest and closes the file, within 5 s.
    #[napi]
    pub fn close(&self) {
        self.journal.close();
    }
}

impl NativeStore {
    /// The way into the file, and what was in it, once.
    pub(super) fn take(&mut self) -> (Arc<Journal>, Vec<Record>) {
        let waiting = self.waiting.take().unwrap_or_default();
        (Arc::clone(&self.journal), waiting)
    }
}

impl From<StoreEvent> for NativeStoreEvent {
    fn from(event: StoreEvent) -> Self {
        match event {
            StoreEvent::Stored { below } => Self::Stored {
                below: to_js(below),
            },
            StoreEvent::Lost { code, message } => Self::Lost {
                code: code.to_owned(),
                message,
            },
            StoreEvent::Found => Self::Found,
        }
    }
}
