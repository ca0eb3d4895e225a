//! The `phantom/` extension: batches of commands out, one ordered stream of replies and events back (driver/bridge.js).
//!
//! A batch is answered when there is something to say, so it waits for events too. Two lanes, a connection each, take
//! turns: while one batch waits at the driver, the other lane is free for the next commands.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::{Notify, mpsc};
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, trace};
use url::{ParseError, Url};

use super::client::{Channel, Endpoint, WebDriverError};

/// Lists of commands that may share one request; more only make the first wait for the last.
const MAX_BATCH: usize = 256;
/// With no batch under way an empty one is sent after this long, so that events can come. Mostly the answer before leads
/// to commands, and those come sooner.
const LINGER: Duration = Duration::from_millis(2);
/// An answer is held back for 4 s at most (driver/bridge.js), and a busy machine takes its time too.
const HOLD: Duration = Duration::from_secs(6);

/// What an entry of the stream is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EntryKind {
    /// A command's value.
    Value,
    /// A command's error: `{ error, message, stacktrace }`.
    Error,
    /// Something happened in a page: `[target, name, args]`.
    Event,
}

/// One reply or event.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct BridgeEntry {
    /// The command's id; 0 for an event.
    pub(crate) id: i64,
    pub(crate) kind: EntryKind,
    /// JSON text, unread here.
    pub(crate) text: String,
}

/// The commands' way into one PhantomJS. Dropping it closes its connections.
#[derive(Debug)]
pub(crate) struct Bridge {
    commands: mpsc::UnboundedSender<String>,
    _close_on_drop: DropGuard,
}

impl Bridge {
    /// Opens the two connections. `on_entries` gets replies and events in order; `on_lost` is called at most twice when
    /// PhantomJS stops answering without having said that it exits: a page's script may keep it from answering anything
    /// for `silence_limit`.
    ///
    /// # Errors
    /// When no client can be made.
    pub(crate) async fn open(
        endpoint: &Endpoint,
        silence_limit: Duration,
        on_entries: impl Fn(Vec<BridgeEntry>) + Send + Sync + 'static,
        on_lost: impl Fn(WebDriverError) + Send + Sync + 'static,
    ) -> Result<Self, WebDriverError> {
        let (commands, queue) = mpsc::unbounded_channel();
        let close = CancellationToken::new();
        let shared = Arc::new(Shared {
            queue: tokio::sync::Mutex::new(Queue {
                commands: queue,
                sent: 0,
            }),
            under_way: AtomicU64::new(0),
            came_back: Notify::new(),
            order: Mutex::new(Order::new()),
            close: close.clone(),
            on_entries: Box::new(on_entries),
            on_lost: Box::new(on_lost),
        });
        for channel in [endpoint.connect().await?, endpoint.connect().await?] {
            let lane = run_lane(channel, HOLD + silence_limit, Arc::clone(&shared));
            tokio::spawn(close.clone().run_until_cancelled_owned(lane));
        }
        Ok(Self {
            commands,
            _close_on_drop: close.drop_guard(),
        })
    }

    /// Sends commands: JSON texts of `[id, target, method, args]`, or `[id, target, method, args, 1]` for one whose reply
    /// may wait for another's, with commas between. All commands of one PhantomJS run in the order they were sent. False
    /// when the bridge is closed.
    pub(crate) fn send(&self, commands: String) -> bool {
        self.commands.send(commands).is_ok()
    }
}

/// What both lanes have in common.
struct Shared {
    /// Held by the lane whose turn it is.
    queue: tokio::sync::Mutex<Queue>,
    /// Batches that are not answered yet.
    under_way: AtomicU64,
    /// Rung with each answer.
    came_back: Notify,
    order: Mutex<Order>,
    /// Closes both lanes.
    close: CancellationToken,
    on_entries: Box<dyn Fn(Vec<BridgeEntry>) + Send + Sync>,
    on_lost: Box<dyn Fn(WebDriverError) + Send + Sync>,
}

struct Queue {
    commands: mpsc::UnboundedReceiver<String>,
    /// Batches so far: each has its number, as two connections may overtake each other.
    sent: u64,
}

impl Shared {
    /// The next batch: as soon as there are commands, or an empty one for want of any under way. None when the bridge is
    /// closed.
    async fn next_batch(&self) -> Option<Batch> {
        let mut queue = self.queue.lock().await;
        let mut ready = Vec::new();
        loop {
            let is_alone = self.under_way.load(Ordering::Acquire) == 0;
            tokio::select! {
                biased;
                count = queue.commands.recv_many(&mut ready, MAX_BATCH) => {
                    if count == 0 {
                        return None;
                    }
                    break;
                }
                () = sleep(LINGER), if is_alone => break,
                () = self.came_back.notified(), if !is_alone => {}
            }
        }
        queue.sent += 1;
        let _ = self.under_way.fetch_add(1, Ordering::AcqRel);
        Some(Batch::new(queue.sent, &ready))
    }

