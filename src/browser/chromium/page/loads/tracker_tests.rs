//! What is told of loads, of the events that Chromium sends in each kind of them.

use super::failure::Failure;
use super::told::{Asked, Told};
use super::tracker::{Shown, Tracker};

const MAIN: &str = "main";

/// A page that has loaded "http://a/" as "A".
fn loaded() -> Tracker {
    let mut tracker = Tracker::new(MAIN);
    open(&mut tracker, "http://a/", "A");
    show(&mut tracker, "http://a/", "A");
    tracker.loaded("A");
    let _ = tracker.take_told();
    tracker
}

fn open(tracker: &mut Tracker, url: &str, loader: &str) {
    tracker.ask(1, Asked::Address);
    tracker.navigating(MAIN, url, loader, "differentDocument", false);
}

fn show(tracker: &mut Tracker, url: &str, loader: &str) {
    tracker.shown(&shown(MAIN, url, loader, None));
}

fn shown<'a>(
    frame: &'a str,
    url: &'a str,
    loader: &'a str,
    unreachable: Option<&'a str>,
) -> Shown<'a> {
    Shown {
        frame,
        loader,
        url,
        unreachable,
        is_restored: false,
        is_heard: false,
    }
}

/// In short; what only commands wait for is left out.
fn told(tracker: &mut Tracker) -> Vec<String> {
    let all = tracker.take_told().into_iter();
    all.filter_map(|told| match told {
        Told::NavigationRequested { url, kind, is_main } => {
            let place = if is_main { "" } else { " in a frame" };
            Some(format!("requested {url} {kind}{place}"))
        }
        Told::Started => Some("started".to_owned()),
        Told::UrlChanged(url) => Some(format!("at {url}")),
        Told::Initialized => Some("initialized".to_owned()),
        Told::Error(Some(error)) => Some(format!("error {:?} {}", error.code, error.text)),
        Told::Error(None) => Some("no error".to_owned()),
        Told::Finished(is_success) => Some(format!("finished {is_success}")),
        _ => None,
    })
    .collect()
}

#[test]
fn a_load_that_goes_well() {
    let mut tracker = Tracker::new(MAIN);
    assert_eq!((tracker.is_loading(), tracker.progress()), (false, 0));
    open(&mut tracker, "http://a/", "A");
    assert_eq!((tracker.is_loading(), tracker.progress()), (true, 10));
    show(&mut tracker, "http://a/#b", "A");
    tracker.loaded("A");
    tracker.stopped(MAIN);
    assert_eq!((tracker.is_loading(), tracker.progress()), (false, 100));
    assert_eq!(tracker.url(), "http://a/#b");
    assert_eq!(tracker.outcome("A"), Some(true));
    assert_eq!(
        told(&mut tracker),
        [
            "requested http://a/ Other",
            "started",
            "at http://a/#b",
            "initialized",
            "finished true"
        ]
    );
}

#[test]
fn with_the_network_on_a_load_begins_behind_its_request() {
    let mut tracker = Tracker::new(MAIN);
    tracker.ask(1, Asked::Address);
    tracker.navigating(MAIN, "http://a/", "A", "differentDocument", true);
    assert_eq!(told(&mut tracker), ["requested http://a/ Other"]);
    tracker.document_requested(MAIN, "A");
    assert_eq!(told(&mut tracker), ["started"]);
    tracker.redirected(MAIN, "http://b/");
    assert_eq!(told(&mut tracker), ["requested http://b/ Other"]);
    tracker.shown(&Shown {
        is_heard: true,
        ..shown(MAIN, "http://b/", "A", None)
    });
    assert!(told(&mut tracker).is_empty(), "it was not received yet");
    tracker.received("A");
    assert_eq!(told(&mut tracker), ["at http://b/", "initialized"]);
}

