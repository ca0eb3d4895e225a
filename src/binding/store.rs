//! The file in which a primary keeps its requests.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use napi::Result;
use napi::bindgen_prelude::{Float64Array, Function};
use napi_derive::napi;

use super::number::{from_js, ms, to_js};
use super::sink::EventSink;
use crate::store::{EndState, Journal, JournalOptions, Kept, Op, Record, Recovery, StoreEvent};

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

/// Some of what was in the file, in a form that crosses fast.
#[napi(object, object_from_js = false)]
#[expect(
    missing_debug_implementations,
    reason = "JavaScript's arrays have none"
)]
pub struct NativeRecovered {
    pub ids: Float64Array,
    /// JSON texts, a line each.
    pub requests: String,
    /// Those that have no attempt left, by their places in the list.
    pub spent: Vec<u32>,
    /// Those that have keys.
    pub keyed: Vec<u32>,
    pub keys: Vec<String>,
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
    recovery: Recovery,
    waiting: Vec<Record>,
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
        let (journal, recovery) =
            Journal::open(&file, options, move |event| sink.push(event.into()))?;
        Ok(Self {
            journal: Arc::new(journal),
            recovery,
            waiting: Vec::new(),
        })
    }

    /// The end of all ids that were ever given.
    #[napi(getter)]
    pub fn next_id(&self) -> i64 {
        to_js(self.recovery.next_id)
    }

    /// The next of what was in the file; null when those were all. All of it must be asked for before `openQueue`.
    #[napi]
    pub fn recovered(&mut self) -> Result<Option<NativeRecovered>> {
        let Some(part) = self.recovery.next()? else {
            return Ok(None);
        };
        let recovered = NativeRecovered::of(&part);
        self.waiting.extend(part);
        Ok(Some(recovered))
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
        let waiting = std::mem::take(&mut self.waiting);
        (Arc::clone(&self.journal), waiting)
    }
}

impl NativeRecovered {
    fn of(part: &[Record]) -> Self {
        let ids = part.iter().map(|record| record.id as f64);
        // JSON has them between values alone, where the file was written to by hand.
        let lines = part
            .iter()
            .map(|record| match record.request.contains('\n') {
                true => Cow::Owned(record.request.replace('\n', " ")),
                false => Cow::Borrowed(&*record.request),
            });
        let (spent, keyed) = (places(part, is_spent), places(part, |it| it.key.is_some()));
        let keys = part.iter().filter_map(|record| record.key.as_deref());
        Self {
            ids: ids.collect::<Vec<_>>().into(),
            requests: lines.collect::<Vec<_>>().join("\n"),
            spent,
            keyed,
            keys: keys.map(str::to_owned).collect(),
        }
    }
}

fn is_spent(record: &Record) -> bool {
    let most = record.max_attempts.unwrap_or(u32::MAX);
    record.progress.attempts >= most
}

fn places(part: &[Record], has: impl Fn(&Record) -> bool) -> Vec<u32> {
    let all = part.iter().zip(0..);
    all.filter(|(record, _)| has(record))
        .map(|(_, place)| place)
        .collect()
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
