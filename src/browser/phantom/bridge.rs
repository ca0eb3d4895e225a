//! The `phantom/` extension: frames of commands out, one ordered stream of replies and events back (driver/bridge.js).

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, trace, warn};

use super::error::BridgeError;
use super::listener::Listener;
use super::socket::{Sender, Socket};
use crate::browser::remote::{Entry, EntryKind, Observer, RemoteEnd};
use crate::lived;
use crate::webdriver::Endpoint;

/// How much longer than the longest script PhantomJS may be silent.
const SILENCE_MARGIN: Duration = Duration::from_secs(6);
/// A command nobody waits for: the answer is the end of the process.
const EXIT: &str = r#"[-1,0,"exit",[]]"#;

/// How long PhantomJS may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// From being asked to connect to being connected.
    pub(super) admission: Duration,
    /// Over a page's script, which keeps it from answering anything.
    pub(super) silence: Duration,
}

/// The remote end of one PhantomJS. Dropping it closes the connection, at which PhantomJS exits.
#[derive(Debug)]
pub(crate) struct Bridge {
    sender: Sender,
    _close_on_drop: DropGuard,
}

impl Bridge {
    /// Lets PhantomJS connect.
    ///
    /// # Errors
    /// When PhantomJS cannot be asked, or does not come.
    pub(super) async fn open(
        endpoint: &Endpoint,
        limits: Limits,
        observer: impl Observer,
    ) -> Result<Self, BridgeError> {
        let socket = connect(endpoint, limits.admission).await?;
        debug!("PhantomJS has connected");
        let sender = socket.sender();
        let close = CancellationToken::new();
        let serving = serve(socket, limits.silence + SILENCE_MARGIN, observer);
        tokio::spawn(close.clone().run_until_cancelled_owned(serving));
        Ok(Self {
            sender,
            _close_on_drop: close.drop_guard(),
        })
    }
}

impl RemoteEnd for Bridge {
    const NAME: &'static str = "PhantomJS";

    fn send(&self, commands: &str) {
        self.sender.send_text(commands);
    }

    fn exit(&self) {
        self.sender.send_text(EXIT);
    }

    /// PhantomJS has one thread: what it is through with, all its pages are.
    fn probe(&self) {
        self.sender.probe();
    }

    fn unanswered(&self) -> Option<Duration> {
        self.sender.unanswered()
    }
}

async fn connect(endpoint: &Endpoint, limit: Duration) -> Result<Socket, BridgeError> {
    let listener = Listener::bind().await.map_err(BridgeError::Socket)?;
    let body = json!({ "url": listener.url().map_err(BridgeError::Socket)? });
    let client = endpoint.connect().await?;
    let calling = async { Ok(client.post("phantom/connect", body, limit).await?) };
    let accepting = async {
        lived::timeout(limit, listener.accept())
            .await
            .map_err(|lived::Elapsed| BridgeError::Silent(limit))?
            .map_err(BridgeError::Socket)
    };
    let (_, socket) = tokio::try_join!(calling, accepting)?;
    Ok(socket)
}

async fn serve(socket: Socket, silence_limit: Duration, observer: impl Observer) {
    let error = socket
        .run(silence_limit, |text| observer.entries(read_entries(text)))
        .await;
    debug!(%error, "the connection to PhantomJS ended");
    observer.lost();
}

/// The entries of a frame, one a line: id, kind, JSON text.
fn read_entries(frame: &str) -> Vec<Entry> {
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

fn read_entry(line: &str) -> Option<Entry> {
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
    Some(Entry {
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
                Entry {
                    id: 3,
                    kind: EntryKind::Error,
                    text: "{}".into(),
                },
                Entry {
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
