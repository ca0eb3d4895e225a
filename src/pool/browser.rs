//! One PhantomJS: its process, its bridge, its end.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::launch::{self, LaunchError, LaunchOptions, Launched, OUTPUT_DEADLINE, Output};
use super::process::KillHandle;
use crate::deadlines::{self, Deadlines};
use crate::lived::{self, Lived};
use crate::webdriver::{Bridge, BridgeEntry, EntryKind};

/// How long an exiting PhantomJS may take from losing its connection to its end.
const LOST_GRACE: Duration = Duration::from_secs(2);
/// A PhantomJS that listens has at least so long to connect, whatever its start has left.
const LEAST_ADMISSION: Duration = Duration::from_secs(2);
/// The id of commands nobody waits for.
const NO_REPLY: i64 = -1;

/// What happens in a PhantomJS.
#[derive(Debug)]
pub(crate) enum BrowserEvent {
    /// A reply or an event from a page.
    Entry(BridgeEntry),
    Stdout(String),
    Stderr(String),
    /// The last event: the process is gone.
    Exited {
        /// "code 0", "signal 9"
        how: String,
        /// The end of its output.
        output: String,
    },
}

/// A running PhantomJS. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Browser {
    pid: u32,
    port: u16,
    kill: Arc<KillHandle>,
    bridge: Bridge,
    pending: Arc<Pending>,
    ended: watch::Receiver<bool>,
}

