//! Who in Node hears of what in a page, and what Node answers.
//!
//! Functions that ran inside PhantomJS run in Node. Where there are any for an event, or where the event has an answer,
//! Node gets `ask` with a number and the event within, and answers by the command `answer` with that number.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde_json::value::RawValue;
use tokio::sync::{Notify, oneshot};
use tracing::debug;

use super::kept::{Event, Kept};
use crate::browser::chromium::command::{Args, Outcome, Sink, null};
use crate::browser::remote::{Entry, EntryKind};

/// The listeners of one page, as far as Rust knows of them.
pub(in crate::browser::chromium) struct Events {
    number: u64,
    sink: Sink,
    heard: Mutex<FxHashMap<String, Heard>>,
    last_ask: AtomicU64,
    asked: Mutex<FxHashMap<u64, oneshot::Sender<Box<RawValue>>>>,
    /// The events of a pop-up that Node has not heard of yet.
    kept: Mutex<Option<Kept>>,
    /// They are kept no more.
    released: Notify,
}

/// Who hears of one event.
#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    in_node: bool,
    by_functions: bool,
}

impl Heard {
    fn any(self) -> bool {
        self.in_node || self.by_functions
    }
}

impl Events {
    pub(super) fn new(number: u64, sink: Sink) -> Self {
        Self {
            number,
            sink,
            heard: Mutex::default(),
            last_ask: AtomicU64::new(0),
            asked: Mutex::default(),
            kept: Mutex::default(),
            released: Notify::new(),
        }
    }

    /// args: [name, whether it is a function that ran inside PhantomJS, -, in the place of all others]
    pub(super) fn on(&self, args: &Args) -> Outcome {
        let mut heard = self.heard.lock();
        let heard = heard.entry(args.text(0)).or_default();
        if args.flag(3) {
            *heard = Heard::default();
        }
        if args.flag(1) {
            heard.by_functions = true;
        } else {
            heard.in_node = true;
        }
        null()
    }

    /// args: [name]
    pub(super) fn off(&self, args: &Args) -> Outcome {
        let _ = self.heard.lock().remove(&args.text(0));
        null()
    }

    fn heard(&self, name: &str) -> Heard {
        self.heard.lock().get(name).copied().unwrap_or_default()
    }

    /// Whether anybody would hear of it: otherwise it need not be made. Of a pop-up that Node has not heard of yet, nobody
    /// knows.
    pub(super) fn is_heard(&self, name: &str) -> bool {
        self.heard(name).any() || self.is_kept()
    }

    /// Whether a function hears of it that may change something.
    pub(super) fn has_function(&self, name: &str) -> bool {
        self.heard(name).by_functions
    }

    /// An event whose answer nobody waits for; `args` is JSON text of an array.
    pub(super) fn emit(&self, name: &str, args: impl FnOnce() -> String) {
        // Held to the end, so that all leave in order.
        let mut kept = self.kept.lock();
        let heard = self.heard(name);
        match kept.as_mut() {
            Some(kept) if !(heard.any() && kept.lets_pass()) => {
                if let Some(Event { name, .. }) = kept.add(name, args()) {
                    debug!(number = self.number, name, "too many events of a pop-up");
                }
            }
            _ if heard.any() => self.deliver(name, &args()),
            _ => {}
        }
    }

    /// Lets whoever hears of an event have it.
    fn deliver(&self, name: &str, args: &str) {
        if self.heard(name).by_functions {
            self.send("ask", &format!("[0,\"{name}\",{args}]"));
        } else {
            self.send(name, args);
        }
    }

    /// Whether an event goes to somebody; what only Node itself is to know always does.
    fn is_wanted(&self, name: &str) -> bool {
        !name.starts_with("on") || self.heard(name).any()
    }

    /// Keeps all events from now on, for listeners that are not set yet.
    pub(super) fn keep(&self) {
        let _ = self.kept.lock().get_or_insert_default();
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept.lock().is_some()
    }

    /// The listeners that were set at once have been.
    pub(super) fn go_on(&self) {
        if let Some(kept) = self.kept.lock().as_mut() {
            kept.go_on();
        }
    }

    /// There is a new listener: what is kept leaves before long, by [`deliver_kept`](Self::deliver_kept). None where nothing
    /// is kept.
    pub(super) fn put_off(&self) -> Option<u64> {
        self.kept.lock().as_mut().and_then(Kept::put_off)
    }

    /// Sends what somebody listens to, and keeps the rest.
    pub(super) fn deliver_kept(&self, put_off: u64) {
        let mut kept = self.kept.lock();
        let Some(kept) = kept.as_mut() else { return };
        for Event { name, args } in kept.deliver(put_off, |name| self.is_wanted(name)) {
            self.deliver(&name, &args);
        }
    }

    /// Waits until nothing is kept any more.
    pub(super) async fn released(&self) {
        self.released.notified().await;
    }

    /// Keeps nothing any more. Gives what nobody wants.
    pub(super) fn release(&self) -> Vec<Event> {
        let mut kept = self.kept.lock();
        let events = kept.take().map(Kept::into_events).unwrap_or_default();
        self.released.notify_one();
        let (wanted, dropped) = events
            .into_iter()
            .partition::<Vec<_>, _>(|event| self.is_wanted(&event.name));
        for Event { name, args } in wanted {
            self.deliver(&name, &args);
        }
        dropped
    }

    /// An event that wants an answer; none where nobody hears of it. Without an answer the page is closed.
    pub(super) fn ask(&self, name: &str, args: &str) -> Option<oneshot::Receiver<Box<RawValue>>> {
        if self.is_kept() {
            // Node will hear of it when it is too late for an answer.
            self.emit(name, || args.to_owned());
            return None;
        }
        self.heard(name).any().then(|| self.question(name, args))
    }

    /// A question to Node itself.
    pub(super) fn question(&self, name: &str, args: &str) -> oneshot::Receiver<Box<RawValue>> {
        let id = self.last_ask.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, receiver) = oneshot::channel();
        let _ = self.asked.lock().insert(id, sender);
        self.send("ask", &format!("[{id},\"{name}\",{args}]"));
        receiver
    }

    /// args: [number of the question, answer]
    pub(super) fn answer(&self, args: &Args) -> Outcome {
        let id = args.get::<u64>(0, "the number of a question")?;
        let asked = self.asked.lock().remove(&id.unwrap_or_default());
        if let Some(asked) = asked {
            let _ = asked.send(args.raw(1).to_owned());
        }
        null()
    }

    /// The page is about to be closed by a command: its last event comes before that command's reply.
    pub(super) fn end(&self) {
        self.emit("onClosing", || "[]".to_owned());
        self.heard.lock().clear();
        self.asked.lock().clear();
    }

    /// What Node itself is to know; `args` is JSON text of an array.
    pub(super) fn tell(&self, name: &str, args: &str) {
        let mut kept = self.kept.lock();
        match kept.as_mut() {
            Some(kept) if !kept.lets_pass() => drop(kept.add(name, args.to_owned())),
            _ => self.send(name, args),
        }
    }

    fn send(&self, name: &str, args: &str) {
        (self.sink)(vec![Entry {
            id: 0,
            kind: EntryKind::Event,
            text: format!("[{},\"{name}\",{args}]", self.number),
        }]);
    }
}
