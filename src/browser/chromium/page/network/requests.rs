//! The requests of a page, from the first word of them to their end, and the events that tell of them.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::errors::{self, NetworkError};
use super::shapes::{self, Told};
use super::wire::{
    Answered, Asked, DataReceived, ExtraInfo, LoadingFailed, LoadingFinished, ResponseReceived,
    WillBeSent,
};
use crate::browser::chromium::cdp::Session;
use crate::browser::chromium::page::events::Events;

const REQUESTED: &str = "onResourceRequested";
const RECEIVED: &str = "onResourceReceived";
const FAILED: &str = "onResourceError";
const LATE: &str = "onResourceTimeout";

/// Of so many answers it is known where their bodies are.
const MOST_BODIES: usize = 5_000;

/// Why the page's own document did not come.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::browser::chromium::page) struct Failure {
    pub(in crate::browser::chromium::page) url: String,
    pub(in crate::browser::chromium::page) error: NetworkError,
    pub(in crate::browser::chromium::page) status: Option<u32>,
}

/// What the page's own document was answered with.
#[derive(Clone, Debug)]
pub(in crate::browser::chromium::page) struct Document {
    /// Of the request.
    pub(in crate::browser::chromium::page) id: u64,
    pub(in crate::browser::chromium::page) answer: Answered,
}

/// All requests of one page.
#[derive(Debug, Default)]
pub(super) struct Requests {
    last: u64,
    under_way: FxHashMap<String, Request>,
    /// Of requests that are over: number, session, and Chromium's id.
    bodies: VecDeque<(u64, Session, String)>,
    failure: Option<Failure>,
    /// The latest one.
    document: Option<Document>,
}

/// What becomes of a request by us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    Open,
    /// A function has aborted it.
    Aborted,
    /// Its time is over.
    Late,
    /// Nobody is told of it.
    Hidden,
}

#[derive(Debug)]
struct Request {
    id: u64,
    session: Session,
    asked: Asked,
    /// As it was told of; none as long as nobody was.
    told: Option<Told>,
    is_main: bool,
    fate: Fate,
    answer: Option<Answered>,
    /// Bytes of the body so far.
    received: u64,
    is_started: bool,
    /// Its end is told.
    is_ended: bool,
    /// What the renderer is not told of the answer is still to come.
    lacks_extra: bool,
    extras: VecDeque<ExtraInfo>,
    set_cookie: Option<String>,
}

impl Requests {
    /// A request leaves in the place of another, which is over.
    pub(super) fn redirected(&mut self, events: &Events, sent: &mut WillBeSent) {
        let Some(answer) = sent.redirect_response.take() else {
            return;
        };
        if let Some(before) = self.under_way.get_mut(&sent.request_id) {
            before.take_answer(answer, sent.redirect_has_extra_info);
            before.end(events);
        }
    }

    /// A request leaves: its number. Nobody is told of one that is hidden.
    pub(super) fn begin(
        &mut self,
        session: &Session,
        is_main: bool,
        is_hidden: bool,
        sent: WillBeSent,
    ) -> u64 {
        let before = self.under_way.remove(&sent.request_id);
        self.last += 1;
        if is_main {
            self.failure = None;
        }
        let request = Request {
            id: self.last,
            session: session.clone(),
            asked: sent.request,
            told: None,
            is_main,
            fate: if is_hidden { Fate::Hidden } else { Fate::Open },
            answer: None,
            received: 0,
            is_started: false,
            is_ended: false,
            lacks_extra: false,
            extras: before.map(|before| before.extras).unwrap_or_default(),
            set_cookie: None,
        };
        let _ = self.under_way.insert(sent.request_id, request);
        self.last
    }

    /// Whether it is under way.
    pub(super) fn knows(&self, request: &str) -> bool {
        self.under_way.contains_key(request)
    }

    /// Whether nobody has been told of it yet, and somebody will be.
    pub(super) fn is_untold(&self, request: &str) -> bool {
        let request = self.under_way.get(request);
        request.is_some_and(|request| request.told.is_none() && request.fate == Fate::Open)
    }

    /// Tells of a request that goes as it is said here.
    pub(super) fn tell_as(&mut self, events: &Events, request: &str, asked: Asked) {
        if let Some(request) = self.under_way.get_mut(request)
            && request.told.is_none()
        {
            request.asked = asked;
            request.tell(events);
        }
    }

    /// Tells of a request that goes as it is.
    pub(super) fn tell(&mut self, events: &Events, request: &str) {
        if let Some(request) = self.under_way.get_mut(request) {
            request.tell(events);
        }
    }

