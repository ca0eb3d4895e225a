//! The `phantom/` extension: frames of commands out, one ordered stream of replies and events back (driver/bridge.js).

use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::json;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, trace, warn};
use url::{ParseError, Url};

use super::client::{Endpoint, WebDriverError};
use super::socket::{Door, Sender};
use crate::lived;

/// How much longer than the longest script PhantomJS may be silent.
const SILENCE_MARGIN: Duration = Duration::from_secs(6);

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

/// The commands' way into one PhantomJS. Dropping it closes the connection, at which PhantomJS exits.
#[derive(Debug)]
pub(crate) struct Bridge {
    sender: Sender,
    _close_on_drop: DropGuard,
}

impl Bridge {
    /// Lets PhantomJS connect, within `admission_limit`. `on_entries` gets replies and events in order; `on_lost` is called once when the connection
    /// ends, or nothing comes over it: a page's script may keep PhantomJS from answering anything for `silence_limit`.
    ///
    /// # Errors
    /// When PhantomJS cannot be asked, or does not come.
    pub(crate) async fn open(
        endpoint: &Endpoint,
        admission_limit: Duration,
        silence_limit: Duration,
        on_entries: impl Fn(Vec<BridgeEntry>) + Send + Sync + 'static,
        on_lost: impl FnOnce(WebDriverError) + Send + 'static,
    ) -> Result<Self, WebDriverError> {
        let door = Door::open().await.map_err(WebDriverError::Socket)?;
        let call = Connect(door.url().map_err(WebDriverError::Socket)?);
        let client = endpoint.connect().await?;
        let (_, admitted) = tokio::try_join!(client.run(call, admission_limit), async {
            lived::timeout(admission_limit, door.admit())
                .await
                .map_err(|lived::Elapsed| WebDriverError::TimedOut(admission_limit))?
                .map_err(WebDriverError::Socket)
        })?;
        debug!("PhantomJS has connected");
        let sender = admitted.sender();
        let close = CancellationToken::new();
        let limit = silence_limit + SILENCE_MARGIN;
        let serving = async move {
            let error = admitted
                .run(limit, |text| on_entries(read_entries(text)))
                .await;
            debug!(
                error = error.in_short(),
                "the connection to PhantomJS ended"
            );
            on_lost(error);
        };
        tokio::spawn(close.clone().run_until_cancelled_owned(serving));
        Ok(Self {
            sender,
            _close_on_drop: close.drop_guard(),
        })
    }

    /// Sends commands: JSON texts of `[id, target, method, args]`, or `[id, target, method, args, 1]` for one whose reply
    /// may wait for another's, with commas between. All commands of one PhantomJS run in the order they were sent.
    pub(crate) fn send(&self, commands: &str) {
        self.sender.send_text(commands);
    }

    /// Asks PhantomJS to say when it is through with all that was sent before.
    pub(crate) fn probe(&self) {
        self.sender.probe();
    }

    /// For how long the oldest such question has no answer; none when all are answered.
    pub(crate) fn unanswered(&self) -> Option<Duration> {
        self.sender.unanswered()
    }
}

/// Asks the driver to connect to this address.
#[derive(Debug)]
struct Connect(String);

impl WebDriverCompatibleCommand for Connect {
    fn endpoint(&self, base: &Url, _session: Option<&str>) -> Result<Url, ParseError> {
        base.join("phantom/connect")
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "url": self.0 }).to_string()))
    }
}

/// The entries of a frame, one a line: id, kind, JSON text.
fn read_entries(frame: &str) -> Vec<BridgeEntry> {
    let entries = frame.split('\n').map(|line| (line, read_entry(line)));
    entries
        .filter_map(|(line, entry)| {
            if entry.is_none() {
                warn!(size = line.len(), "the driver said what nobody understands");
            }
            entry
        })
        .collect()
}

fn read_entry(line: &str) -> Option<BridgeEntry> {
    let (id, rest) = line.split_once(' ')?;
    let (kind, text) = rest.split_once(' ')?;
    let kind = match kind {
        "0" => EntryKind::Value,
        "1" => EntryKind::Error,
        "2" => EntryKind::Event,
        _ => return None,
    };
    let id = id.parse().ok()?;
    if kind == EntryKind::Error {
        trace!(command = id, text, "a command failed");
    }
    Some(BridgeEntry {
        id,
        kind,
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_an_entry_a_line() {
        let entries = read_entries("3 1 {}\n0 2 [1, \"a b\"]");
        assert_eq!(
            entries,
            [
                BridgeEntry {
                    id: 3,
                    kind: EntryKind::Error,
                    text: "{}".into(),
                },
                BridgeEntry {
                    id: 0,
                    kind: EntryKind::Event,
                    text: "[1, \"a b\"]".into(),
                },
            ]
        );
    }

    #[test]
    fn what_is_no_entry_is_passed_over() {
        let entries = read_entries("\n1\n1 0\n1 9 {}\nx 0 {}\n5 0 null");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].id, 5);
    }
}
