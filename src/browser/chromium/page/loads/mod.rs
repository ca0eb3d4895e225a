//! The loads of a page: what begins one, when it is over, who waits for it and who is told.
//!
//! - [`tracker`][]: what Chromium's events mean
//! - [`open`][], [`content`][], [`history`][]: the commands

mod address;
mod content;
mod failure;
mod goto;
mod history;
mod milestones;
mod open;
mod order;
mod shapes;
mod telling;
mod told;
mod tracker;
#[cfg(test)]
mod tracker_tests;

use std::time::Duration;

use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::Page;
use super::domains::Domain;
use super::network::Reason as Hold;
use crate::browser::chromium::cdp::{Raw, read};
pub(super) use content::{set as set_content, set_content as write_content};
use failure::{Failure, LoadError};
pub(super) use goto::goto;
pub(super) use history::{can_go, go, go_back, go_forward, reload, stop};
use milestones::{Milestone, Milestones};
pub(super) use open::{open, open_url};
pub(super) use order::{Given, Request as DocumentRequest};
use shapes::{
    Failed, Lifecycle, Moved, Navigated, Navigating, OfFrame, OfRequest, Opened, Received, Request,
    Requested,
};
use told::Asked;
use tracker::{Shown, Tracker};

/// A document without a request for so long, and without a load event, has none.
const QUIET: Duration = Duration::from_millis(500);

/// What a page loads, and who waits for it.
#[derive(Debug)]
pub(super) struct Loads(Mutex<State>);

#[derive(Debug)]
struct State {
    tracker: Tracker,
    last_id: u64,
    /// Who waits for the end of the load of a document.
    ending: Vec<(String, oneshot::Sender<bool>)>,
    moving: Vec<oneshot::Sender<()>>,
    emptying: Vec<oneshot::Sender<()>>,
    /// The command that waits for its load, by number: another may take its place.
    opening: Option<(u64, oneshot::Sender<()>)>,
    /// What the next request for the page's own document is to be.
    given: Option<Given>,
    milestones: Milestones,
    /// Why the latest load failed.
    error: Option<LoadError>,
    watches_answers: bool,
    /// The next document has the window of the one before, so that what runs in new windows does not run in it.
    keeps_window: bool,
    /// The document that has said that it begins.
    begun: Option<String>,
}

impl Loads {
    /// `main`: the id of the page's main frame.
    pub(super) fn new(main: &str) -> Self {
        Self(Mutex::new(State {
            tracker: Tracker::new(main),
            last_id: 0,
            ending: Vec::new(),
            moving: Vec::new(),
            emptying: Vec::new(),
            opening: None,
            given: None,
            milestones: Milestones::default(),
            error: None,
            watches_answers: false,
            keeps_window: false,
            begun: None,
        }))
    }

    /// The address of what is shown; empty for nothing.
    pub(super) fn url(&self) -> String {
        self.0.lock().tracker.url().to_owned()
    }

    /// Chromium shows a page about a load that failed. PhantomJS shows none.
    pub(super) fn is_error(&self) -> bool {
        self.0.lock().tracker.is_error()
    }

    pub(super) fn is_loading(&self) -> bool {
        self.0.lock().tracker.is_loading()
    }

    /// Whether what a command has begun to load is not there yet.
    pub(super) fn is_opening(&self) -> bool {
        let state = self.0.lock();
        state.opening.is_some() || state.tracker.is_loading() || state.tracker.is_leaving()
    }

    /// Percent.
    pub(super) fn progress(&self) -> u8 {
        self.0.lock().tracker.progress()
    }

    /// Whether the page cannot be left.
    pub(super) fn is_locked(&self) -> bool {
        self.0.lock().tracker.is_locked()
    }

    pub(super) fn lock(&self, page: &Page, is_locked: bool) {
        self.0.lock().tracker.lock(is_locked);
        if is_locked {
            page.network.fetch.want(page, Hold::Document);
        } else {
            page.network.fetch.unwant(page, Hold::Document);
        }
    }

    /// Whether nobody is asked for this document: it is HTML that was given, or the page cannot be left.
    pub(super) fn is_unasked(&self, loader: &str) -> bool {
        self.0.lock().tracker.is_unasked(loader)
    }

    /// Whether another document is on its way: until it is there, Chromium keeps back what is to run in this one.
    pub(super) fn is_leaving(&self) -> bool {
        self.0.lock().tracker.is_leaving()
    }

    /// The page's own document, or a frame's, is elsewhere: to be told behind the answer that said so, and before the next
    /// request.
    pub(super) fn redirected(&self, page: &Page, frame: &str, url: &str) {
        self.tell(page, |tracker| tracker.redirected(frame, url));
    }

    /// The page's own document, which is shown, came with this HTTP status of 400 or above; `is_empty`: and no content.
    pub(super) fn answered(&self, page: &Page, status: u32, is_empty: bool) {
        self.tell(page, |tracker| {
            tracker.answered(|response| {
                response.status = Some(status);
                response.is_empty |= is_empty;
            });
        });
    }

