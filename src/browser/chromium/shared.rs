//! What all tasks of one browser share: its connection, its tabs, and which pages there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::cdp::{CdpError, Connection, Sender, Session};
use super::command::{Reply, Sink};
use super::cookies::{AllCookies, file};
use super::gate::{self, Gate};
use super::handle::Handle as PageHandle;
use super::in_page::InPage;
use super::page::Known;
use super::probes::Probes;
use super::settings::Defaults;
use super::tabs::Tabs;
use crate::lived;

/// Pages that open by themselves are numbered from here, far above those that Node asks for.
const FIRST_OWN_NUMBER: u64 = 1_000_000_000;

/// A browser that makes no place for pages any more has ended within this, or it is none of its end.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

/// How a browser is left.
#[derive(Debug)]
pub(super) enum Ending {
    /// It is ours, and exits.
    Close,
    /// It goes on without us; what is ours is in this context, which goes with the connection.
    Leave { sender: Sender, context: String },
}

impl Ending {
    /// The context that pages share; none for the browser's own.
    fn context(&self) -> Option<String> {
        match self {
            Self::Close => None,
            Self::Leave { context, .. } => Some(context.clone()),
        }
    }
}

/// `Browser.getVersion`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    user_agent: String,
}

/// What all that happens in one browser shares.
pub(super) struct Shared {
    pub(super) connection: Connection,
    pub(super) sink: Sink,
    pub(super) defaults: Defaults,
    /// What Chromium calls itself, once anybody has asked.
    user_agent: OnceCell<String>,
    pub(super) in_page: Arc<InPage>,
    pub(super) tabs: Arc<Tabs>,
    pub(super) known: Known,
    pub(super) cookies: AllCookies,
    pub(super) probes: Probes,
    pages: Mutex<FxHashMap<u64, PageHandle>>,
    last_own_number: AtomicU64,
    /// Ends every task of this browser.
    pub(super) stop: CancellationToken,
    runtime: Handle,
    ending: Ending,
    gate: Gate,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chromium")
            .field("pages", &self.pages.lock().len())
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Must run inside the runtime.
    pub(super) fn new(
        connection: Connection,
        sink: Sink,
        defaults: Defaults,
        ending: Ending,
    ) -> Arc<Self> {
        let in_page = Arc::new(InPage::new());
        let gate = Gate::new(sink);
        let tabs = Tabs::new(connection.clone(), ending.context(), Arc::clone(&in_page));
        Arc::new(Self {
            probes: Probes::new(connection.clone()),
            tabs: Arc::new(tabs),
            in_page,
            known: Known::default(),
            cookies: AllCookies::default(),
            connection,
            sink: gate.sink(),
            defaults,
            user_agent: OnceCell::new(),
            pages: Mutex::default(),
            last_own_number: AtomicU64::new(FIRST_OWN_NUMBER),
            stop: CancellationToken::new(),
            runtime: Handle::current(),
            ending,
            gate,
        })
    }

    /// `phantom.defaultPageSettings`: those of a new page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub(super) async fn page_settings(&self) -> Result<Map<String, Value>, CdpError> {
        let mut settings = self.defaults.page_settings();
        let agent = self.user_agent().await?;
        let _ = settings.insert("userAgent".to_owned(), agent.into());
        Ok(settings)
    }

    /// What Chromium calls itself.
    ///
    /// # Errors
    /// When the browser is gone.
    pub(super) async fn user_agent(&self) -> Result<&str, CdpError> {
        let asking = || async {
            let version: Version = Session::root(&self.connection)
                .call("Browser.getVersion", json!({}))
                .await?;
            Ok(version.user_agent)
        };
        self.user_agent
            .get_or_try_init(asking)
            .await
            .map(String::as_str)
    }

    pub(super) fn reply(&self, id: i64, target: u64) -> Reply {
        Reply::new(id, target, Arc::clone(&self.sink))
    }

    /// Runs a task until `stop`; may be called from any thread.
    pub(super) fn spawn(
        &self,
        stop: &CancellationToken,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        drop(
            self.runtime
                .spawn(stop.clone().run_until_cancelled_owned(task)),
        );
    }

    /// Enters a page; false where its number is taken.
    pub(super) fn enter(&self, number: u64, handle: PageHandle) -> bool {
        let mut pages = self.pages.lock();
        if pages.contains_key(&number) {
            return false;
        }
        let _ = pages.insert(number, handle);
        true
    }

    /// How to reach a page.
    pub(super) fn page(&self, number: u64) -> Option<PageHandle> {
        self.pages.lock().get(&number).cloned()
    }

    /// The deadline of a command is over.
    pub(super) fn expire(&self, id: i64) {
        for handle in self.pages.lock().values() {
            handle.expire(id);
        }
    }

    /// A page is closed: it takes no more commands.
    pub(super) fn leave(&self, number: u64) {
        let _ = self.pages.lock().remove(&number);
    }

    pub(super) fn page_count(&self) -> usize {
        self.pages.lock().len()
    }

    /// A number for a page that opened by itself.
    pub(super) fn own_number(&self) -> u64 {
        self.last_own_number.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Lets the browser exit, or leaves it; what is kept of its cookies is written before.
    pub(super) fn exit(self: &Arc<Self>) {
        let Some(file) = self.defaults.cookies_file.clone() else {
            return self.end_now();
        };
        let me = Arc::clone(self);
        self.spawn(&self.stop, async move {
            file::end(&me.keeping(), &file).await;
            me.end_now();
        });
    }

    /// For `--cookies-file`.
    pub(super) fn keeping(&self) -> file::Keeping<'_> {
        file::Keeping {
            connection: &self.connection,
            tabs: &self.tabs,
            cookies: &self.cookies,
        }
    }

    /// A page has ended, and nobody has asked for that: it may be the first of all, as the browser ends. One that ends may
    /// still answer, but makes no place for pages any more.
    pub(super) fn doubt(&self) {
        if !self.gate.hold() {
            return;
        }
        let going_on = gate::goes_on(&self.connection);
        let gate = self.gate.clone();
        self.spawn(&self.stop, async move {
            if !going_on.await {
                lived::sleep(ENDS_WITHIN).await;
            }
            gate.open();
        });
    }

    fn end_now(&self) {
        self.gate.shut();
        match &self.ending {
            Ending::Close => {
                Session::root(&self.connection).notify("Browser.close", json!({}));
            }
            Ending::Leave { sender, .. } => sender.close(),
        }
    }

    /// The browser is gone.
    pub(super) fn end(&self) {
        self.stop.cancel();
        self.pages.lock().clear();
        self.connection.end();
    }
}
