//! The remote end: commands go to the task of their page, what comes of them to the observer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{debug, warn};

use super::cdp::{Connection, Listener, Raw, SessionId, read};
use super::command::{Command, Failure, Reply, Sink, read_commands};
use super::page;
use super::phantom;
use super::settings::Defaults;
use super::tabs::Tabs;
use crate::browser::remote::RemoteEnd;

/// Pages that open by themselves are numbered from here, far above those that Node asks for.
const FIRST_OWN_NUMBER: u64 = 1_000_000_000;

/// The remote end of one Chromium. Dropping it closes the pipe, at which Chromium exits.
#[derive(Debug)]
pub(crate) struct Chromium {
    browser: Arc<Shared>,
    commands: UnboundedSender<Command>,
    _close_on_drop: DropGuard,
}

/// What all that happens in one browser shares.
pub(super) struct Shared {
    pub(super) connection: Connection,
    pub(super) sink: Sink,
    pub(super) defaults: Defaults,
    pub(super) tabs: Tabs,
    pages: Mutex<FxHashMap<u64, page::Handle>>,
    last_own_number: AtomicU64,
    /// Ends every task of this browser.
    pub(super) stop: CancellationToken,
    runtime: Handle,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chromium")
            .field("pages", &self.pages.lock().len())
            .finish_non_exhaustive()
    }
}

impl Chromium {
    /// `close` ends the connection when it is dropped. Must run inside the runtime.
    pub(super) fn start(
        connection: Connection,
        sink: Sink,
        defaults: Defaults,
        close: DropGuard,
    ) -> Self {
        let browser = Arc::new(Shared {
            tabs: Tabs::new(connection.clone()),
            connection,
            sink,
            defaults,
            pages: Mutex::default(),
            last_own_number: AtomicU64::new(FIRST_OWN_NUMBER),
            stop: CancellationToken::new(),
            runtime: Handle::current(),
        });
        let root = browser.connection.root();
        browser
            .connection
            .listen(root.id().clone(), Arc::clone(&browser) as Arc<dyn Listener>);
        // Tabs and pop-ups alike: each is held until its session is made ready.
        root.notify(
            "Target.setAutoAttach",
            json!({
                "autoAttach": true,
                "waitForDebuggerOnStart": true,
                "flatten": true,
                "filter": [{ "type": "page" }],
            }),
        );
        let (commands, queue) = unbounded_channel();
        let running = phantom::serve(Arc::clone(&browser), queue);
        browser.spawn(&browser.stop, running);
        Self {
            browser,
            commands,
            _close_on_drop: close,
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.browser.end();
    }
}

impl RemoteEnd for Chromium {
    const NAME: &'static str = "Chromium";

    fn send(&self, commands: &str) {
        match read_commands(commands) {
            Ok(commands) => commands
                .into_iter()
                .for_each(|command| self.browser.dispatch(command, &self.commands)),
            Err(error) => warn!(%error, "commands that nobody understands"),
        }
    }

    fn exit(&self) {
        self.browser
            .connection
            .root()
            .notify("Browser.close", json!({}));
    }

    /// Pages have processes of their own: each is asked when one of its commands takes too long.
    fn probe(&self) {}

    fn unanswered(&self) -> Option<Duration> {
        None
    }

    fn expired(&self, id: i64) {
        for handle in self.browser.pages.lock().values() {
            handle.expire(id);
        }
    }
}

impl Shared {
    pub(super) fn reply(&self, id: i64, target: u64) -> Reply {
        Reply::new(id, target, Arc::clone(&self.sink))
    }

    fn dispatch(self: &Arc<Self>, command: Command, own: &UnboundedSender<Command>) {
        if command.target == 0 {
            if command.method == "createPage" {
                page::create(self, &command);
            } else {
                let _ = own.send(command);
            }
            return;
        }
        let refused = match self.pages.lock().get(&command.target) {
            Some(handle) => handle.send(command).err(),
            None => Some(command),
        };
        if let Some(command) = refused {
            let Command { id, target, .. } = command;
            self.reply(id, target).give(Err(Failure::new(
                "invalid session id",
                format!("no session p{target}: it was closed or never existed"),
            )));
        }
    }

    /// Runs a task until `stop`; may be called from any thread.
    pub(super) fn spawn(
        &self,
        stop: &CancellationToken,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        drop(
            self.runtime
                .spawn(stop.clone().run_until_cancelled_owned(task)),
        );
    }

    /// Enters a page; false where its number is taken.
    pub(super) fn enter(&self, number: u64, handle: page::Handle) -> bool {
        let mut pages = self.pages.lock();
        if pages.contains_key(&number) {
            return false;
        }
        let _ = pages.insert(number, handle);
        true
    }

    /// A page is closed: it takes no more commands.
    pub(super) fn leave(&self, number: u64) {
        let _ = self.pages.lock().remove(&number);
    }

    pub(super) fn page_count(&self) -> usize {
        self.pages.lock().len()
    }

    /// A number for a page that opened by itself.
    pub(super) fn own_number(&self) -> u64 {
        self.last_own_number.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn end(&self) {
        self.stop.cancel();
        self.pages.lock().clear();
        self.connection.end();
    }
}

/// `Target.attachedToTarget`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: String,
    target_info: TargetInfo,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetInfo {
    pub(super) target_id: String,
    pub(super) opener_id: Option<String>,
}

/// `Target.detachedFromTarget`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detached {
    session_id: String,
}

impl Listener for Shared {
    fn event(&self, _session: &SessionId, method: &str, params: &Raw) {
        match method {
            "Target.attachedToTarget" => {
                let Ok(attached) = read::<Attached>(params) else {
                    return;
                };
                let session = self.connection.session(SessionId::of(&attached.session_id));
                self.tabs.attached(session, attached.target_info);
            }
            "Target.detachedFromTarget" => {
                if let Ok(detached) = read::<Detached>(params) {
                    let id = SessionId::of(&detached.session_id);
                    debug!(session = id.as_str(), "a tab is gone");
                    self.connection.forget(&id);
                }
            }
            _ => {}
        }
    }
}
