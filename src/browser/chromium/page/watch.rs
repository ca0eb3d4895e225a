//! What a page's documents are told to watch: the events that its own functions bring (`callPhantom`, dialogs, the
//! console), as far as somebody listens to them.
//!
//! Where a script waits for an answer, it is held by the debugger (`questions`), which is on only then.

use std::fmt::Write;
use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::json;

use super::Page;
use super::domains::Domain;
use crate::browser::chromium::cdp::{CdpError, Session, SessionId};

/// Those that a document tells of.
const TOLD: [&str; 2] = ["onConsoleMessage", "onError"];
/// Those whose answer it waits for, or that PhantomJS has in the script's own time.
const ASKED: [&str; 6] = [
    "onAlert",
    "onCallback",
    "onConfirm",
    "onFilePicker",
    "onInitialized",
    "onPrompt",
];

/// What the documents of one page watch.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    wanted: Wanted,
    /// The script of each session, by `Page.ScriptIdentifier`.
    scripts: FxHashMap<SessionId, String>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Wanted {
    /// Source of an object, event to kind (`in_page/base.js`); empty where there is none.
    events: String,
    asks: bool,
    asks_first: bool,
    picks_files: bool,
}

/// `Page.addScriptToEvaluateOnNewDocument`
#[derive(Debug, Deserialize)]
struct Added {
    identifier: String,
}

impl Wanted {
    fn of(page: &Page) -> Self {
        if page.events.is_kept() {
            return Self::all();
        }
        let mut events = String::new();
        let told = TOLD.iter().map(|name| (name, 1));
        for (name, kind) in told.chain(ASKED.iter().map(|name| (name, 2))) {
            if page.events.is_heard(name) {
                let _ = write!(events, ",{name}:{kind}");
            }
        }
        if !events.is_empty() {
            events = format!("{{__proto__:null{events}}}");
        }
        Self {
            events,
            asks: ASKED.iter().any(|name| page.events.is_heard(name)),
            asks_first: page.events.is_heard("onInitialized"),
            picks_files: page.events.is_heard("onFilePicker"),
        }
    }
}

impl Wanted {
    /// Of a pop-up that Node has not heard of yet: it tells of everything, and nobody can answer.
    fn all() -> Self {
        let mut events = "__proto__:null".to_owned();
        for name in TOLD.iter().chain(&ASKED) {
            let _ = write!(events, ",{name}:1");
        }
        Self {
            events: format!("{{{events}}}"),
            asks: false,
            asks_first: true,
            picks_files: false,
        }
    }
}

/// Makes the documents watch what is listened to.
pub(super) async fn refresh(page: &Arc<Page>) -> Result<(), CdpError> {
    let wanted = Wanted::of(page);
    let before = {
        let mut state = page.watch.0.lock();
        std::mem::replace(&mut state.wanted, wanted.clone())
    };
    if before == wanted {
        return Ok(());
    }
    let mut added = Vec::new();
    for session in page.frames.sessions() {
        switch(page, &session, &before, &wanted);
        if let Some(script) = page.watch.0.lock().scripts.remove(session.id()) {
            remove(&session, &script);
        }
        if !wanted.events.is_empty() {
            added.push((session.id().clone(), add(page, &session, &wanted)));
        }
    }
    let now = page.browser.in_page.watch(match wanted.events.as_str() {
        "" => "{__proto__:null}",
        events => events,
    });
    for scope in page.frames.scopes() {
        scope.notify(page.browser.in_page.base());
        scope.notify(&now);
    }
    for (id, added) in added {
        keep(page, id, added.await);
    }
    Ok(())
}

/// A pop-up is there, whose events are kept.
pub(super) fn begin(page: &Arc<Page>) {
    page.watch.0.lock().wanted = Wanted::of(page);
    attached(page, &page.session);
}

/// A frame of another site has a session of its own.
pub(super) fn attached(page: &Page, session: &Session) {
    let wanted = page.watch.0.lock().wanted.clone();
    switch(page, session, &Wanted::default(), &wanted);
    if wanted.events.is_empty() {
        return;
    }
    let added = add(page, session, &wanted);
    let Some(me) = page.me() else { return };
    let id = session.id().clone();
    page.spawn(async move { keep(&me, id, added.await) });
}

/// The page is closed: its tab watches nothing any more.
pub(super) fn end(page: &Page) {
    let state = std::mem::take(&mut *page.watch.0.lock());
    switch(page, &page.session, &state.wanted, &Wanted::default());
    if let Some(script) = state.scripts.get(page.session.id()) {
        remove(&page.session, script);
    }
}

/// Switches on what the events need, and off what they do not need any more.
fn switch(page: &Page, session: &Session, before: &Wanted, wanted: &Wanted) {
    let is_own = session.id() == page.session.id();
    match (before.asks, wanted.asks) {
        (false, true) if is_own => page.domains.hold(Domain::Debugger),
        (false, true) => session.notify("Debugger.enable", json!({})),
        (true, false) => {
            if is_own {
                page.domains.release(Domain::Debugger);
            } else {
                session.notify("Debugger.disable", json!({}));
            }
            page.questions.forget(session.id());
        }
        _ => {}
    }
    if before.picks_files != wanted.picks_files {
        session.notify(
            "Page.setInterceptFileChooserDialog",
            json!({ "enabled": wanted.picks_files }),
        );
    }
}

fn add(
    page: &Page,
    session: &Session,
    wanted: &Wanted,
) -> impl Future<Output = Result<Added, CdpError>> + Send + use<> {
    let in_page = &page.browser.in_page;
    let mut source = in_page.watch(&wanted.events);
    if wanted.asks_first {
        source.push_str(&in_page.begin());
    }
    session.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": source }),
    )
}

fn keep(page: &Page, id: SessionId, added: Result<Added, CdpError>) {
    // Where it fails the session is gone.
    if let Ok(Added { identifier }) = added {
        let _ = page.watch.0.lock().scripts.insert(id, identifier);
    }
}

fn remove(session: &Session, script: &str) {
    session.notify(
        "Page.removeScriptToEvaluateOnNewDocument",
        json!({ "identifier": script }),
    );
}