impl Browser {
    /// Starts PhantomJS; resolves when it can be used. Must run on a thread of the runtime; `on_event` is called from
    /// its threads.
    ///
    /// # Errors
    /// [`LaunchError`]; no process is left then.
    pub(crate) async fn launch(
        options: &LaunchOptions,
        on_event: impl Fn(BrowserEvent) + Send + Sync + 'static,
    ) -> Result<Self, LaunchError> {
        let begun = Instant::now();
        let on_event = Arc::new(on_event);
        let on_output = Arc::clone(&on_event);
        let launched = launch::launch(options, move |output, text| {
            on_output(match output {
                Output::Stdout => BrowserEvent::Stdout(text),
                Output::Stderr => BrowserEvent::Stderr(text),
            });
        })
        .await?;
        let pending = Arc::new(Pending::new());
        // It is part of the start.
        let left = options.start_timeout.saturating_sub(begun.elapsed());
        let limits = (left.max(LEAST_ADMISSION), options.silence_limit);
        let lost = Arc::new(Notify::new());
        let bridge = open_bridge(&launched, limits, &pending, Arc::clone(&lost), &on_event).await?;
        let (end, ended) = watch::channel(false);
        let browser = Self {
            pid: launched.pid,
            port: launched.port,
            kill: Arc::clone(launched.process.kill_handle()),
            bridge,
            pending: Arc::clone(&pending),
            ended,
        };
        tokio::spawn(live(launched, pending, lost, end, on_event));
        Ok(browser)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// The port its driver listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Sends commands (see [`Bridge::send`]) whose replies must come within their limits, or errors come in their place:
    /// `waiting` has their ids and limits. False when PhantomJS is gone.
    pub(crate) fn send(
        &self,
        waiting: impl IntoIterator<Item = (i64, Duration)>,
        commands: &str,
    ) -> bool {
        if *self.ended.borrow() {
            return false;
        }
        self.pending.insert(waiting);
        self.bridge.send(commands);
        true
    }

    /// Sets the limit of a command anew, from now on; nothing when its reply has come.
    pub(crate) fn relimit(&self, id: i64, limit: Duration) {
        if self.pending.remove(id) {
            self.pending.insert([(id, limit)]);
        }
    }

    /// See [`Bridge::probe`].
    pub(crate) fn probe(&self) {
        self.bridge.probe();
    }

    /// See [`Bridge::unanswered`].
    pub(crate) fn unanswered(&self) -> Option<Duration> {
        self.bridge.unanswered()
    }

    /// Lets PhantomJS exit by itself (it writes its cookies file then), kills it after `grace`, and waits until it is
    /// reaped. Without a `grace` it is killed at once.
    pub(crate) async fn close(&self, grace: Duration) {
        let mut ended = self.ended.clone();
        if !grace.is_zero() {
            let exit = format!("[{NO_REPLY},0,\"exit\",[]]");
            self.bridge.send(&exit);
            let _ = lived::timeout(grace, ended.wait_for(|ended| *ended)).await;
        }
        debug!(pid = self.pid, "PhantomJS is closed");
        self.kill.kill();
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// Kills PhantomJS at once, without waiting: for the last moments of this process.
    pub(crate) fn kill(&self) {
        self.kill.kill();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.kill.kill();
    }
}

async fn open_bridge(
    launched: &Launched,
    (admission_limit, silence_limit): (Duration, Duration),
    pending: &Arc<Pending>,
    lost: Arc<Notify>,
    on_event: &Arc<impl Fn(BrowserEvent) + Send + Sync + 'static>,
) -> Result<Bridge, LaunchError> {
    let (settled, on_entry) = (Arc::clone(pending), Arc::clone(on_event));
    let bridge = Bridge::open(
        &launched.endpoint,
        admission_limit,
        silence_limit,
        move |entries| {
            for entry in entries {
                if entry.kind == EntryKind::Event || settled.remove(entry.id) {
                    on_entry(BrowserEvent::Entry(entry));
                }
            }
        },
        move |_| lost.notify_one(),
    );
    Ok(bridge.await?)
}

/// Waits for the end of the process, and ends what belongs to it.
async fn live(
    mut launched: Launched,
    pending: Arc<Pending>,
    lost: Arc<Notify>,
    end: watch::Sender<bool>,
    on_event: Arc<impl Fn(BrowserEvent) + Send + Sync + 'static>,
) {
    let pid = launched.pid;
    let kill = Arc::clone(launched.process.kill_handle());
    let status = tokio::select! {
        status = launched.process.wait() => status.ok(),
        never = pending.expire(|id| on_event(timed_out(id))) => never,
        never = kill_when_lost(&lost, &kill) => never,
    };
    for output in &mut launched.outputs {
        let _ = lived::timeout(OUTPUT_DEADLINE, output).await;
    }
    let (port, how) = (launched.port, status.map(launch::describe));
    info!(pid, port, how, "PhantomJS ended");
    let _ = end.send(true);
    on_event(BrowserEvent::Exited {
        how: status.map_or_else(|| "unknown".to_owned(), launch::describe),
        output: launched.tails.text(),
    });
}

/// A PhantomJS that does not answer is of no use to anyone; its end is reported by whoever waits for it. One that is just
/// exiting loses its connection first.
async fn kill_when_lost<T>(lost: &Notify, kill: &KillHandle) -> T {
    lost.notified().await;
    lived::sleep(LOST_GRACE).await;
    warn!("PhantomJS is killed: it does not answer");
    kill.kill();
    std::future::pending().await
}

fn timed_out(id: i64) -> BrowserEvent {
    BrowserEvent::Entry(BridgeEntry {
        id,
        kind: EntryKind::Error,
        text: r#"{"error":"timeout","message":"PhantomJS did not answer within pageTimeout","stacktrace":""}"#
            .to_owned(),
    })
}

/// The commands that wait for their replies.
#[derive(Debug)]
struct Pending {
    waiting: Mutex<Waiting>,
    nearer: Notify,
}

#[derive(Debug)]
struct Waiting {
    deadlines: Deadlines<i64>,
    clock: Lived,
}

impl Pending {
    fn new() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                deadlines: Deadlines::new(),
                clock: Lived::new(),
            }),
            nearer: Notify::new(),
        }
    }

    fn insert(&self, waiting: impl IntoIterator<Item = (i64, Duration)>) {
        let mut all = self.waiting.lock();
        let now = all.clock.now();
        for (id, limit) in waiting {
            if all.deadlines.insert(id, now + limit) {
                self.nearer.notify_one();
            }
        }
    }

    fn remove(&self, id: i64) -> bool {
        self.waiting.lock().deadlines.remove(id)
    }

    async fn expire<T>(&self, on_due: impl Fn(i64)) -> T {
        let end_due = || {
            while let Some(id) = { self.waiting.lock().pop_due() } {
                on_due(id);
            }
        };
        deadlines::keep(&self.nearer, || self.waiting.lock().wake_at(), end_due).await
    }
}

impl Waiting {
    fn wake_at(&mut self) -> Option<Instant> {
        self.clock.wake_at(self.deadlines.next())
    }

    fn pop_due(&mut self) -> Option<i64> {
        let now = self.clock.now();
        self.deadlines.pop_due(now)
    }
}

#[cfg(test)]
#[path = "browser_tests.rs"]
mod tests;