    /// What a function is to be asked about, as arguments of onResourceRequested; `asked` is what is about to leave.
    pub(super) fn question(&mut self, request: &str, asked: Asked) -> Option<String> {
        let request = self.under_way.get_mut(request)?;
        if request.told.is_some() {
            return None;
        }
        request.asked = asked;
        Some(request.note().args(None))
    }

    /// The address that a function gave it, by which events name it from now on.
    pub(super) fn rename(&mut self, request: &str, url: &str) {
        if let Some(request) = self.under_way.get_mut(request) {
            url.clone_into(&mut request.asked.url);
        }
    }

    /// A function has aborted it.
    pub(super) fn abort(&mut self, events: &Events, request: &str) {
        let Some(request) = self.under_way.get_mut(request) else {
            return;
        };
        request.fate = Fate::Aborted;
        let error = NetworkError::aborted();
        events.emit(FAILED, || shapes::failed(request.id, "", &error, None));
        events.emit(RECEIVED, || {
            shapes::received(request.id, "", None, None, None)
        });
        if request.is_main {
            self.failure = Some(Failure {
                url: request.asked.url.clone(),
                error,
                status: None,
            });
        }
    }

    pub(super) fn answered(&mut self, events: &Events, event: ResponseReceived) {
        if let Some(request) = self.under_way.get_mut(&event.request_id) {
            request.tell(events);
            request.take_answer(event.response, event.has_extra_info);
            if request.is_main {
                self.document = request.as_document();
            }
        }
    }

    pub(super) fn document(&self) -> Option<Document> {
        self.document.clone()
    }

    pub(super) fn forget_document(&mut self) {
        self.document = None;
    }

    pub(super) fn extra(&mut self, events: &Events, extra: ExtraInfo) {
        let Some(request) = self.under_way.get_mut(&extra.request_id) else {
            return;
        };
        if request.lacks_extra {
            request.take_extra(extra);
            if request.is_main {
                self.document = request.as_document();
            }
            if request.received > 0 {
                request.start(events);
                if request.is_whole() {
                    request.end(events);
                }
            }
        } else {
            request.extras.push_back(extra);
        }
    }

    pub(super) fn data(&mut self, events: &Events, event: &DataReceived) {
        if let Some(request) = self.under_way.get_mut(&event.request_id) {
            if request.is_ended {
                return;
            }
            request.received += event.data_length;
            if event.data_length > 0 && !request.lacks_extra {
                request.start(events);
                // Chromium says so only when the page's scripts have run.
                if request.is_whole() {
                    request.end(events);
                }
            }
        }
    }

    /// The page's own document has begun, so its body is there, which Chromium may say only behind that: the request whose
    /// end is told now.
    pub(super) fn begun(&mut self, events: &Events) -> Option<String> {
        let mut all = self.under_way.iter_mut();
        let (name, request) =
            all.find(|(_, request)| request.is_main && request.has_silent_body())?;
        request.received = request.length()?;
        request.start(events);
        request.end(events);
        Some(name.clone())
    }

    pub(super) fn finished(&mut self, events: &Events, event: &LoadingFinished) {
        let Some((name, mut request)) = self.under_way.remove_entry(&event.request_id) else {
            return;
        };
        request.end(events);
        self.bodies.push_back((request.id, request.session, name));
        if self.bodies.len() > MOST_BODIES {
            let _ = self.bodies.pop_front();
        }
    }

    pub(super) fn failed(&mut self, events: &Events, event: &LoadingFailed) {
        let Some(mut request) = self.under_way.remove(&event.request_id) else {
            return;
        };
        let url = request.asked.url.clone();
        let error = errors::of_net(&event.error_text, &url);
        if request.is_main && self.failure.is_none() {
            self.failure = Some(Failure {
                url: url.clone(),
                error: error.clone(),
                status: request.answer.as_ref().map(|answer| answer.status),
            });
        }
        if request.is_ended || matches!(request.fate, Fate::Aborted | Fate::Hidden) {
            return;
        }
        request.tell(events);
        if request.received > 0 {
            request.start(events);
        }
        let answer = request.answer.as_ref();
        events.emit(FAILED, || shapes::failed(request.id, &url, &error, answer));
        events.emit(RECEIVED, || request.received(None));
    }

    /// The time of a request is over; false where it has ended before. Its end is told when it comes.
    pub(super) fn late(&mut self, events: &Events, id: u64) -> bool {
        let mut all = self.under_way.values_mut();
        let Some(request) = all.find(|request| request.id == id && request.is_open()) else {
            return false;
        };
        request.tell(events);
        request.fate = Fate::Late;
        let error = NetworkError::late();
        if let Some(told) = &request.told {
            events.emit(LATE, || told.args(Some(&error)));
        }
        if request.is_main {
            self.failure = Some(Failure {
                url: request.asked.url.clone(),
                error,
                status: None,
            });
        }
        true
    }

