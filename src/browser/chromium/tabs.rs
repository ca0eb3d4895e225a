//! Tabs: made when they are needed, used again once they are as new.
//!
//! A new tab takes 40 ms, one that is used again 4. What a page leaves in its tab is taken away when it is closed: its
//! document is emptied, so that none of its handlers runs in the next page's time, and so are its session storage, its
//! name and its history. Timers of the old document go on until the next document is there: so a tab that nobody takes soon
//! shows about:blank. A tab in doubt is closed.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;
use tracing::debug;

use super::cdp::{CdpError, Connection, Session};
use super::cookies::Jar;
use super::in_page::InPage;
use super::page::view;
use super::place::{Place, Proxy};
use super::target::{self, Frames, TargetInfo};
use crate::lived;

/// A page that does not let itself be emptied within this is stuck in a script.
const RESET_LIMIT: Duration = Duration::from_millis(500);
/// After so long without a page a tab shows about:blank.
pub(super) const IDLE_AFTER: Duration = Duration::from_millis(100);
/// More idle ones than this are closed: each takes 12 MiB.
const MOST_IDLE: usize = 8;
/// Runs in a page that is closed. What the page has replaced does not matter: its tab is closed then, or its timers are as
/// `page/before.rs` has them. Chromium numbers timers from 1.
const FORGET: &str = "(function(){\
    for(var i=Math.min(setTimeout(function(){},0),1e5);i>0;i-=1){clearTimeout(i);cancelAnimationFrame(i)}\
    return(window.name='')===window.name})()";

/// One tab of the browser, with its session.
#[derive(Debug)]
pub(super) struct Tab {
    /// Also the id of its main frame.
    pub(super) target: String,
    pub(super) session: Session,
    /// Its browser context; none for the browser's own.
    pub(super) context: Option<String>,
    /// No other tab is in its context.
    pub(super) is_apart: bool,
    /// It shows the emptied document of another page, at that page's address.
    pub(super) is_used: bool,
}

/// All of one browser's.
#[derive(Debug)]
pub(super) struct Tabs {
    connection: Connection,
    in_page: Arc<InPage>,
    state: Mutex<State>,
}

/// The browser context that pages share.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedContext {
    /// None for the browser's own.
    pub(super) context: Option<String>,
    pub(super) proxy: Option<Proxy>,
}

#[derive(Debug, Default)]
struct State {
    shared: SharedContext,
    /// What pages share where there is no proxy.
    first: Option<String>,
    /// Those that were made.
    contexts: FxHashSet<String>,
    idle: Vec<Tab>,
    /// With a browser context of its own, made in advance.
    spare: Option<Tab>,
    /// Another one is being made.
    is_making: bool,
    /// Sessions that came before the answer to `Target.createTarget`, by target.
    attached: FxHashMap<String, Session>,
    /// Who waits for the session of a target.
    awaited: FxHashMap<String, oneshot::Sender<Session>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    target_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    browser_context_id: String,
}

/// `Runtime.evaluate`
#[derive(Debug, Deserialize)]
struct Evaluated {
    result: Evaluation,
}

#[derive(Debug, Deserialize)]
struct Evaluation {
    #[serde(default)]
    value: bool,
}

/// `Page.Frame`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    #[serde(default)]
    security_origin: String,
}

impl Tabs {
    /// `first` is the context that pages share; none for the browser's own.
    pub(super) fn new(connection: Connection, first: Option<String>, in_page: Arc<InPage>) -> Self {
        let shared = SharedContext {
            context: first.clone(),
            proxy: None,
        };
        let state = State {
            shared,
            first,
            ..State::default()
        };
        Self {
            connection,
            in_page,
            state: Mutex::new(state),
        }
    }

    /// A tab for a page; where its place is apart, cookies and storage are its own.
    ///
    /// # Errors
    /// When the browser makes none.
    pub(super) async fn take(&self, place: &Place) -> Result<Tab, CdpError> {
        let ready = {
            let mut state = self.state.lock();
            if !place.is_apart() {
                // One may have come back from a context that pages shared before.
                let shared = state.shared.context.clone();
                let is_there = |tab: &Tab| tab.context == shared;
                let found = state.idle.iter().rposition(is_there);
                found.map(|place| state.idle.swap_remove(place))
            } else if place.proxy.is_none() {
                state.spare.take()
            } else {
                None
            }
        };
        match ready {
            Some(tab) => Ok(tab),
            None => self.make(place).await,
        }
    }