#[test]
fn a_script_that_goes_elsewhere_ends_the_load_before() {
    let mut tracker = Tracker::new(MAIN);
    open(&mut tracker, "http://a/", "A");
    show(&mut tracker, "http://a/", "A");
    let _ = tracker.take_told();
    tracker.requested(MAIN, "http://b/", "anchorClick", true);
    tracker.navigating(MAIN, "http://b/", "B", "differentDocument", false);
    tracker.loaded("A");
    assert_eq!(
        told(&mut tracker),
        [
            "requested http://b/ LinkClicked",
            "finished true",
            "started"
        ]
    );
    assert_eq!(tracker.outcome("A"), Some(true));
    assert_eq!(tracker.outcome("B"), None);
}

#[test]
fn a_load_without_a_document_fails_when_another_begins() {
    let mut tracker = loaded();
    open(&mut tracker, "http://b/", "B");
    tracker.replace();
    open(&mut tracker, "http://c/", "C");
    assert_eq!(
        told(&mut tracker),
        [
            "requested http://b/ Other",
            "started",
            "error None another load took its place",
            "requested http://c/ Other",
            "finished false",
            "started"
        ],
        "the reason is told once"
    );
    show(&mut tracker, "http://c/", "C");
    tracker.loaded("C");
    assert_eq!(
        told(&mut tracker),
        ["at http://c/", "initialized", "no error", "finished true"]
    );
}

#[test]
fn chromiums_page_about_a_failure_is_the_end_of_the_load() {
    let mut tracker = loaded();
    open(&mut tracker, "http://b/", "B");
    tracker.failing("B", Failure::Net("net::ERR_CONNECTION_REFUSED".to_owned()));
    let error = "chrome-error://chromewebdata/";
    tracker.shown(&shown(MAIN, error, "B", Some("http://c/")));
    tracker.loaded("B");
    tracker.stopped(MAIN);
    assert_eq!(
        told(&mut tracker),
        [
            "requested http://b/ Other",
            "started",
            "error Some(1) Connection refused",
            "finished false"
        ]
    );
    assert!(tracker.is_error());
    assert_eq!(tracker.url(), "");
}

#[test]
fn what_gives_no_page_leaves_the_one_that_is_shown() {
    let mut tracker = loaded();
    open(&mut tracker, "http://b/", "B");
    tracker.responded("B", |response| response.status = Some(204));
    tracker.failing("B", Failure::Net("net::ERR_ABORTED".to_owned()));
    tracker.stopped(MAIN);
    tracker.failed("B");
    assert_eq!(
        told(&mut tracker),
        [
            "requested http://b/ Other",
            "started",
            "error None HTTP 204 without a page",
            "finished false"
        ]
    );
    assert_eq!(tracker.url(), "http://a/");
}

#[test]
fn a_command_and_a_script_may_stop_a_load() {
    let mut tracker = loaded();
    open(&mut tracker, "http://b/", "B");
    let _ = tracker.take_told();
    tracker.stopping();
    tracker.failing("B", Failure::Net("net::ERR_ABORTED".to_owned()));
    tracker.stop();
    assert_eq!(
        told(&mut tracker),
        ["error Some(5) Operation canceled", "finished false"]
    );
    open(&mut tracker, "http://c/", "C");
    show(&mut tracker, "http://c/", "C");
    let _ = tracker.take_told();
    tracker.stopped(MAIN);
    assert_eq!(
        told(&mut tracker),
        ["error None Chromium did not load it", "finished false"]
    );
}

#[test]
fn a_frame_belongs_to_the_load_of_its_page_or_is_one_by_itself() {
    let mut tracker = Tracker::new(MAIN);
    let frame = |tracker: &mut Tracker, loader: &str| {
        tracker.requested("child", "http://f/", "initialFrameNavigation", true);
        tracker.navigating("child", "http://f/", loader, "differentDocument", false);
        tracker.shown(&shown("child", "http://f/", loader, None));
        tracker.stopped("child");
    };
    open(&mut tracker, "http://a/", "A");
    show(&mut tracker, "http://a/", "A");
    let _ = tracker.take_told();
    frame(&mut tracker, "F");
    assert_eq!(told(&mut tracker), ["requested http://f/ Other in a frame"]);
    tracker.loaded("A");
    assert_eq!(told(&mut tracker), ["finished true"]);
    frame(&mut tracker, "G");
    assert_eq!(
        told(&mut tracker),
        [
            "requested http://f/ Other in a frame",
            "started",
            "finished true"
        ]
    );
}

