//! Tabs: made when they are needed, used again once they are as new.
//!
//! A new tab takes 40 ms, one that is used again 4. What a page leaves in its tab is taken away when it is closed: its
//! document is emptied, so that none of its handlers runs in the next page's time, and so are its session storage, its
//! name, its timers and its history. What else the old document does goes on until the next one is there: so a tab that nobody
//! takes soon shows about:blank. A tab in doubt is closed.
//!
//! - `background`: what is behind its documents
//! - `making`: how a tab comes to be
//! - `reset`: what is done to it between two pages

mod background;
mod making;
mod reset;

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;
use tokio::sync::oneshot;
use tracing::debug;

use super::cdp::{CdpError, Connection, Listener, Raw, Session, SessionId};
use super::cookies::Jar;
use super::in_page::InPage;
use super::place::{Place, Proxy};
use super::target::TargetInfo;
use crate::lived;
pub(super) use background::Background;
pub(super) use making::{Context, prepare};
pub(super) use reset::blank;

/// After so long without a page a tab shows about:blank.
pub(super) const IDLE_AFTER: Duration = Duration::from_millis(100);
/// More idle ones than this are closed: each takes 12 MiB.
const MOST_IDLE: usize = 8;
/// So many tabs are made without waiting for one that is being emptied: with a single page at a time its emptying goes on
/// beside the next page. With several the next page of another tab uses that time, and a tab more would be memory for
/// nothing.
const FREELY_MADE: usize = 2;

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
    /// How many pages it has had.
    pub(super) pages: u32,
    pub(super) background: Background,
}

/// All of one browser's.
#[derive(Debug)]
pub(super) struct Tabs {
    connection: Connection,
    in_page: Arc<InPage>,
    state: Mutex<State>,
}

/// A tab is being made for as long as this is there: who asked for it may give it up.
struct Making<'a>(&'a Tabs);

impl<'a> Making<'a> {
    fn begin(tabs: &'a Tabs) -> Self {
        tabs.state.lock().making += 1;
        Self(tabs)
    }
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.0.state.lock().making -= 1;
    }
}

/// Who listens to a tab without a page.
struct IdleWatch(Weak<Tabs>);

