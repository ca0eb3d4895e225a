//! What becomes of a request that is held: it goes on, as it is or changed, or it does not.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use tracing::debug;

use super::fetch::Reason;
use super::headers::may_be_set;
use super::wire::{Asked, Header, Headers, Paused};
use super::{Network, security};
use crate::browser::chromium::cdp::{Session, read};
use crate::browser::chromium::page::Page;
use crate::browser::chromium::page::domains::Domain;
use crate::browser::chromium::page::loads::{DocumentRequest, Given};
use crate::lived;

/// A function of the user's that has not answered within this has nothing to say: the request goes as it is.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// A request that is held, and where.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) session: Session,
    pub(super) paused: Paused,
}

/// What is sent in the place of what a page asks for. What is left out stays.
#[derive(Clone, Debug, Default)]
struct Change {
    url: Option<String>,
    method: Option<String>,
    headers: Option<Headers>,
    body: Option<Vec<u8>>,
}

/// What a function said of a request (`lib/page/realm`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    abort: bool,
    url: Option<String>,
    headers: Option<std::collections::BTreeMap<String, Option<String>>>,
}

/// `Fetch.continueRequest`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Continue {
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<Header>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intercept_response: Option<bool>,
}

/// What the load that it may belong to says.
fn document(page: &Page, paused: &Paused) -> Option<Given> {
    if paused.resource_type != "Document" {
        return None;
    }
    let is_redirected = paused.redirected_request_id.is_some();
    page.loads.given(page, &paused.frame_id, is_redirected)
}

impl Network {
    /// `Fetch.requestPaused`
    pub(super) fn held(&self, page: &Page, held: Held) {
        let Held { session, paused } = &held;
        if paused.response_status_code.is_some() || paused.response_error_reason.is_some() {
            return self.answer_held(page, session, paused);
        }
        if self.fetch.wants(Reason::Images) && paused.resource_type == "Image" {
            return fail(session, paused, "BlockedByClient");
        }
        if self.opens_sites(page)
            && let Some(headers) = security::allowed(paused)
        {
            return answer(session, paused, 204, &headers, b"");
        }
        let mut change = Change::default();
        match document(page, paused) {
            Some(Given::Nothing) => return fail(session, paused, "Aborted"),
            Some(Given::Html(body)) => return fulfil(session, paused, &body),
            Some(Given::Request(DocumentRequest {
                method,
                headers,
                body,
            })) => {
                let mut all = paused.request.headers.clone();
                for (name, value) in headers.0 {
                    all.set(&name, Some(&value));
                }
                change = Change {
                    url: None,
                    method: Some(method),
                    headers: Some(all),
                    body,
                };
            }
            None => {}
        }
        if let Some(referer) = self.own_referer() {
            let mut all = change.headers.take();
            let headers = all.get_or_insert_with(|| paused.request.headers.clone());
            headers.set("Referer", Some(&referer));
            change.headers = all;
        }
        let asking = self.ask(page, &held, &change);
        let Paused {
            network_id,
            frame_id,
            resource_type,
            ..
        } = &held.paused;
        if let Some(loader) = network_id
            .as_deref()
            .filter(|_| resource_type == "Document")
            && !matches!(asking, Asking::Later)
        {
            page.loads.asked_for(page, frame_id, loader);
        }
        match asking {
            Asking::Later => self.keep(page, held),
            Asking::Nobody => self.let_go(page, held, change),
            Asking::Function(answer) => self.follow(page, held, change, answer),
        }
    }

    /// Tells of the request as it is about to leave, and asks the function that there may be.
    fn ask(&self, page: &Page, held: &Held, change: &Change) -> Asking {
        let Some(id) = held.paused.network_id.as_deref() else {
            return Asking::Nobody;
        };
        let mut state = self.state.lock();
        if !page.domains.is_on(Domain::Network) {
            return Asking::Nobody;
        }
        let asked = change.applied_to(&held.paused.request);
        if !state.requests.knows(id) {
            return Asking::Later;
        }
        if !self.fetch.wants(Reason::Functions) {
            state.requests.tell_as(&page.events, id, asked);
            return Asking::Nobody;
        }
        match state.requests.question(id, asked) {
            Some(args) => Asking::Function(page.events.question("onResourceRequested", &args)),
            None => Asking::Nobody,
        }
    }

    /// Waits for what the function says, and does it.
    fn follow(
        &self,
        page: &Page,
        held: Held,
        change: Change,
        answer: oneshot::Receiver<Box<RawValue>>,
    ) {
        let Some(me) = page.me() else { return };
        page.spawn(async move {
            let said = match lived::timeout(ANSWER_LIMIT, answer).await {
                Ok(Ok(answer)) => read::<Option<Said>>(&answer).ok().flatten(),
                _ => None,
            };
            me.network.obey(&me, held, change, said.unwrap_or_default());
        });
    }

