//! Who in Node hears of what in a page, and what Node answers.
//!
//! Functions that ran inside PhantomJS run in Node. Where there are any for an event, or where the event has an answer,
//! Node gets `ask` with a number and the event within, and answers by the command `answer` with that number.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use crate::browser::chromium::command::{Args, Outcome, Sink, null};
use crate::browser::remote::{Entry, EntryKind};

/// The listeners of one page, as far as Rust knows of them.
pub(in crate::browser::chromium) struct Events {
    number: u64,
    sink: Sink,
    heard: Mutex<FxHashMap<String, Heard>>,
    last_ask: AtomicU64,
    asked: Mutex<FxHashMap<u64, oneshot::Sender<Box<RawValue>>>>,
}

/// Who hears of one event.
#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    in_node: bool,
    by_functions: bool,
}

impl Events {
    pub(super) fn new(number: u64, sink: Sink) -> Self {
        Self {
            number,
            sink,
            heard: Mutex::default(),
            last_ask: AtomicU64::new(0),
            asked: Mutex::default(),
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

    /// Whether anybody would hear of it: otherwise it need not be made.
    pub(super) fn is_heard(&self, name: &str) -> bool {
        let heard = self.heard(name);
        heard.in_node || heard.by_functions
    }

    /// Whether a function hears of it that may change something.
    pub(super) fn has_function(&self, name: &str) -> bool {
        self.heard(name).by_functions
    }

    /// An event whose answer nobody waits for; `args` is JSON text of an array.
    pub(super) fn emit(&self, name: &str, args: impl FnOnce() -> String) {
        let heard = self.heard(name);
        if heard.by_functions {
            self.tell("ask", &format!("[0,\"{name}\",{}]", args()));
        } else if heard.in_node {
            self.tell(name, &args());
        }
    }

    /// An event that wants an answer; none where nobody hears of it. Without an answer the page is closed.
    pub(super) fn ask(&self, name: &str, args: &str) -> Option<oneshot::Receiver<Box<RawValue>>> {
        self.is_heard(name).then(|| self.question(name, args))
    }

    /// A question to Node itself.
    pub(super) fn question(&self, name: &str, args: &str) -> oneshot::Receiver<Box<RawValue>> {
        let id = self.last_ask.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, receiver) = oneshot::channel();
        let _ = self.asked.lock().insert(id, sender);
        self.tell("ask", &format!("[{id},\"{name}\",{args}]"));
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
        (self.sink)(vec![Entry {
            id: 0,
            kind: EntryKind::Event,
            text: format!("[{},\"{name}\",{args}]", self.number),
        }]);
    }
}
