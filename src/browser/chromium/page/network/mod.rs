//! The requests of a page: what leaves and what comes, and who is told.
//!
//! - [`requests`][]: each from its first word to its end; [`shapes`][]: the arguments of its events
//! - [`errors`][]: PhantomJS's codes and words for what fails
//! - [`fetch`][]: which requests are held; [`intercept`][]: what becomes of them
//! - [`settings`][], [`headers`][], [`auth`][], [`security`][]: what the page's user says of them
//! - [`wire`][]: the protocol's words

mod auth;
pub(in crate::browser::chromium) mod errors;
mod fetch;
pub(in crate::browser::chromium) mod headers;
mod intercept;
mod requests;
mod security;
mod settings;
mod shapes;
mod wire;

use std::time::Duration;

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value, json};

use super::Page;
use super::domains::Domain;
use crate::browser::chromium::cdp::{Raw, Session, SessionId, read};
use crate::browser::chromium::command::{Args, Failure as Refusal, Outcome};
use crate::lived;
use errors::NetworkError;
use fetch::Fetch;
pub(super) use fetch::Reason;
pub(in crate::browser::chromium) use headers::{check_cookie, text_of};
use intercept::Held;
use requests::Requests;
pub(super) use requests::{Document, Failure};
pub(in crate::browser::chromium) use settings::Credentials;
use settings::Settings;
pub(super) use settings::has_credentials;
pub(super) use wire::Headers;

/// The events that tell of requests.
const HEARD: [&str; 4] = [
    "onResourceRequested",
    "onResourceReceived",
    "onResourceError",
    "onResourceTimeout",
];
/// What PhantomJS shows of a body at the most, bytes.
pub(super) const MOST_POST_DATA: u32 = 10 << 20;
/// A held request that nobody tells of within this was under way before anybody listened.
const UNTOLD_LIMIT: Duration = Duration::from_millis(500);

/// The requests of one page.
#[derive(Debug, Default)]
pub(super) struct Network {
    pub(super) fetch: Fetch,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Chromium tells of requests.
    is_on: bool,
    requests: Requests,
    settings: Settings,
    /// `customHeaders`
    headers: Headers,
    /// Requests that were held before anything told of them.
    early: FxHashMap<String, Held>,
    /// How often a challenge was answered, by the id of `Fetch`.
    tries: FxHashMap<String, u32>,
    /// Requests whose challenge has no answer any more.
    refused: FxHashSet<String>,
}

impl Network {
    /// What holds for a page from its beginning.
    pub(super) fn begin(&self, page: &Page) {
        if page.proxy_credentials().is_some() {
            self.fetch.want(page, Reason::Credentials);
        }
        if page.browser.cookies.are_off() {
            self.switch_cookies(page, false);
        }
    }

    /// Whether pages have cookies at all.
    pub(super) fn switch_cookies(&self, page: &Page, are_on: bool) {
        self.fetch.change(page, Reason::Cookies, !are_on);
        for session in sessions(page) {
            session.notify(
                "Emulation.setDocumentCookieDisabled",
                json!({ "disabled": !are_on }),
            );
        }
    }

    /// Somebody begins to listen, or no longer does.
    pub(super) fn adjust(&self, page: &Page) {
        let has_function = page.events.has_function("onResourceRequested");
        let mut state = self.state.lock();
        let is_wanted = HEARD.iter().any(|name| page.events.is_heard(name))
            || !state.headers.0.is_empty()
            || state.settings.resource_timeout.is_some();
        if is_wanted != state.is_on {
            state.is_on = is_wanted;
            if is_wanted {
                page.domains.hold(Domain::Network);
            } else {
                page.domains.release(Domain::Network);
            }
            for child in page.children.sessions() {
                switch(&child, is_wanted);
            }
        }
        drop(state);
        self.fetch.change(page, Reason::Functions, has_function);
    }

    /// The same behind a command that may have changed who listens.
    pub(super) fn adjusted(&self, page: &Page, outcome: Outcome) -> Outcome {
        self.adjust(page);
        outcome
    }

    /// `customHeaders`
    pub(super) fn headers(&self) -> Value {
        let headers = self.state.lock().headers.clone();
        let all = headers.0.into_iter();
        all.map(|(name, value)| (name, Value::from(value)))
            .collect()
    }

    /// A child of the page is there, held until it is made ready.
    pub(super) fn attached(&self, session: &Session) {
        let state = self.state.lock();
        if state.is_on {
            switch(session, true);
            send_headers(session, &state.headers);
        }
        if state.settings.has_agent() {
            introduce(session, &state.settings);
        }
        self.fetch.attached(session);
    }