    /// Takes an answer; false when the stream is over.
    fn take(&self, answer: Result<Value, WebDriverError>) -> bool {
        match answer.and_then(|value| read_answer(value).ok_or(WebDriverError::Shape)) {
            Ok(Answer { seq, end, entries }) => {
                // Delivered under the lock, so that the two lanes cannot overtake each other here.
                let mut order = self.order.lock();
                let ready = order.take(seq, entries);
                if !ready.is_empty() {
                    (self.on_entries)(ready);
                }
                if end {
                    self.close.cancel();
                }
                !end
            }
            Err(error) => {
                debug!(error = error.in_short(), "a connection to PhantomJS failed");
                (self.on_lost)(error);
                false
            }
        }
    }
}

async fn run_lane(channel: Channel, limit: Duration, shared: Arc<Shared>) {
    while let Some(batch) = shared.next_batch().await {
        let is_open = shared.take(channel.run(batch, limit).await);
        let _ = shared.under_way.fetch_sub(1, Ordering::AcqRel);
        shared.came_back.notify_one();
        if !is_open {
            return;
        }
    }
}

#[derive(Debug)]
struct Batch(String);

impl Batch {
    fn new(number: u64, commands: &[String]) -> Self {
        let size: usize = commands.iter().map(|text| text.len() + 1).sum();
        let mut body = String::with_capacity(size + 40);
        // Writing to a string does not fail.
        let _ = write!(body, "{{\"batch\":{number},\"commands\":[");
        for (index, text) in commands.iter().enumerate() {
            if index > 0 {
                body.push(',');
            }
            body.push_str(text);
        }
        body.push_str("]}");
        Self(body)
    }
}

impl WebDriverCompatibleCommand for Batch {
    fn endpoint(&self, base: &Url, _session: Option<&str>) -> Result<Url, ParseError> {
        base.join("phantom/batch")
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.clone()))
    }
}

/// One answer of the driver.
struct Answer {
    seq: u64,
    /// PhantomJS exits next, and cannot while a connection is open.
    end: bool,
    entries: Vec<BridgeEntry>,
}

fn read_answer(mut value: Value) -> Option<Answer> {
    let seq = value.get("seq")?.as_u64()?;
    let end = value.get("end")?.as_bool()?;
    let Value::Array(out) = value.get_mut("out")?.take() else {
        return None;
    };
    let entries = out.into_iter().map(read_entry).collect::<Option<_>>()?;
    Some(Answer { seq, end, entries })
}

fn read_entry(entry: Value) -> Option<BridgeEntry> {
    let Value::Array(parts) = entry else {
        return None;
    };
    let [id, kind, text] = <[Value; 3]>::try_from(parts).ok()?;
    let kind = match kind.as_u64()? {
        0 => EntryKind::Value,
        1 => EntryKind::Error,
        2 => EntryKind::Event,
        _ => return None,
    };
    let Value::String(text) = text else {
        return None;
    };
    if kind == EntryKind::Error {
        trace!(command = id.as_i64(), text, "a command failed");
    }
    Some(BridgeEntry {
        id: id.as_i64()?,
        kind,
        text,
    })
}

/// Puts answers that came over two connections back into the driver's order.
#[derive(Debug)]
struct Order {
    next: u64,
    early: BTreeMap<u64, Vec<BridgeEntry>>,
}

impl Order {
    fn new() -> Self {
        Self {
            next: 1,
            early: BTreeMap::new(),
        }
    }

    fn take(&mut self, seq: u64, entries: Vec<BridgeEntry>) -> Vec<BridgeEntry> {
        if seq != self.next {
            let _ = self.early.insert(seq, entries);
            return Vec::new();
        }
        let mut ready = entries;
        self.next += 1;
        while let Some(entries) = self.early.remove(&self.next) {
            ready.extend(entries);
            self.next += 1;
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(id: i64) -> BridgeEntry {
        BridgeEntry {
            id,
            kind: EntryKind::Value,
            text: "null".into(),
        }
    }

    #[test]
    fn answers_that_cross_are_put_in_order() {
        let mut order = Order::new();
        assert_eq!(order.take(2, vec![entry(20)]), []);
        assert_eq!(order.take(3, vec![entry(30)]), []);
        assert_eq!(
            order.take(1, vec![entry(10)]),
            [entry(10), entry(20), entry(30)]
        );
        assert_eq!(order.take(4, vec![]), []);
        assert_eq!(order.take(5, vec![entry(50)]), [entry(50)]);
    }

    #[test]
    fn only_the_shape_of_the_driver_is_read() {
        let good = json!({ "seq": 7, "end": false, "out": [[3, 1, "{}"], [0, 2, "[1]"]] });
        let Answer { seq, end, entries } = read_answer(good).expect("read");
        assert_eq!((seq, end), (7, false));
        assert_eq!(entries[0].kind, EntryKind::Error);
        assert_eq!(entries[1].text, "[1]");
        for bad in [
            json!(null),
            json!({ "seq": 1 }),
            json!({ "seq": 1, "end": true, "out": [[1, 0]] }),
            json!({ "seq": 1, "end": true, "out": [[1, 9, ""]] }),
            json!({ "seq": 1, "end": true, "out": [[1, 0, {}]] }),
        ] {
            assert!(read_answer(bad.clone()).is_none(), "{bad}");
        }
    }
}