    fn obey(&self, page: &Arc<Page>, held: Held, mut change: Change, said: Said) {
        let id = held.paused.network_id.as_deref().unwrap_or_default();
        if said.abort {
            let mut state = self.state.lock();
            state.requests.abort(&page.events, id);
            drop(state);
            return fail(&held.session, &held.paused, "Aborted");
        }
        if let Some(url) = said.url {
            self.state.lock().requests.rename(id, &url);
            change.url = Some(url);
        }
        for (name, value) in said.headers.unwrap_or_default() {
            if may_be_set(&name) {
                let mut all = change.headers.take();
                let headers = all.get_or_insert_with(|| held.paused.request.headers.clone());
                headers.set(&name, value.as_deref());
                change.headers = all;
            } else {
                debug!(name, "Chromium sets this header itself");
            }
        }
        self.let_go(page, held, change);
    }

    /// Lets a request go on.
    fn let_go(&self, page: &Page, held: Held, change: Change) {
        let Held { session, paused } = held;
        let is_document = paused.resource_type == "Document" && paused.frame_id == page.target;
        let going = Continue {
            request_id: paused.request_id,
            url: change.url,
            method: change.method,
            post_data: change.body.map(|body| BASE64_STANDARD.encode(body)),
            headers: change.headers.map(|headers| headers.entries()),
            // Whether the credentials were refused, the answer says.
            intercept_response: (is_document && self.fetch.wants(Reason::Credentials))
                .then_some(true),
        };
        let is_plain = going.url.is_none() && going.headers.is_none();
        let jar = self.fetch.wants(Reason::Cookies).then(|| page.jar());
        if is_plain && jar.is_none() {
            return session.notify("Fetch.continueRequest", going);
        }
        page.spawn(async move {
            if let Some(jar) = jar {
                // What answers have set meanwhile.
                let _ = jar.clear().await;
            }
            let request = going.request_id.clone();
            if let Err(error) = session.run("Fetch.continueRequest", going).await {
                debug!(%error, "a request is not what Chromium sends");
                session.notify(
                    "Fetch.failRequest",
                    json!({ "requestId": request, "errorReason": "Failed" }),
                );
            }
        });
    }

    /// Lets a request go on of which nobody is told.
    pub(super) fn let_go_as_it_is(&self, page: &Page, held: Held) {
        self.let_go(page, held, Change::default());
    }

    /// Whether the page's scripts may read what other sites answer.
    fn opens_sites(&self, page: &Page) -> bool {
        let settings = self.state.lock().settings.clone();
        self.fetch.wants(Reason::Security) && settings.opens_sites_to(&page.loads.url())
    }

    /// A request is held once more, as its answer is there.
    fn answer_held(&self, page: &Page, session: &Session, paused: &Paused) {
        let is_document = paused.resource_type == "Document" && paused.frame_id == page.target;
        if is_document && self.is_refused(page, paused) {
            return fail(session, paused, "Aborted");
        }
        let opened = self
            .opens_sites(page)
            .then(|| security::opened(paused))
            .flatten();
        match opened {
            Some(headers) => session.notify(
                "Fetch.continueResponse",
                json!({
                    "requestId": paused.request_id,
                    "responseCode": paused.response_status_code,
                    "responseHeaders": headers,
                }),
            ),
            None => session.notify(
                "Fetch.continueRequest",
                json!({ "requestId": paused.request_id }),
            ),
        }
    }
}

/// Who has a word about a request.
enum Asking {
    /// It is not known yet: what tells of it has not come.
    Later,
    Nobody,
    Function(oneshot::Receiver<Box<RawValue>>),
}

impl Change {
    fn applied_to(&self, request: &Asked) -> Asked {
        let body = self.body.as_deref().map(String::from_utf8_lossy);
        Asked {
            url: request.url.clone(),
            method: self
                .method
                .clone()
                .unwrap_or_else(|| request.method.clone()),
            headers: self
                .headers
                .clone()
                .unwrap_or_else(|| request.headers.clone()),
            post_data: body
                .map(|body| body.into_owned())
                .or_else(|| request.post_data.clone()),
        }
    }
}

fn fail(session: &Session, paused: &Paused, reason: &str) {
    session.notify(
        "Fetch.failRequest",
        json!({ "requestId": paused.request_id, "errorReason": reason }),
    );
}

/// A document of ours in the place of an answer.
fn fulfil(session: &Session, paused: &Paused, body: &[u8]) {
    let html = Header {
        name: "Content-Type".to_owned(),
        value: "text/html; charset=utf-8".to_owned(),
    };
    answer(session, paused, 200, &[html], body);
}

fn answer(session: &Session, paused: &Paused, status: u32, headers: &[Header], body: &[u8]) {
    session.notify(
        "Fetch.fulfillRequest",
        json!({
            "requestId": paused.request_id,
            "responseCode": status,
            "responseHeaders": headers,
            "body": BASE64_STANDARD.encode(body),
        }),
    );
}