    /// `customHeaders` hold from now on.
    ///
    /// # Errors
    /// See [`headers::of_object`].
    pub(super) fn set_headers(&self, page: &Page, given: &Value) -> Result<(), Refusal> {
        let headers = headers::of_object(given)?;
        let has_referer = headers.get("referer").is_some();
        self.state.lock().headers = headers.clone();
        self.adjust(page);
        for session in sessions(page) {
            send_headers(&session, &headers);
        }
        self.fetch.change(page, Reason::Headers, has_referer);
        Ok(())
    }

    /// The page's settings hold from now on.
    pub(super) fn apply(&self, page: &Page, settings: &Map<String, Value>) {
        let settings = Settings::of(settings);
        let before = std::mem::replace(&mut self.state.lock().settings, settings.clone());
        if before == settings {
            return;
        }
        if before.user_agent != settings.user_agent || before.locale != settings.locale {
            for session in sessions(page) {
                introduce(&session, &settings);
            }
        }
        self.adjust(page);
        let has_credentials = settings.credentials.is_some() || page.proxy_credentials().is_some();
        self.fetch
            .change(page, Reason::Images, !settings.load_images);
        self.fetch
            .change(page, Reason::Credentials, has_credentials);
        self.fetch
            .change(page, Reason::Security, settings.opens_sites());
    }

    /// An address that Chromium does not even try: listeners hear of it as of any that fails.
    pub(super) fn refused(&self, page: &Page, url: &str, error: &NetworkError) {
        self.state.lock().requests.refused(&page.events, url, error);
    }

    /// Whether a request is held until a function has heard of it.
    pub(super) fn is_untold(&self, request: &str) -> bool {
        self.state.lock().requests.is_untold(request)
    }

    /// Why the page's own document did not come, where anybody knows.
    pub(super) fn take_failure(&self) -> Option<Failure> {
        self.state.lock().requests.take_failure()
    }

    /// The page is over: its tab is as before.
    pub(super) fn undo(&self, page: &Page) {
        let mut state = self.state.lock();
        if self.fetch.wants(Reason::Cookies) {
            page.session.notify(
                "Emulation.setDocumentCookieDisabled",
                json!({ "disabled": false }),
            );
        }
        self.fetch.undo(&page.session);
        if std::mem::take(&mut state.settings).has_agent() {
            introduce(&page.session, &state.settings);
        }
        if !std::mem::take(&mut state.headers).0.is_empty() {
            send_headers(&page.session, &Headers::default());
        }
    }

    /// An event of `Network` or `Fetch`.
    pub(super) fn event(&self, page: &Page, id: &SessionId, method: &str, params: &Raw) {
        match method {
            "Network.requestWillBeSent" => return self.will_be_sent(page, id, params),
            "Fetch.requestPaused" => {
                if let Ok(paused) = read(params) {
                    let session = Session::new(page.session.connection(), id.clone());
                    self.held(page, Held { session, paused });
                }
                return;
            }
            "Fetch.authRequired" => {
                let session = Session::new(page.session.connection(), id.clone());
                return self.challenged(page, &session, params);
            }
            _ => {}
        }
        let mut state = self.state.lock();
        let (events, requests) = (&page.events, &mut state.requests);
        match method {
            "Network.responseReceived" => {
                if let Ok(event) = read(params) {
                    requests.answered(events, event);
                }
            }
            "Network.responseReceivedExtraInfo" => {
                if let Ok(event) = read(params) {
                    requests.extra(events, event);
                }
            }
            "Network.dataReceived" => {
                if let Ok(event) = read(params) {
                    requests.data(events, &event);
                }
            }
            "Network.loadingFinished" => {
                if let Ok(event) = read(params) {
                    requests.finished(events, &event);
                    stop_if_late(page, requests);
                }
            }
            "Network.loadingFailed" => {
                if let Ok(event) = read(params) {
                    requests.failed(events, &event);
                    stop_if_late(page, requests);
                }
            }
            _ => {}
        }
    }

    /// The page's document has begun.
    pub(super) fn begun(&self, page: &Page) {
        let request = self.state.lock().requests.begun(&page.events);
        if let Some(request) = request {
            page.loads.received(page, &request);
        }
    }

