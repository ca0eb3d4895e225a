//! Against a real PhantomJS.

use std::path::Path;

use super::*;
use crate::pool::fixture::launch_options;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const PATIENCE: Duration = Duration::from_secs(30);

async fn browser(base_port: u16) -> (Browser, UnboundedReceiver<BrowserEvent>) {
    let (sender, receiver) = unbounded_channel();
    let browser = Browser::launch(&launch_options(base_port), move |event| {
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
        BrowserEvent::Entry(BridgeEntry { id, kind, text }) => (id, kind, text),
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
    let sum = r#"[2,1,"evaluate",["function(a,b){return a+b}",1,2]]"#;
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
    assert!(!is_alive(browser.pid()), "reaped");
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
    assert!(!is_alive(browser.pid()), "reaped");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_frozen_and_has_nothing_to_do_is_killed() {
    use nix::sys::signal::{Signal, kill};

    let (sender, mut events) = unbounded_channel();
    let mut options = launch_options(23_200);
    options.silence_limit = Duration::from_secs(1);
    let on_event = move |event| {
        let _ = sender.send(event);
    };
    let browser = Browser::launch(&options, on_event)
        .await
        .expect("it starts");
    let pid = nix::unistd::Pid::from_raw(browser.pid().cast_signed());
    kill(pid, Signal::SIGSTOP).expect("it lives");
    let BrowserEvent::Exited { how, .. } = next(&mut events).await else {
        panic!("not the end");
    };
    assert_eq!(how, "signal 9");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_browser_leaves_no_process() {
    let (browser, mut events) = browser(23_160).await;
    let pid = browser.pid();
    drop(browser);
    assert!(matches!(
        next(&mut events).await,
        BrowserEvent::Exited { .. }
    ));
    assert!(!is_alive(pid));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_exits_when_its_client_is_gone() {
    let mut launched = crate::pool::fixture::launched(23_220).await;
    let bridge = Bridge::open(&launched.endpoint, PATIENCE, |_| {}, |_| {})
        .await
        .expect("it connects");
    drop(bridge);
    let status = timeout(PATIENCE, launched.process.wait())
        .await
        .expect("in time")
        .expect("waited for");
    assert_eq!(status.code(), Some(99));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_it_from_starting_is_said() {
    let mut options = launch_options(23_180);
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
