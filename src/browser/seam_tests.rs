//! A browser that is no PhantomJS: what the engines' side of the seam does with any.

use std::path::Path;

use super::*;
use crate::process::{Outputs, Process};
use tokio::process::Command;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);
const LONG: Duration = Duration::from_secs(600);

/// A shell that ends when it is told to. Its remote end answers what [`Echo::send`] says.
struct EchoLauncher(&'static str);

struct Echo<O> {
    observer: O,
    pid: u32,
}

/// Without the observer's type.
trait Ear: Send + Sync {
    fn entries(&self, entries: Vec<Entry>);
    fn lost(&self);
}

impl<O: Observer> Ear for O {
    fn entries(&self, entries: Vec<Entry>) {
        Observer::entries(self, entries);
    }

    fn lost(&self) {
        Observer::lost(self);
    }
}

type EchoEnd = Echo<Box<dyn Ear>>;

impl RemoteEnd for EchoEnd {
    const NAME: &'static str = "Echo";

    /// "ID TEXT" is answered by an event and the value TEXT; "lost" ends the connection; anything else is not answered.
    fn send(&self, commands: &str) {
        if commands == "lost" {
            self.observer.lost();
        } else if let Some((id, text)) = commands.split_once(' ') {
            let entry = |id, kind| Entry {
                id,
                kind,
                text: text.to_owned(),
            };
            let id = id.parse().expect("a number");
            let entries = vec![entry(0, EntryKind::Event), entry(id, EntryKind::Value)];
            self.observer.entries(entries);
        }
    }

    fn exit(&self) {
        use nix::sys::signal::{Signal, kill};
        let pid = nix::unistd::Pid::from_raw(self.pid.cast_signed());
        kill(pid, Signal::SIGTERM).expect("it lives");
    }

    fn probe(&self) {}

    fn unanswered(&self) -> Option<Duration> {
        None
    }
}

impl Launcher for EchoLauncher {
    type Remote = EchoEnd;

    async fn launch(&self, observer: impl Observer) -> Result<Running<EchoEnd>, LaunchError> {
        let mut command = Command::new("/bin/sh");
        let _ = command.args(["-c", self.0]);
        let mut process = Process::spawn(command)
            .map_err(|source| LaunchError::spawn(EchoEnd::NAME, "/bin/sh", source))?;
        let (on_stdout, on_stderr) = (observer.clone(), observer.clone());
        let outputs = Outputs::watch(
            &mut process,
            |_| false,
            move |text| on_stdout.output(Output::Stdout, text),
            move |text| on_stderr.output(Output::Stderr, text),
        );
        let pid = process.id().expect("it runs");
        Ok(Running {
            life: Life::here(process, pid, outputs),
            remote: Echo {
                observer: Box::new(observer),
                pid,
            },
            belongings: None,
        })
    }
}

async fn browser(script: &'static str) -> (Browser<EchoEnd>, UnboundedReceiver<BrowserEvent>) {
    let (sender, receiver) = unbounded_channel();
    let on_event = move |event| {
        let _ = sender.send(event);
    };
    let browser = Browser::launch(&EchoLauncher(script), on_event).await;
    (browser.expect("it starts"), receiver)
}

async fn next(events: &mut UnboundedReceiver<BrowserEvent>) -> BrowserEvent {
    timeout(PATIENCE, events.recv())
        .await
        .expect("in time")
        .expect("an event")
}

async fn entry(events: &mut UnboundedReceiver<BrowserEvent>) -> (i64, EntryKind, String) {
    match next(events).await {
        BrowserEvent::Entry(Entry { id, kind, text }) => (id, kind, text),
        other => panic!("no entry: {other:?}"),
    }
}

async fn end(events: &mut UnboundedReceiver<BrowserEvent>) -> String {
    match next(events).await {
        BrowserEvent::Exited { how, .. } => how,
        other => panic!("not the end: {other:?}"),
    }
}

#[tokio::test]
async fn a_reply_comes_once_and_an_event_in_any_case() {
    let (browser, mut events) = browser("exec sleep 600").await;
    assert!(browser.send([(1, LONG)], "1 a"));
    assert!(browser.send([], "1 b"));
    assert!(browser.send([(2, LONG)], "2 c"));
    for (id, kind, text) in [
        (0, EntryKind::Event, "a"),
        (1, EntryKind::Value, "a"),
        (0, EntryKind::Event, "b"),
        (0, EntryKind::Event, "c"),
        (2, EntryKind::Value, "c"),
    ] {
        assert_eq!(entry(&mut events).await, (id, kind, text.to_owned()));
    }
}

#[tokio::test]
async fn a_command_without_a_reply_gets_an_error_that_names_the_browser() {
    let (browser, mut events) = browser("exec sleep 600").await;
    assert!(browser.send([(1, LONG)], ""));
    browser.relimit(1, Duration::ZERO);
    let (id, kind, text) = entry(&mut events).await;
    assert_eq!((id, kind), (1, EntryKind::Error));
    assert!(
        text.contains("Echo did not answer within pageTimeout"),
        "{text}"
    );
    assert!(browser.send([], "1 late"));
    assert_eq!(entry(&mut events).await.1, EntryKind::Event);
    browser.kill();
    assert_eq!(end(&mut events).await, "signal 9", "no reply before it");
    assert!(!browser.send([(2, LONG)], "2 a"));
}

#[tokio::test]
async fn it_may_exit_by_itself_and_is_killed_when_it_does_not() {
    for (script, how) in [
        (
            "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done",
            "code 7",
        ),
        (
            "trap '' TERM; echo ready; while :; do sleep 0.01; done",
            "signal 9",
        ),
    ] {
        let (browser, mut events) = browser(script).await;
        assert!(matches!(next(&mut events).await, BrowserEvent::Stdout(_)));
        let grace = if how == "code 7" {
            PATIENCE
        } else {
            Duration::from_millis(50)
        };
        browser.close(grace).await;
        assert_eq!(end(&mut events).await, how);
        assert!(!Path::new(&format!("/proc/{}", browser.pid().expect("a process"))).exists());
    }
}

#[tokio::test]
async fn one_whose_connection_is_lost_is_killed_with_all_it_started() {
    let (browser, mut events) = browser("sleep 600 & echo $!; wait").await;
    let BrowserEvent::Stdout(child) = next(&mut events).await else {
        panic!("no pid");
    };
    assert!(browser.send([], "lost"));
    assert_eq!(end(&mut events).await, "signal 9");
    let path = format!("/proc/{}/cmdline", child.trim());
    let is_gone = || std::fs::read(&path).map_or(true, |line| line.is_empty());
    let gone = async {
        while !is_gone() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("it ends");
}