    /// What becomes of a request for a document that is held; none where it goes as it is.
    pub(super) fn given(&self, page: &Page, frame: &str, is_redirected: bool) -> Option<Given> {
        let mut state = self.0.lock();
        let is_main = frame == page.target;
        let given = state.given.take_if(|_| is_main && !is_redirected);
        match given {
            Some(Given::Html(html)) => Some(Given::Html(html)),
            _ if state.tracker.is_locked() => Some(Given::Nothing),
            given => given,
        }
    }

    /// Who listens has heard of the request for a document.
    pub(super) fn asked_for(&self, page: &Page, frame: &str, loader: &str) {
        self.tell(page, |tracker| tracker.document_requested(frame, loader));
    }

    /// Whether the page's document has said that it begins. One of a pop-up may say so twice, as who listens has just
    /// changed.
    pub(super) fn has_begun(&self) -> bool {
        let state = self.0.lock();
        state.begun.as_deref() == Some(state.tracker.shown_loader())
    }

    /// The body of an answer has begun to come.
    pub(super) fn received(&self, page: &Page, request: &str) {
        self.tell(page, |tracker| tracker.received(request));
    }

    pub(super) fn begun(&self) {
        let mut state = self.0.lock();
        state.begun = Some(state.tracker.shown_loader().to_owned());
    }

    /// A pop-up's empty document is there.
    pub(super) fn first_initialized(&self, page: &Page) {
        self.tell(page, Tracker::first_initialized);
    }

    /// Whether the document that is about to be shown has the window of the one before.
    pub(super) fn keep_window(&self, keeps: bool) {
        self.0.lock().keeps_window = keeps;
    }

    /// Changes what is known, and tells what follows from it, in order.
    fn tell<T>(&self, page: &Page, change: impl FnOnce(&mut Tracker) -> T) -> T {
        let mut state = self.0.lock();
        let given = change(&mut state.tracker);
        for told in state.tracker.take_told() {
            state.pass(page, told);
        }
        given
    }

    /// Called behind all others who hear of an event.
    pub(super) fn event(&self, page: &Page, method: &str, params: &Raw) {
        match method {
            "Page.frameScheduledNavigation" => {
                self.on(page, params, |tracker, event: Requested| {
                    tracker.scheduled(&event.frame_id, &event.reason);
                })
            }
            "Page.frameRequestedNavigation" => {
                self.on(page, params, |tracker, event: Requested| {
                    let is_here = event.disposition == "currentTab";
                    tracker.requested(&event.frame_id, &event.url, &event.reason, is_here);
                })
            }
            "Page.frameStartedNavigating" => {
                let is_heard = page.domains.is_on(Domain::Network);
                self.on(page, params, |tracker, event: Navigating| {
                    let Navigating {
                        frame_id,
                        url,
                        loader_id,
                        navigation_type,
                    } = &event;
                    tracker.navigating(frame_id, url, loader_id, navigation_type, is_heard);
                });
            }
            "Page.frameNavigated" => {
                let is_heard = page.domains.is_on(Domain::Network)
                    && page.events.is_heard("onResourceReceived");
                self.on(page, params, |tracker, event: Navigated| {
                    tracker.shown(&Shown {
                        frame: &event.frame.id,
                        loader: &event.frame.loader_id,
                        url: &event.frame.address(),
                        unreachable: event.frame.unreachable_url.as_deref(),
                        is_restored: event.kind == "BackForwardCacheRestore",
                        is_heard,
                    });
                });
            }
            "Page.documentOpened" => self.on(page, params, |tracker, event: Opened| {
                tracker.opened(&event.frame.id);
            }),
            "Page.navigatedWithinDocument" => self.on(page, params, |tracker, event: Moved| {
                tracker.moved(&event.frame_id, &event.url, &event.navigation_type);
            }),
            "Page.lifecycleEvent" => self.lifecycle(page, params),
            "Page.frameStoppedLoading" => self.on(page, params, |tracker, event: OfFrame| {
                tracker.stopped(&event.frame_id);
            }),
            "Page.frameDetached" => self.on(page, params, |tracker, event: OfFrame| {
                // Else it goes on in another process.
                if event.reason != "swap" {
                    tracker.detached(&event.frame_id);
                }
            }),
            "Network.requestWillBeSent" => self.requested(page, params),
            "Network.responseReceived" => self.on(page, params, |tracker, event: Received| {
                tracker.responded(&event.request_id, |response| {
                    let status = event.response.status;
                    response.status = Some(status);
                    // Chromium guesses the type of nothing.
                    response.content_type = (status != 204).then_some(event.response.mime_type);
                });
            }),
            "Network.dataReceived" | "Network.loadingFinished" => {
                self.on(page, params, |tracker, event: OfRequest| {
                    tracker.received(&event.request_id);
                });
            }
            "Network.loadingFailed" => {
                if let Ok(Failed {
                    request_id,
                    error_text,
                }) = read(params)
                    && self.0.lock().tracker.has(&request_id)
                {
                    self.take_failure(page, &request_id, &error_text);
                }
            }
            _ => {}
        }
    }