#[test]
fn another_fragment_is_no_load() {
    let mut tracker = loaded();
    tracker.navigating(MAIN, "http://a/#b", "B", "sameDocument", false);
    tracker.scheduled(MAIN, "anchorClick");
    tracker.moved(MAIN, "http://a/#b", "fragment");
    assert_eq!(
        told(&mut tracker),
        [
            "requested http://a/#b LinkClicked",
            "at http://a/#b",
            "at http://a/#b"
        ]
    );
    tracker.moved(MAIN, "http://a/c", "historyApi");
    assert_eq!(told(&mut tracker), ["at http://a/c"]);
    tracker.navigating(MAIN, "http://a/#b", "C", "historySameDocument", false);
    tracker.moved(MAIN, "http://a/#b", "fragment");
    assert_eq!(told(&mut tracker), ["at http://a/#b", "at http://a/#b"]);
    assert!(!tracker.is_loading());
}

#[test]
fn html_that_is_given_is_told_of_as_phantomjs_does() {
    let mut tracker = Tracker::new(MAIN);
    tracker.ask(1, Asked::Empty);
    tracker.navigating(MAIN, "about:blank", "A", "differentDocument", true);
    show(&mut tracker, "about:blank", "A");
    tracker.loaded("A");
    tracker.stopped(MAIN);
    tracker.opened(MAIN);
    tracker.loaded("A");
    assert_eq!(
        told(&mut tracker),
        ["at ", "started", "initialized", "finished true"]
    );
}

#[test]
fn a_document_that_a_frame_keeps_open_is_loaded_when_all_is_quiet() {
    let mut tracker = Tracker::new(MAIN);
    open(&mut tracker, "http://a/", "A");
    show(&mut tracker, "http://a/", "A");
    tracker.navigating("child", "http://f/", "F", "differentDocument", false);
    let _ = tracker.take_told();
    tracker.idle("A");
    assert!(told(&mut tracker).is_empty(), "a frame loads");
    tracker.stopped("child");
    assert_eq!(tracker.take_told(), [Told::Idle("A".to_owned())]);
    tracker.idle("A");
    assert_eq!(told(&mut tracker), ["finished true"]);
}

#[test]
fn a_page_that_cannot_be_left_only_says_where_it_would_go() {
    let mut tracker = loaded();
    tracker.lock(true);
    tracker.requested(MAIN, "http://b/", "anchorClick", true);
    tracker.navigating(MAIN, "http://b/", "B", "differentDocument", false);
    tracker.stopped(MAIN);
    assert_eq!(told(&mut tracker), ["requested http://b/ LinkClicked"]);
    assert!(!tracker.is_loading());
}

#[test]
fn a_tab_is_emptied_without_a_word() {
    let mut tracker = Tracker::new(MAIN);
    tracker.navigating(MAIN, "about:blank", "A", "differentDocument", false);
    show(&mut tracker, "about:blank", "A");
    tracker.loaded("A");
    assert!(told(&mut tracker).is_empty());
    assert!(tracker.is_new());
}

#[test]
fn a_document_of_the_tabs_page_before_ends_no_load() {
    let mut tracker = Tracker::new(MAIN);
    open(&mut tracker, "http://b/", "B");
    show(&mut tracker, "http://a/", "A");
    tracker.loaded("A");
    show(&mut tracker, "http://b/", "B");
    tracker.loaded("B");
    assert_eq!(
        told(&mut tracker),
        [
            "requested http://b/ Other",
            "started",
            "at http://b/",
            "initialized",
            "finished true"
        ]
    );
}