    /// `Network.requestWillBeSent`
    fn will_be_sent(&self, page: &Page, id: &SessionId, params: &Raw) {
        let Ok(mut sent) = read::<wire::WillBeSent>(params) else {
            return;
        };
        let session = Session::new(page.session.connection(), id.clone());
        let request = sent.request_id.clone();
        let is_document = sent.r#type == "Document" && sent.frame_id == page.target;
        let is_held = is_holdable(&sent.request.url)
            && (self.fetch.wants(Reason::Functions)
                || is_document && self.fetch.wants(Reason::Document));
        let mut state = self.state.lock();
        let is_hidden = !state.settings.load_images && sent.r#type == "Image"
            || is_document && page.loads.is_unasked(&sent.request_id);
        let limit = state.settings.resource_timeout;
        let events = &page.events;
        let is_redirect = sent.redirect_response.is_some();
        state.requests.redirected(events, &mut sent);
        if is_document && is_redirect {
            page.loads
                .redirected(page, &sent.frame_id, &sent.request.url);
        }
        let number = state.requests.begin(&session, is_document, is_hidden, sent);
        let early = state.early.remove(&request);
        if early.is_none() && !is_held {
            state.requests.tell(events, &request);
        }
        drop(state);
        if let (Some(limit), Some(me)) = (limit, page.me()) {
            page.spawn(async move {
                lived::sleep(limit).await;
                me.network.late(&me, number);
            });
        }
        if let Some(held) = early {
            self.held(page, held);
        }
    }

    /// The time of a request is over.
    fn late(&self, page: &Page, number: u64) {
        let mut state = self.state.lock();
        if state.requests.late(&page.events, number) {
            stop_if_late(page, &state.requests);
        }
    }

    /// Held before anything told of it.
    fn keep(&self, page: &Page, held: Held) {
        let (Some(id), Some(me)) = (held.paused.network_id.clone(), page.me()) else {
            return;
        };
        let _ = self.state.lock().early.insert(id.clone(), held);
        page.spawn(async move {
            lived::sleep(UNTOLD_LIMIT).await;
            let held = me.network.state.lock().early.remove(&id);
            if let Some(held) = held {
                me.network.let_go_as_it_is(&me, held);
            }
        });
    }

    /// A Referer of `customHeaders` goes by `Fetch`: otherwise it would be `document.referrer`.
    fn own_referer(&self) -> Option<String> {
        if !self.fetch.wants(Reason::Headers) {
            return None;
        }
        self.state.lock().headers.get("referer").map(str::to_owned)
    }

    /// What the page's own document was answered with, since [`forget_document`](Self::forget_document).
    pub(super) fn document(&self) -> Option<Document> {
        self.state.lock().requests.document()
    }

    pub(super) fn forget_document(&self) {
        self.state.lock().requests.forget_document();
    }

    /// args: [number of a response]
    pub(super) async fn response_body(page: &Page, args: &Args) -> Outcome {
        let id = args.get::<u64>(0, "the number of a response")?;
        let id = id.unwrap_or_default();
        let place = {
            let state = page.network.state.lock();
            if state.requests.is_under_way(id) {
                return Err(Refusal::argument(format!(
                    "response {id} has not come whole yet: wait for its stage \"end\""
                )));
            }
            state.requests.body_of(id)
        };
        let gone = || {
            Refusal::argument(format!(
                "there is no body of response {id}: it has none, or the page has gone on since"
            ))
        };
        let (session, request) = place.ok_or_else(gone)?;
        let got = session
            .call::<wire::Body, _>("Network.getResponseBody", json!({ "requestId": request }))
            .await;
        let wire::Body {
            body,
            base64_encoded,
        } = got.map_err(|_| gone())?;
        Ok(format!(
            r#"{{"body":{},"base64":{base64_encoded}}}"#,
            body.get()
        ))
    }
}

/// A request that is late cannot be stopped by itself: all that are under way are, once none of them is in time. Until
/// then the page waits for the others anyway.
fn stop_if_late(page: &Page, requests: &Requests) {
    if requests.is_any_late() && requests.are_all_late() {
        page.loads.ends_late();
        page.session.notify("Page.stopLoading", json!({}));
    }
}

/// What `Fetch` holds at all.
fn is_holdable(url: &str) -> bool {
    ["http:", "https:", "file:", "ftp:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
}

fn sessions(page: &Page) -> Vec<Session> {
    let mut all = page.children.sessions();
    all.push(page.session.clone());
    all
}

/// Who asks, and in which language. An empty name is the browser's own.
fn introduce(session: &Session, settings: &Settings) {
    let mut params = json!({ "userAgent": settings.user_agent.as_deref().unwrap_or_default() });
    if let Some(locale) = &settings.locale {
        params["acceptLanguage"] = locale.as_str().into();
    }
    session.notify("Emulation.setUserAgentOverride", params);
}

fn switch(session: &Session, is_on: bool) {
    if is_on {
        session.notify(
            "Network.enable",
            json!({ "maxPostDataSize": MOST_POST_DATA }),
        );
    } else {
        session.notify("Network.disable", json!({}));
    }
}

fn send_headers(session: &Session, headers: &Headers) {
    let all: Map<String, Value> = headers
        .0
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("referer"))
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    session.notify("Network.setExtraHTTPHeaders", json!({ "headers": all }));
}