    fn on<T: DeserializeOwned>(
        &self,
        page: &Page,
        params: &Raw,
        note: impl FnOnce(&mut Tracker, T),
    ) {
        if let Ok(event) = read(params) {
            self.tell(page, |tracker| note(tracker, event));
        }
    }

    fn requested(&self, page: &Page, params: &Raw) {
        let Ok(event) = read::<Request>(params) else {
            return;
        };
        // PhantomJS asks its functions first.
        if event.request_id == event.loader_id && !page.network.is_untold(&event.request_id) {
            self.asked_for(page, &event.frame_id, &event.loader_id);
        }
    }

    fn lifecycle(&self, page: &Page, params: &Raw) {
        let Ok(event) = read::<Lifecycle>(params) else {
            return;
        };
        if event.frame_id != page.target {
            return;
        }
        match event.name.as_str() {
            "DOMContentLoaded" => {
                self.tell(page, |tracker| tracker.parsed(&event.loader_id));
                self.reached(&event.loader_id, Milestone::Parsed);
            }
            "load" => self.tell(page, |tracker| tracker.loaded(&event.loader_id)),
            "networkIdle" => {
                self.tell(page, |tracker| tracker.idle(&event.loader_id));
                self.reached(&event.loader_id, Milestone::Idle);
            }
            _ => {}
        }
    }

    fn reached(&self, loader: &str, milestone: Milestone) {
        self.0.lock().milestones.reached(loader, milestone);
    }

    /// Ends when the document comes to it.
    fn milestone(&self, loader: &str, milestone: Milestone) -> oneshot::Receiver<()> {
        self.0.lock().milestones.wait(loader, milestone)
    }

    /// Why the latest load failed.
    fn error(&self) -> Option<LoadError> {
        self.0.lock().error.clone()
    }

    /// Somebody asks what was answered: true for the first.
    fn watches_answers(&self) -> bool {
        !std::mem::replace(&mut self.0.lock().watches_answers, true)
    }

    /// For a command.
    fn number(&self) -> u64 {
        let mut state = self.0.lock();
        state.last_id += 1;
        state.last_id
    }

    /// That command is about to be sent.
    fn ask(&self, id: u64, asked: Asked) {
        self.0.lock().tracker.ask(id, asked);
    }

    /// The next request for the page's own document is to be this.
    fn give(&self, page: &Page, given: Given) {
        self.0.lock().given = Some(given);
        page.network.fetch.want(page, Hold::Document);
    }

    /// It has been sent, or never will be.
    fn give_no_more(&self, page: &Page) {
        self.0.lock().given = None;
        if !self.is_locked() {
            page.network.fetch.unwant(page, Hold::Document);
        }
    }

    /// Takes what the network knows of why the page's own document does not come.
    fn take_failure(&self, page: &Page, loader: &str, error: &str) {
        let known = page.network.take_failure();
        self.tell(page, |tracker| {
            let failure = match known {
                Some(known) => {
                    tracker.responded(loader, |response| {
                        response.status = response.status.or(known.status);
                    });
                    // That it was ended says nothing: an answer without a page ends it, too.
                    (known.error != failure::canceled()).then_some(Failure::Known(known.error))
                }
                None => None,
            };
            let failure = failure.unwrap_or_else(|| Failure::Net(error.to_owned()));
            tracker.failing(loader, failure);
        });
    }

    /// What is still to come of a page is late, and is given up: it is loaded without.
    pub(super) fn ends_late(&self) {
        self.0.lock().tracker.ends_late();
    }

    /// It has its reply.
    fn settle(&self, id: u64) {
        self.0.lock().tracker.settle(id);
    }

    /// Ends with the load of this document: whether that was a success.
    fn ended(&self, loader: &str) -> oneshot::Receiver<bool> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.0.lock();
        if let Some(is_success) = state.tracker.outcome(loader) {
            let _ = sender.send(is_success);
        } else if state.tracker.has(loader) {
            state.ending.push((loader.to_owned(), sender));
        } else {
            // Nothing was told of it, as where the page cannot be left.
            let _ = sender.send(false);
        }
        receiver
    }

    /// Ends when the page has gone to another place in its document.
    fn moved(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().moving.push(sender);
        receiver
    }

    /// Ends when an empty document is there.
    fn emptied(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().emptying.push(sender);
        receiver
    }

    /// A command waits for its load from now on, in the place of whoever did. The receiver ends when another comes.
    fn take_place(&self, page: &Page, id: u64) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let former = self.0.lock().opening.replace((id, sender));
        if let Some((_, former)) = former {
            self.tell(page, Tracker::replace);
            let _ = former.send(());
        }
        receiver
    }

    /// It waits no more.
    fn leave_place(&self, id: u64) {
        let _ = self.0.lock().opening.take_if(|(other, _)| *other == id);
    }
}

/// JSON text.
fn status_of(is_success: bool) -> &'static str {
    if is_success {
        "\"success\""
    } else {
        "\"fail\""
    }
}
