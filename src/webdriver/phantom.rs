//! The `phantom/` extension: batches of commands out, one ordered stream of replies and events back (driver/bridge.js).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, trace};
use url::{ParseError, Url};

use super::client::{Channel, Endpoint, WebDriverError};

/// Commands that may share one request; more only make the first wait for the last.
const MAX_BATCH: usize = 256;
/// An answer to a poll is held back for 4 s (driver/bridge.js), and a busy machine takes its time too.
const POLL_HOLD: Duration = Duration::from_secs(6);
/// A connection without a request for 90 s is closed by the client, and whether PhantomJS has a thread for another one is
/// up to strangers: it has ten in all.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

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
    /// PhantomJS stops answering without having said that it exits: a page's script may
    /// keep it from answering anything for `silence_limit`.
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
        let stream = Arc::new(Stream {
            order: Mutex::new(Order::new()),
            close: close.clone(),
            on_entries: Box::new(on_entries),
            on_lost: Box::new(on_lost),
        });
        let limit = POLL_HOLD + silence_limit;
        let sending = send_batches(endpoint.connect().await?, queue, limit, Arc::clone(&stream));
        let polling = poll_events(endpoint.connect().await?, limit, stream);
        tokio::spawn(close.clone().run_until_cancelled_owned(sending));
        tokio::spawn(close.clone().run_until_cancelled_owned(polling));
        Ok(Self {
            commands,
            _close_on_drop: close.drop_guard(),
        })
    }

    /// Sends a command, JSON text of `[id, target, method, args]`. All commands of one PhantomJS run in the order they
    /// were sent. False when the bridge is closed.
    pub(crate) fn send(&self, command: String) -> bool {
        self.commands.send(command).is_ok()
    }
}

struct Stream {
    order: Mutex<Order>,
    /// Closes both connections.
    close: CancellationToken,
    on_entries: Box<dyn Fn(Vec<BridgeEntry>) + Send + Sync>,
    on_lost: Box<dyn Fn(WebDriverError) + Send + Sync>,
}

impl Stream {
    /// Takes an answer; false when the stream is lost.
    fn take(&self, answer: Result<Value, WebDriverError>) -> bool {
        match answer.and_then(|value| read_answer(value).ok_or(WebDriverError::Shape)) {
            Ok(Answer { seq, end, entries }) => {
                // Delivered under the lock, so that the two connections cannot overtake each other here.
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

async fn send_batches(
    channel: Channel,
    mut queue: mpsc::UnboundedReceiver<String>,
    limit: Duration,
    stream: Arc<Stream>,
) {
    let mut ready = Vec::new();
    loop {
        // While one batch is under way the next one gathers; an empty one keeps the connection.
        let gathered = timeout(KEEP_ALIVE, queue.recv_many(&mut ready, MAX_BATCH));
        if gathered.await == Ok(0) {
            return;
        }
        let batch = Batch(format!("{{\"commands\":[{}]}}", ready.join(",")));
        ready.clear();
        if !stream.take(channel.run(batch, limit).await) {
            return;
        }
    }
}

async fn poll_events(channel: Channel, limit: Duration, stream: Arc<Stream>) {
    while stream.take(channel.run(Poll, limit).await) {}
}

#[derive(Debug)]
struct Batch(String);

impl WebDriverCompatibleCommand for Batch {
    fn endpoint(&self, base: &Url, _session: Option<&str>) -> Result<Url, ParseError> {
        base.join("phantom/batch")
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.clone()))
    }
}

#[derive(Debug)]
struct Poll;

impl WebDriverCompatibleCommand for Poll {
    fn endpoint(&self, base: &Url, _session: Option<&str>) -> Result<Url, ParseError> {
        base.join("phantom/events")
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::GET, None)
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