    /// Makes a tab that shows about:blank.
    async fn make(&self, place: &Place) -> Result<Tab, CdpError> {
        let root = Session::root(&self.connection);
        let shared = self.shared();
        let context = if place.is_apart() {
            let proxy = place.proxy.clone().or(shared.proxy);
            Some(self.make_context(proxy.as_ref()).await?)
        } else {
            shared.context
        };
        let mut wanted = json!({ "url": "about:blank" });
        if let Some(context) = &context {
            wanted["browserContextId"] = context.as_str().into();
        }
        let created = root
            .call::<Created, _>("Target.createTarget", wanted)
            .await?;
        let session = self.session_of(&created.target_id).await?;
        // What is asked of it before its process runs would hold from its second document on.
        session
            .run("Runtime.evaluate", json!({ "expression": "0" }))
            .await?;
        Ok(Tab {
            target: created.target_id,
            session,
            context,
            is_apart: place.is_apart(),
            is_used: false,
        })
    }

    async fn make_context(&self, proxy: Option<&Proxy>) -> Result<String, CdpError> {
        let mut wanted = json!({ "disposeOnDetach": true });
        if let Some(proxy) = proxy {
            wanted["proxyServer"] = proxy.server.as_str().into();
            if proxy.for_loopback {
                // Chromium's rule against its own exception (net/docs/proxy.md).
                wanted["proxyBypassList"] = "<-loopback>".into();
            }
        }
        let root = Session::root(&self.connection);
        let made = root.call::<Context, _>("Target.createBrowserContext", wanted);
        let context = made.await?.browser_context_id;
        root.notify(
            "Browser.setDownloadBehavior",
            json!({ "behavior": "deny", "browserContextId": context }),
        );
        let _ = self.state.lock().contexts.insert(context.clone());
        Ok(context)
    }

    /// The context that pages share, and its proxy.
    pub(super) fn shared(&self) -> SharedContext {
        self.state.lock().shared.clone()
    }

    /// Whether a tab is none of somebody else's in the same browser.
    pub(super) fn is_ours(&self, target: &TargetInfo) -> bool {
        let state = self.state.lock();
        let Some(first) = &state.first else {
            return true;
        };
        let context = target.browser_context_id.as_ref();
        context.is_some_and(|context| context == first || state.contexts.contains(context))
    }

    /// From now on pages share a context with this proxy. What the one before has of cookies is copied.
    ///
    /// # Errors
    /// When the browser makes none.
    pub(super) async fn share(&self, proxy: Option<Proxy>) -> Result<(), CdpError> {
        let before = self.shared();
        if before.proxy == proxy {
            return Ok(());
        }
        let context = match &proxy {
            None => self.state.lock().first.clone(),
            Some(_) => Some(self.make_context(proxy.as_ref()).await?),
        };
        let jar = Jar::new(&self.connection, context.as_deref());
        jar.clear().await?;
        let old = Jar::new(&self.connection, before.context.as_deref());
        jar.fill(old.all().await?).await?;
        let (idle, spare) = {
            let mut state = self.state.lock();
            state.shared = SharedContext { context, proxy };
            (std::mem::take(&mut state.idle), state.spare.take())
        };
        idle.iter().chain(&spare).for_each(|tab| self.close(tab));
        Ok(())
    }

    /// Makes the next isolated tab while a page loads: it takes 50 ms.
    pub(super) async fn prepare_spare(&self) {
        {
            let mut state = self.state.lock();
            if state.is_making || state.spare.is_some() {
                return;
            }
            state.is_making = true;
        }
        let place = Place {
            is_own: true,
            proxy: None,
        };
        let proxy = self.shared().proxy;
        let made = self.make(&place).await.ok();
        let mut state = self.state.lock();
        state.is_making = false;
        if state.shared.proxy == proxy {
            state.spare = made;
        } else {
            drop(state);
            made.iter().for_each(|tab| self.close(tab));
        }
    }

    /// The session of a target that was made.
    async fn session_of(&self, target: &str) -> Result<Session, CdpError> {
        let session = {
            let mut state = self.state.lock();
            match state.attached.remove(target) {
                Some(session) => return Ok(session),
                None => {
                    let (sender, receiver) = oneshot::channel();
                    let _ = state.awaited.insert(target.to_owned(), sender);
                    receiver
                }
            }
        };
        session.await.map_err(|_| CdpError::Gone {
            method: "Target.attachedToTarget",
        })
    }

    /// A tab is there, held until it is told to go on.
    pub(super) fn attached(&self, session: Session, target: TargetInfo) {
        prepare(&session, &self.in_page);
        target::go_on(&session);
        let mut state = self.state.lock();
        match state.awaited.remove(&target.target_id) {
            Some(waiting) => drop(waiting.send(session)),
            None => {
                let _ = state.attached.insert(target.target_id, session);
            }
        }
    }