impl Listener for IdleWatch {
    fn event(&self, session: &SessionId, method: &str, _params: &Raw) {
        if method == "Inspector.targetCrashed"
            && let Some(tabs) = self.0.upgrade()
        {
            let _ = tabs.state.lock().crashed.insert(session.clone());
            tabs.lost(session);
        }
    }
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
    /// Targets of tabs that are used again, idle or not.
    reused: FxHashSet<String>,
    /// How many of them are being made.
    making: usize,
    /// How many of them are on their way: being emptied, or the first one being made before anybody asks for it.
    coming: usize,
    is_first_coming: bool,
    /// Who waits for one of these.
    waiting: VecDeque<oneshot::Sender<Tab>>,
    /// With a browser context of its own, made in advance.
    spare: Option<Tab>,
    /// Another one is being made.
    is_making: bool,
    /// Who waits for that.
    spare_waiting: Option<oneshot::Sender<Tab>>,
    /// Sessions that came before the answer to `Target.createTarget`, by target.
    attached: FxHashMap<String, Session>,
    /// Of tabs that are about to close.
    closing: FxHashSet<SessionId>,
    /// Of tabs whose process has ended before a page had them.
    crashed: FxHashSet<SessionId>,
    /// Who waits for the session of a target.
    awaited: FxHashMap<String, oneshot::Sender<Session>>,
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
        if place.is_apart() {
            return self.take_apart(place).await;
        }
        if self.state.lock().has_none_but_enough() {
            // A page that was closed just before gives its tab back first.
            tokio::task::yield_now().await;
        }
        let soon = {
            let mut state = self.state.lock();
            if let Some(tab) = state.take_idle() {
                return Ok(tab);
            }
            state.wait_for_coming()
        };
        if let Some(soon) = soon
            && let Ok(tab) = soon.await
        {
            return Ok(tab);
        }
        let _making = Making::begin(self);
        let made = self.make(place).await;
        if let Ok(tab) = &made {
            let _ = self.state.lock().reused.insert(tab.target.clone());
        }
        made
    }

    async fn take_apart(&self, place: &Place) -> Result<Tab, CdpError> {
        let soon = if place.proxy.is_some() {
            None
        } else {
            let mut state = self.state.lock();
            if let Some(tab) = state.spare.take() {
                return Ok(tab);
            }
            state.wait_for_spare()
        };
        if let Some(soon) = soon
            && let Ok(tab) = soon.await
        {
            return Ok(tab);
        }
        self.make(place).await
    }

    /// Makes the first tab while nobody asks for one yet: it takes as long as the browser's start.
    pub(super) async fn begin(self: &Arc<Self>, isolate: bool) {
        if isolate {
            return self.prepare_spare().await;
        }
        {
            let mut state = self.state.lock();
            state.coming += 1;
            state.is_first_coming = true;
        }
        let made = self.make(&Place::default()).await;
        let refused = {
            let mut state = self.state.lock();
            state.is_first_coming = false;
            match made {
                Ok(tab) => {
                    let _ = state.reused.insert(tab.target.clone());
                    state.came(tab, true)
                }
                Err(_) => {
                    state.came_not();
                    None
                }
            }
        };
        refused.iter().for_each(|tab| self.close(tab));
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
    pub(super) async fn prepare_spare(self: &Arc<Self>) {
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
        let waiting = state.spare_waiting.take();
        if state.shared.proxy == proxy && made.as_ref().is_none_or(|tab| state.is_well(tab)) {
            state.spare = match waiting {
                Some(waiting) => made.and_then(|tab| waiting.send(tab).err()),
                None => made,
            };
        } else {
            drop(state);
            made.iter().for_each(|tab| self.close(tab));
        }
    }

    /// A page is done with its tab, which nobody listens to any more. `visited`: the origins of all documents that were
    /// there; none where the tab cannot be made as new.
    pub(super) async fn give_back(self: &Arc<Self>, tab: Tab, visited: Option<Vec<String>>) {
        let Some(visited) = visited else {
            return self.close(&tab);
        };
        {
            let mut state = self.state.lock();
            if tab.is_apart || tab.context != state.shared.context {
                drop(state);
                return self.close(&tab);
            }
            state.coming += 1;
        }
        let tab = Tab {
            is_used: true,
            pages: tab.pages + 1,
            ..tab
        };
        self.watch(&tab.session);
        let is_as_new = reset::emptied(&tab, &visited).await;
        let (target, pages) = (tab.target.clone(), tab.pages);
        let refused = self.state.lock().came(tab, is_as_new);
        if let Some(tab) = refused {
            return self.close(&tab);
        }
        lived::sleep(IDLE_AFTER).await;
        let idle = {
            let mut state = self.state.lock();
            let is_same = |tab: &Tab| tab.target == target && tab.pages == pages && tab.is_used;
            let place = state.idle.iter().position(is_same);
            place.map(|place| state.idle.swap_remove(place))
        };
        if let Some(mut tab) = idle {
            let is_blank = blank(&tab.session).await.is_ok();
            let mut state = self.state.lock();
            if is_blank && state.is_well(&tab) {
                tab.is_used = false;
                state.idle.push(tab);
            } else {
                drop(state);
                self.close(&tab);
            }
        }
    }

    /// Whether a tab's process ended before the page that has the tab now began to listen.
    pub(super) fn has_crashed(&self, tab: &Tab) -> bool {
        !self.state.lock().is_well(tab)
    }

    /// Hears of the end of a tab's process while no page has the tab.
    fn watch(self: &Arc<Self>, session: &Session) {
        let listener = Arc::new(IdleWatch(Arc::downgrade(self)));
        self.connection.listen(session.id().clone(), listener);
    }

    /// A tab's process has ended, or the tab is gone: no page is to get it.
    pub(super) fn lost(&self, session: &SessionId) {
        let is_it = |tab: &Tab| tab.session.id() == session;
        let lost = {
            let mut state = self.state.lock();
            match state.idle.iter().position(is_it) {
                Some(place) => Some(state.idle.swap_remove(place)),
                None => state.spare.take_if(|tab| is_it(tab)),
            }
        };
        match lost {
            Some(tab) => self.close(&tab),
            // It may be about to show about:blank.
            None => self.connection.abandon(session),
        }
    }

    /// Whether the end of a tab was asked for. Says so once.
    pub(super) fn was_closed(&self, session: &SessionId) -> bool {
        self.state.lock().closing.remove(session)
    }

    /// Closes a tab that is held. It must go on before: closed while it is held, it would stop the page that opened it.
    pub(super) fn close_held(&self, session: &Session, target: &str) {
        let _ = self.state.lock().closing.insert(session.id().clone());
        session.notify("Runtime.runIfWaitingForDebugger", json!({}));
        Session::root(&self.connection).notify("Target.closeTarget", json!({ "targetId": target }));
    }

    /// What is not to be used again.
    pub(super) fn close(&self, tab: &Tab) {
        debug!(target = tab.target, "a tab is closed");
        let id = tab.session.id();
        self.connection.forget(id);
        {
            let mut state = self.state.lock();
            let _ = state.reused.remove(&tab.target);
            let _ = state.crashed.remove(id);
            let _ = state.closing.insert(id.clone());
        }
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

impl State {
    /// One may have come back from a context that pages shared before.
    fn take_idle(&mut self) -> Option<Tab> {
        let shared = &self.shared.context;
        let place = self.idle.iter().rposition(|tab| tab.context == *shared)?;
        Some(self.idle.swap_remove(place))
    }

    fn is_well(&self, tab: &Tab) -> bool {
        !self.crashed.contains(tab.session.id())
    }

    fn has_none_but_enough(&self) -> bool {
        self.idle.is_empty() && self.coming == 0 && self.reused.len() >= FREELY_MADE
    }

    /// A tab that is on its way, and that nobody waits for; none where one more is to be made.
    fn wait_for_coming(&mut self) -> Option<oneshot::Receiver<Tab>> {
        let is_one_free = self.coming > self.waiting.len();
        let are_enough = self.is_first_coming || self.reused.len() + self.making >= FREELY_MADE;
        if !is_one_free || !are_enough {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.push_back(sender);
        Some(receiver)
    }

    fn wait_for_spare(&mut self) -> Option<oneshot::Receiver<Tab>> {
        if !self.is_making || self.spare_waiting.is_some() {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        self.spare_waiting = Some(sender);
        Some(receiver)
    }

    /// A tab is there: gives it to who waits for it, or keeps it. Gives back one that is to be closed.
    fn came(&mut self, mut tab: Tab, is_as_new: bool) -> Option<Tab> {
        // Meanwhile pages may have begun to share another context.
        if !is_as_new || !self.is_well(&tab) || tab.context != self.shared.context {
            self.came_not();
            return Some(tab);
        }
        self.coming -= 1;
        while let Some(waiting) = self.waiting.pop_front() {
            match waiting.send(tab) {
                Ok(()) => return None,
                // Its page was given up meanwhile.
                Err(unsent) => tab = unsent,
            }
        }
        if self.idle.len() >= MOST_IDLE {
            return Some(tab);
        }
        self.idle.push(tab);
        None
    }

    /// One that was on its way will not be there. As many wait as there are tabs to come: the last of them makes one.
    fn came_not(&mut self) {
        self.coming -= 1;
        if self.waiting.len() > self.coming {
            let _ = self.waiting.pop_back();
        }
    }
}
