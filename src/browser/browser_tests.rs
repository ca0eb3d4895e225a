//! Against a real PhantomJS.

use std::path::Path;

use super::*;
use crate::browser::phantom::Bridge;
use crate::browser::phantom::fixture::{Deaf, launcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

async fn browser(base_port: u16) -> (Browser<Bridge>, UnboundedReceiver<BrowserEvent>) {
    let (sender, receiver) = unbounded_channel();
    let browser = Browser::launch(&launcher(base_port), move |event| {
        let _ = sender.send(event);
    })
    .await
    .expect("PhantomJS starts");
    (browser, receiver)
}

async fn next(events: &mut UnboundedReceiver<BrowserEvent>) -> BrowserEvent {
    timeout(PATIENCE, events.recv())
        .await
        .expect("in time")
        .expect("an event")
}

async fn reply(events: &mut UnboundedReceiver<BrowserEvent>) -> (i64, EntryKind, String) {
    match next(events).await {
        BrowserEvent::Entry(Entry { id, kind, text }) => (id, kind, text),
        other => panic!("not a reply: {other:?}"),
    }
}

fn is_alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_run_in_order_and_their_replies_come_back() {
    let (browser, mut events) = browser(23_100).await;
    let limit = Duration::from_secs(60);
    assert!(browser.send([(1, limit)], r#"[1,0,"createPage",[1,{}]]"#));
    let sum = r#"[2,1,"evaluate",["function(a,b){return a+b}",false,1,2]]"#;
    assert!(browser.send([(2, limit)], sum));
    assert!(browser.send([(3, limit)], r#"[3,9,"get",["title"]]"#));
    assert_eq!(
        reply(&mut events).await,
        (1, EntryKind::Value, "null".into())
    );
    assert_eq!(reply(&mut events).await, (2, EntryKind::Value, "3".into()));
    let (id, kind, text) = reply(&mut events).await;
    assert_eq!((id, kind), (3, EntryKind::Error));
    assert!(text.contains("invalid session id"), "{text}");
    browser.close(PATIENCE).await;
    assert!(!is_alive(browser.pid().expect("a process")), "reaped");
    let BrowserEvent::Exited { how, .. } = next(&mut events).await else {
        panic!("not the end");
    };
    assert_eq!(how, "code 0");
    assert!(!browser.send([(4, limit)], r#"[4,0,"getCookies",[]]"#));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_never_ends_gets_an_error_in_time() {
    let (browser, mut events) = browser(23_120).await;
    let limit = Duration::from_secs(60);
    assert!(browser.send([(1, limit)], r#"[1,0,"createPage",[1,{}]]"#));
    let _ = reply(&mut events).await;
    // Nothing listens there and nothing answers: an address of a socket that accepts and then stays silent.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("bound").port();
    let open = format!(r#"[2,1,"open",["http://127.0.0.1:{port}/"]]"#);
    assert!(browser.send([(2, Duration::from_millis(50))], &open));
    let (id, kind, text) = reply(&mut events).await;
    assert_eq!((id, kind), (2, EntryKind::Error));
    assert!(text.contains("pageTimeout"), "{text}");
    // It is not wedged: others go on.
    assert!(browser.send([(3, limit)], r#"[3,1,"get",["title"]]"#));
    assert_eq!(reply(&mut events).await.0, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_death_is_noticed_at_once() {
    let (browser, mut events) = browser(23_140).await;
    browser.kill();
    let BrowserEvent::Exited { how, .. } = next(&mut events).await else {
        panic!("not the end");
    };
    assert_eq!(how, "signal 9");
    assert!(!is_alive(browser.pid().expect("a process")), "reaped");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_frozen_and_has_nothing_to_do_is_killed() {
    use nix::sys::signal::{Signal, kill};

    let (sender, mut events) = unbounded_channel();
    let mut options = launcher(23_200);
    options.silence_limit = Duration::from_secs(1);
    let on_event = move |event| {
        let _ = sender.send(event);
    };
    let browser = Browser::launch(&options, on_event)
        .await
        .expect("it starts");
    let pid = nix::unistd::Pid::from_raw(browser.pid().expect("a process").cast_signed());
    kill(pid, Signal::SIGSTOP).expect("it lives");
    let BrowserEvent::Exited { how, .. } = next(&mut events).await else {
        panic!("not the end");
    };
    assert_eq!(how, "signal 9");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_browser_leaves_no_process() {
    let (browser, mut events) = browser(23_160).await;
    let pid = browser.pid().expect("a process");
    drop(browser);
    assert!(matches!(
        next(&mut events).await,
        BrowserEvent::Exited { .. }
    ));
    assert!(!is_alive(pid));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_exits_when_its_client_is_gone() {
    let mut running = launcher(23_220).launch(Deaf).await.expect("it starts");
    drop(running.remote);
    let status = timeout(PATIENCE, running.life.ended())
        .await
        .expect("in time")
        .expect("waited for");
    assert_eq!(status, "code 99");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_it_from_starting_is_said() {
    let mut options = launcher(23_180);
    options.arguments = vec!["--no-such-switch=1".into()];
    let error = Browser::launch(&options, |_| {}).await.expect_err("ends");
    let text = error.to_string();
    assert!(text.contains("ended at its start"), "{text}");
    assert!(text.contains("no-such-switch"), "{text}");

    options.binary = "/nowhere/phantomjs".into();
    let error = Browser::launch(&options, |_| {}).await.expect_err("ends");
    assert!(matches!(error, LaunchError::Spawn { .. }), "{error}");

    options.binary = "/bin/sleep".into();
    options.arguments = vec!["60".into()];
    options.driver = "1".into();
    options.start_timeout = Duration::from_millis(50);
    let error = Browser::launch(&options, |_| {}).await.expect_err("ends");
    assert!(matches!(error, LaunchError::Silent { .. }), "{error}");
}

/// A script that starts PhantomJS and does not become it. `body` has $PHANTOMJS, and $PID_FILE for a pid.
#[cfg(target_os = "linux")]
fn script(name: &str, body: &str) -> (std::path::PathBuf, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let phantom = launcher(1).binary;
    let at = |end: &str| std::env::temp_dir().join(format!("{name}-{}{end}", std::process::id()));
    let (file, pid_file) = (at(".sh"), at(".pid"));
    let (phantom, pids) = (phantom.display(), pid_file.display());
    let text = format!("#!/bin/sh\nPHANTOMJS=\"{phantom}\"\nPID_FILE=\"{pids}\"\n{body}\n");
    std::fs::write(&file, text).expect("written");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).expect("set");
    (file, pid_file)
}

#[cfg(target_os = "linux")]
async fn ends(pid: u32) {
    let gone = async {
        while is_alive(pid) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("it ends");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_phantomjs_behind_a_script_is_known_and_goes_when_its_launch_is_dropped() {
    for (name, start) in [
        ("inside", r#""$PHANTOMJS" "$@""#),
        ("apart", r#"setsid -w "$PHANTOMJS" "$@""#),
    ] {
        let (file, _) = script(name, &format!("{start}\nexit 3"));
        let mut options = launcher(23_240);
        options.binary = file.clone();
        let launched = options.listening(&Deaf).await.expect("it starts");
        let program = std::fs::read_link(format!("/proc/{}/exe", launched.pid)).expect("it runs");
        let phantom = launcher(1).binary.canonicalize().expect("there");
        assert_eq!(program, phantom, "{name}");
        assert_ne!(launched.process.id(), Some(launched.pid));
        let pid = launched.pid;
        drop(launched);
        ends(pid).await;
        std::fs::remove_file(file).expect("removed");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_script_left_goes_when_it_ends_early_or_starts_too_late() {
    for (name, end) in [("early", "exit 5"), ("late", "wait")] {
        let (file, pid_file) = script(name, &format!("sleep 600 & echo $! >\"$PID_FILE\"\n{end}"));
        let mut options = launcher(23_260);
        options.binary = file.clone();
        options.start_timeout = Duration::from_secs(2);
        let error = Browser::launch(&options, |_| {})
            .await
            .expect_err("no PhantomJS");
        let is_expected = match name {
            "early" => matches!(&error, LaunchError::Exited { how, .. } if how == "code 5"),
            _ => matches!(error, LaunchError::Silent { .. }),
        };
        assert!(is_expected, "{error}");
        let pid = std::fs::read_to_string(&pid_file).expect("it ran");
        ends(pid.trim().parse().expect("a number")).await;
        for file in [file, pid_file] {
            std::fs::remove_file(file).expect("removed");
        }
    }
}