    /// A page is done with its tab, which nobody listens to any more. `visited`: the origins of all documents that were
    /// there; none where the tab cannot be made as new.
    pub(super) async fn give_back(&self, tab: Tab, visited: Option<Vec<String>>) {
        let is_as_new = match visited {
            Some(visited) if !tab.is_apart && tab.context == self.shared().context => {
                self.empty(&tab, &visited).await
            }
            _ => false,
        };
        if !is_as_new {
            self.close(&tab);
            return;
        }
        let target = tab.target.clone();
        {
            let mut state = self.state.lock();
            if state.idle.len() >= MOST_IDLE {
                drop(state);
                self.close(&tab);
                return;
            }
            state.idle.push(Tab {
                is_used: true,
                ..tab
            });
        }
        lived::sleep(IDLE_AFTER).await;
        let idle = {
            let mut state = self.state.lock();
            let place = state
                .idle
                .iter()
                .position(|tab| tab.target == target && tab.is_used);
            place.map(|place| state.idle.swap_remove(place))
        };
        if let Some(mut tab) = idle {
            match blank(&tab.session).await {
                Ok(()) => {
                    tab.is_used = false;
                    self.state.lock().idle.push(tab);
                }
                Err(_) => self.close(&tab),
            }
        }
    }

    /// Empties the document; false where it cannot be done.
    async fn empty(&self, tab: &Tab, visited: &[String]) -> bool {
        let emptied = lived::timeout(RESET_LIMIT, empty(tab, visited)).await;
        let is_empty = matches!(emptied, Ok(Ok(true)));
        debug!(target = tab.target, is_empty, "a tab is emptied");
        is_empty
    }

    /// Closes a tab that is held. It must go on before: closed while it is held, it would stop the page that opened it.
    pub(super) fn close_held(&self, session: &Session, target: &str) {
        session.notify("Runtime.runIfWaitingForDebugger", json!({}));
        Session::root(&self.connection).notify("Target.closeTarget", json!({ "targetId": target }));
    }

    /// What is not to be used again.
    pub(super) fn close(&self, tab: &Tab) {
        debug!(target = tab.target, "a tab is closed");
        self.connection.forget(tab.session.id());
        let root = Session::root(&self.connection);
        root.notify("Target.closeTarget", json!({ "targetId": tab.target }));
        if let Some(context) = tab.context.as_ref().filter(|_| tab.is_apart) {
            let _ = self.state.lock().contexts.remove(context);
            root.notify(
                "Target.disposeBrowserContext",
                json!({ "browserContextId": context }),
            );
        }
    }
}

async fn empty(tab: &Tab, visited: &[String]) -> Result<bool, CdpError> {
    let session = &tab.session;
    session.notify("Page.stopLoading", json!({}));
    let tree = session.call::<Frames<Frame>, _>("Page.getFrameTree", json!({}));
    let forgotten = session.call::<Evaluated, _>(
        "Runtime.evaluate",
        json!({ "expression": FORGET, "returnByValue": true }),
    );
    // Those that have storage, each once.
    let mut origins = Vec::new();
    for Frame { security_origin } in tree.await?.all() {
        if security_origin.len() > "://".len() && !origins.contains(&security_origin) {
            origins.push(security_origin);
        }
    }
    // Only that of a document that is there can be cleared.
    if visited.iter().any(|origin| !origins.contains(origin)) {
        return Ok(false);
    }
    let cleared: Vec<_> = origins
        .iter()
        .map(|origin| {
            let storage = json!({ "securityOrigin": origin, "isLocalStorage": false });
            session.run("DOMStorage.clear", json!({ "storageId": storage }))
        })
        .collect();
    let emptied = session.run(
        "Page.setDocumentContent",
        json!({ "frameId": tab.target, "html": "" }),
    );
    let reset = session.run("Page.resetNavigationHistory", json!({}));
    for cleared in cleared {
        cleared.await?;
    }
    emptied.await?;
    reset.await?;
    Ok(forgotten.await?.result.value)
}

/// Shows about:blank, with no history.
///
/// # Errors
/// When the tab is gone.
pub(super) async fn blank(session: &Session) -> Result<(), CdpError> {
    session
        .run("Page.navigate", json!({ "url": "about:blank" }))
        .await?;
    session.run("Page.resetNavigationHistory", json!({})).await
}

/// What every tab needs, in this order and all at once: a held one answers most of it when it goes on.
pub(super) fn prepare(session: &Session, in_page: &InPage) {
    target::tell_of_document(session, in_page);
    view::prepare(session);
}
