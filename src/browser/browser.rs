//! One browser: its process, its remote end, the deadlines of its commands, its end.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tracing::{debug, info, warn};

use super::launcher::{Belongings, LaunchError, Launcher, Running};
use super::life::{Life, Switch};
use super::pending::Pending;
use super::remote::{Entry, EntryKind, Observer, RemoteEnd};
use crate::lived;
use crate::process::Output;

/// How long an exiting browser may take from losing its connection to its end.
const LOST_GRACE: Duration = Duration::from_secs(2);

/// What happens in a browser.
#[derive(Debug)]
pub(crate) enum BrowserEvent {
    /// A reply or an event from a page.
    Entry(Entry),
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

/// A running browser. Dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Browser<R> {
    /// None of one that runs elsewhere.
    pid: Option<u32>,
    switch: Switch,
    remote: Arc<R>,
    pending: Arc<Pending>,
    ended: watch::Receiver<bool>,
}

impl<R: RemoteEnd> Browser<R> {
    /// Starts a browser; resolves when it can be used. Must run on a thread of the runtime; `on_event` is called from its
    /// threads.
    ///
    /// # Errors
    /// [`LaunchError`]; no process is left then.
    pub(crate) async fn launch(
        launcher: &impl Launcher<Remote = R>,
        on_event: impl Fn(BrowserEvent) + Send + Sync + 'static,
    ) -> Result<Self, LaunchError> {
        let relay = Relay {
            pending: Arc::new(Pending::new()),
            lost: Arc::new(Notify::new()),
            on_event: Arc::new(on_event),
        };
        let Running {
            life,
            remote,
            belongings,
        } = launcher.launch(relay.clone()).await?;
        let (end, ended) = watch::channel(false);
        let remote = Arc::new(remote);
        let heard = Arc::downgrade(&remote);
        let browser = Self {
            pid: life.pid(),
            switch: life.switch(),
            remote,
            pending: Arc::clone(&relay.pending),
            ended,
        };
        tokio::spawn(async move {
            live::<R, _>(life, relay, heard, belongings, end).await;
        });
        Ok(browser)
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// Sends commands (see [`RemoteEnd::send`]) whose replies must come within their limits, or errors come in their
    /// place: `waiting` has their ids and limits. False when the browser is gone.
    pub(crate) fn send(
        &self,
        waiting: impl IntoIterator<Item = (i64, Duration)>,
        commands: &str,
    ) -> bool {
        if *self.ended.borrow() {
            return false;
        }
        self.pending.insert(waiting);
        self.remote.send(commands);
        true
    }

    /// Sets the limit of a command anew, from now on; nothing when its reply has come.
    pub(crate) fn relimit(&self, id: i64, limit: Duration) {
        if self.pending.remove(id) {
            self.pending.insert([(id, limit)]);
        }
    }

    /// See [`RemoteEnd::probe`].
    pub(crate) fn probe(&self) {
        self.remote.probe();
    }

    /// See [`RemoteEnd::unanswered`].
    pub(crate) fn unanswered(&self) -> Option<Duration> {
        self.remote.unanswered()
    }

    /// Lets the browser exit by itself (PhantomJS writes its cookies file then), kills it after `grace`, and waits until it
    /// is reaped. Without a `grace` it is killed at once.
    pub(crate) async fn close(&self, grace: Duration) {
        let mut ended = self.ended.clone();
        if !grace.is_zero() {
            self.remote.exit();
            let _ = lived::timeout(grace, ended.wait_for(|ended| *ended)).await;
        }
        debug!(pid = self.pid, "{} is closed", R::NAME);
        self.switch.kill();
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// Kills the browser at once, without waiting: for the last moments of this process.
    pub(crate) fn kill(&self) {
        self.switch.kill();
    }
}

impl<R> Drop for Browser<R> {
    fn drop(&mut self) {
        self.switch.kill();
    }
}

/// Passes on what is heard of one browser.
struct Relay<F> {
    pending: Arc<Pending>,
    lost: Arc<Notify>,
    on_event: Arc<F>,
}

impl<F> Clone for Relay<F> {
    fn clone(&self) -> Self {
        Self {
            pending: Arc::clone(&self.pending),
            lost: Arc::clone(&self.lost),
            on_event: Arc::clone(&self.on_event),
        }
    }
}

impl<F: Fn(BrowserEvent) + Send + Sync + 'static> Observer for Relay<F> {
    fn entries(&self, entries: Vec<Entry>) {
        for entry in entries {
            // A reply to a command whose time is over is too late.
            if entry.kind == EntryKind::Event || self.pending.remove(entry.id) {
                (self.on_event)(BrowserEvent::Entry(entry));
            }
        }
    }

    fn output(&self, output: Output, text: String) {
        (self.on_event)(match output {
            Output::Stdout => BrowserEvent::Stdout(text),
            Output::Stderr => BrowserEvent::Stderr(text),
        });
    }

    fn lost(&self) {
        self.lost.notify_one();
    }
}

/// Waits for the browser's end, and ends what belongs to it.
async fn live<R: RemoteEnd, F: Fn(BrowserEvent)>(
    mut life: Life,
    relay: Relay<F>,
    remote: Weak<R>,
    belongings: Option<Box<dyn Belongings>>,
    end: watch::Sender<bool>,
) {
    let switch = life.switch();
    let on_event = &relay.on_event;
    let expire = |id| {
        on_event(timed_out(R::NAME, id));
        if let Some(remote) = remote.upgrade() {
            remote.expired(id);
        }
    };
    let how = tokio::select! {
        how = life.ended() => how,
        never = relay.pending.expire(expire) => never,
        never = kill_when_lost(R::NAME, &relay.lost, &switch) => never,
    };
    let output = life.output().await;
    if let Some(belongings) = belongings {
        // Removing files may block.
        let _ = tokio::task::spawn_blocking(move || drop(belongings)).await;
    }
    life.unguard().await;
    info!(pid = life.pid(), how, "{} ended", R::NAME);
    let _ = end.send(true);
    on_event(BrowserEvent::Exited {
        how: how.unwrap_or_else(|| "unknown".to_owned()),
        output,
    });
}

/// A browser that does not answer is of no use to anyone; its end is reported by whoever waits for it. One that is just
/// exiting loses its connection first.
async fn kill_when_lost<Never>(browser: &str, lost: &Notify, switch: &Switch) -> Never {
    lost.notified().await;
    lived::sleep(LOST_GRACE).await;
    warn!("{browser} is killed: it does not answer");
    switch.kill();
    std::future::pending().await
}

fn timed_out(browser: &str, id: i64) -> BrowserEvent {
    BrowserEvent::Entry(Entry {
        id,
        kind: EntryKind::Error,
        text: format!(
            r#"{{"error":"timeout","message":"{browser} did not answer within pageTimeout","stacktrace":""}}"#
        ),
    })
}

#[cfg(test)]
#[path = "browser_tests.rs"]
mod tests;

#[cfg(target_os = "linux")]
#[cfg(test)]
#[path = "seam_tests.rs"]
mod seam_tests;