    /// Whether nothing is under way but what is late.
    pub(super) fn are_all_late(&self) -> bool {
        let mut all = self.under_way.values();
        all.all(|request| !request.is_open())
    }

    /// Whether anything is late that is still under way.
    pub(super) fn is_any_late(&self) -> bool {
        let mut all = self.under_way.values();
        all.any(|request| request.fate == Fate::Late)
    }

    pub(super) fn take_failure(&mut self) -> Option<Failure> {
        self.failure.take()
    }

    /// Marks the page's own document as failed, where it goes on only to end.
    pub(super) fn refuse(&mut self, failure: Failure) {
        self.failure = Some(failure);
    }

    /// An address that is not even tried.
    pub(super) fn refused(&mut self, events: &Events, url: &str, error: &NetworkError) {
        self.last += 1;
        events.emit(FAILED, || shapes::failed(self.last, url, error, None));
    }

    /// Where the body of an answer is: the session, and Chromium's id of its request.
    pub(super) fn body_of(&self, id: u64) -> Option<(Session, String)> {
        let mut ended = self.bodies.iter();
        let ended = ended.find(|(other, ..)| *other == id);
        ended.map(|(_, session, request)| (session.clone(), request.clone()))
    }

    pub(super) fn is_under_way(&self, id: u64) -> bool {
        self.under_way.values().any(|request| request.id == id)
    }
}

impl Request {
    fn note(&mut self) -> &Told {
        let told = Told::new(self.id, self.asked.clone());
        self.told.insert(told)
    }

    fn tell(&mut self, events: &Events) {
        if self.told.is_none() && self.fate != Fate::Hidden {
            let told = self.note();
            events.emit(REQUESTED, || told.args(None));
        }
    }

    fn take_answer(&mut self, answer: Answered, has_extra: bool) {
        self.answer = Some(answer);
        if has_extra {
            match self.extras.pop_front() {
                Some(extra) => self.take_extra(extra),
                None => self.lacks_extra = true,
            }
        }
    }

    fn take_extra(&mut self, extra: ExtraInfo) {
        self.lacks_extra = false;
        self.set_cookie = extra.headers.get("set-cookie").map(str::to_owned);
    }

    fn as_document(&self) -> Option<Document> {
        let mut answer = self.answer.clone()?;
        if let Some(cookies) = &self.set_cookie {
            let headers = &mut answer.headers.0;
            headers.push(("set-cookie".to_owned(), cookies.clone()));
        }
        Some(Document {
            id: self.id,
            answer,
        })
    }

    fn is_open(&self) -> bool {
        self.fate == Fate::Open && !self.is_ended
    }

    /// Whether all of a body has come whose length is known.
    fn is_whole(&self) -> bool {
        self.length() == Some(self.received)
    }

    /// Of the body, bytes, where the answer says it.
    fn length(&self) -> Option<u64> {
        let Answered { headers, .. } = self.answer.as_ref()?;
        let is_plain = headers.get("content-encoding").is_none();
        let length = headers.get("content-length").filter(|_| is_plain);
        length?.parse().ok()
    }

    /// Whether it has a body of which nothing was said yet.
    fn has_silent_body(&self) -> bool {
        self.received == 0 && !self.lacks_extra && self.is_open() && self.length() > Some(0)
    }

    /// As PhantomJS: when the first bytes of the body are there.
    fn start(&mut self, events: &Events) {
        if self.is_started || self.fate == Fate::Hidden {
            return;
        }
        self.is_started = true;
        events.emit(RECEIVED, || self.received(Some(self.received)));
    }

    fn end(&mut self, events: &Events) {
        if self.is_ended || matches!(self.fate, Fate::Aborted | Fate::Hidden) {
            return;
        }
        self.is_ended = true;
        self.tell(events);
        if self.received > 0 {
            self.start(events);
        }
        let url = &self.asked.url;
        let error = self.answer.as_ref().and_then(|answer| {
            let text = status_text(answer);
            errors::of_status(answer.status, &text, url).map(|error| (error, answer))
        });
        if let Some((error, answer)) = error {
            events.emit(FAILED, || {
                shapes::failed(self.id, url, &error, Some(answer))
            });
        }
        events.emit(RECEIVED, || self.received(None));
    }

    fn received(&self, begun: Option<u64>) -> String {
        shapes::received(
            self.id,
            &self.asked.url,
            self.answer.as_ref(),
            self.set_cookie.as_deref(),
            begun,
        )
    }
}

fn status_text(answer: &Answered) -> String {
    let (_, text) = shapes::status_of(Some(answer));
    text.unwrap_or_default().to_owned()
}
