//! `open` and `openUrl`.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::address;
use super::failure::LoadError;
use super::order::{Given, Order};
use super::status_of;
use super::told::Asked;
use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::{Args, Failure, Outcome, Reply, null};
use crate::browser::chromium::page::Page;
use crate::browser::chromium::page::settings;
use crate::lived;

/// Chromium's page about a load that failed comes behind the news of that; so long it is waited for.
const ERROR_PAGE_LIMIT: Duration = Duration::from_secs(2);
/// The browser's process is heard within this.
const CRASH_LIMIT: Duration = Duration::from_secs(1);
/// What gives no page: an answer without one, a file to be kept, or somebody who ended it.
const ABORTED: &str = "net::ERR_ABORTED";

/// `Page.navigate`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Navigated {
    loader_id: Option<String>,
    error_text: Option<String>,
    #[serde(default)]
    is_download: bool,
}

/// A load that a command has begun.
pub(super) struct Begun {
    id: u64,
    url: String,
    moved: oneshot::Receiver<()>,
    navigated: BoxFuture<Result<Navigated, CdpError>>,
    known: Option<oneshot::Sender<String>>,
}

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// args: [address, method or settings, data, headers]; the value is "success" or "fail".
pub(in super::super) async fn open(page: &Arc<Page>, args: &Args, reply: Reply) {
    let order = match Order::read(args) {
        Ok(order) => order,
        Err(failure) => return reply.give(Err(failure)),
    };
    settings::apply(page, &Map::new());
    let id = page.loads.number();
    let replaced = page.loads.take_place(page, id);
    let begun = begin(page, id, order).await;
    answer_when_loaded(page, id, replaced, begun.outcome(page), reply);
}

/// args: [address, method or settings, the page's settings for this load]
pub(in super::super) async fn open_url(page: &Arc<Page>, args: &Args) -> Outcome {
    let order = Order::read(args)?;
    let own = match args.value(2) {
        Value::Object(own) => own,
        _ => Map::new(),
    };
    settings::check(&own)?;
    settings::apply(page, &own);
    let id = page.loads.number();
    let begun = begin(page, id, order).await;
    let outcome = begun.outcome(page);
    page.spawn(async move {
        let _ = outcome.await;
    });
    null()
}

/// Gives "success" or "fail" when a load is over, or another takes its place.
pub(super) fn answer_when_loaded(
    page: &Arc<Page>,
    id: u64,
    replaced: oneshot::Receiver<()>,
    outcome: impl Future<Output = Result<bool, Failure>> + Send + 'static,
    reply: Reply,
) {
    let me = Arc::clone(page);
    page.spawn(async move {
        let mut outcome = std::pin::pin!(outcome);
        tokio::select! {
            biased;
            _ = replaced => {
                reply.give(Ok(status_of(false).to_owned()));
                let _ = outcome.await;
            }
            outcome = &mut outcome => {
                me.loads.leave_place(id);
                let outcome = judged(&me, outcome).await;
                reply.give(outcome.map(|is_success| status_of(is_success).to_owned()));
            }
        }
    });
}

/// A page that crashes while it loads stops loading first, and is said to have crashed right behind that.
pub(super) async fn judged(page: &Page, outcome: Result<bool, Failure>) -> Result<bool, Failure> {
    if !matches!(outcome, Ok(false)) {
        return outcome;
    }
    // The browser's own process answers it, behind what it has said before.
    let asking = page.session.run("Page.getNavigationHistory", json!({}));
    let _ = lived::timeout(CRASH_LIMIT, asking).await;
    if page.has_crashed() {
        return Err(Failure::crashed(page.number));
    }
    outcome
}

/// Sends what begins a load.
pub(super) async fn begin(page: &Arc<Page>, id: u64, order: Order) -> Begun {
    let Order {
        url,
        request,
        is_plain,
    } = order;
    if address::is_script(&url) || is_closed(page, &url) || address::directory(&url).await.is_some()
    {
        return Begun::refused(page, id, url);
    }
    if is_in_the_way(page, &url, is_plain) {
        if is_plain && url == page.loads.url() {
            return Begun::again(page, id, url);
        }
        aside(page).await;
    }
    if let Some(request) = request {
        page.loads.give(page, Given::Request(request));
    }
    Begun::send(page, id, url, Asked::Address)
}

/// With `--local-url-access=no` there are no files.
fn is_closed(page: &Page, url: &str) -> bool {
    !page.browser.defaults.local_url_access_enabled && address::is_local(url)
}

/// Whether Chromium would take it for another place in the document that is shown, which is to be loaded anew.
fn is_in_the_way(page: &Page, url: &str, is_plain: bool) -> bool {
    let shown = page.loads.url();
    url.contains('#')
        && address::is_same_document(&shown, url)
        && (!is_plain || shown == url || page.loads.is_loading())
}

/// Empties the tab, of which nobody hears.
async fn aside(page: &Page) {
    let id = page.loads.number();
    let emptied = page.loads.emptied();
    page.loads.ask(id, Asked::Aside);
    let params = json!({ "url": "about:blank" });
    let navigated: Result<Navigated, _> = page.session.call("Page.navigate", params).await;
    page.loads.settle(id);
    if navigated.is_ok() {
        let _ = lived::timeout(ERROR_PAGE_LIMIT, emptied).await;
    }
}

impl Begun {
    fn new(
        id: u64,
        url: String,
        moved: oneshot::Receiver<()>,
        navigated: impl Future<Output = Result<Navigated, CdpError>> + Send + 'static,
    ) -> Self {
        Self {
            id,
            url,
            moved,
            navigated: Box::pin(navigated),
            known: None,
        }
    }

    pub(super) fn send(page: &Page, id: u64, url: String, asked: Asked) -> Self {
        let moved = page.loads.moved();
        page.loads.ask(id, asked);
        let navigated = page
            .session
            .call_slow("Page.navigate", json!({ "url": url }));
        Self::new(id, url, moved, navigated)
    }

    /// What is shown is loaded anew.
    fn again(page: &Arc<Page>, id: u64, url: String) -> Self {
        let moved = page.loads.moved();
        page.loads.ask(id, Asked::Address);
        let reloading = page.session.run("Page.reload", json!({}));
        let me = Arc::clone(page);
        let navigated = async move {
            reloading.await?;
            Ok(Navigated {
                loader_id: Some(me.loads.0.lock().tracker.latest().to_owned()),
                error_text: None,
                is_download: false,
            })
        };
        Self::new(id, url, moved, navigated)
    }

    /// One that is not even tried.
    fn refused(page: &Page, id: u64, url: String) -> Self {
        let refused = CdpError::Refused {
            method: "Page.navigate",
            code: 0,
            message: String::new(),
        };
        Self::new(
            id,
            url,
            page.loads.moved(),
            std::future::ready(Err(refused)),
        )
    }

    /// Which document comes, once Chromium has begun with it.
    pub(super) fn known(&mut self) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        self.known = Some(sender);
        receiver
    }

    /// Ends when Chromium has begun with it: the document that comes.
    pub(super) async fn loader(self, page: &Page) -> Result<String, Failure> {
        let navigated = self.navigated.await;
        page.loads.settle(self.id);
        navigated?.loader_id.ok_or_else(|| {
            Failure::new(
                "unknown error",
                format!("Chromium did not go to {}", self.url),
            )
        })
    }

    /// Ends with the load: whether it was a success.
    pub(super) fn outcome(
        self,
        page: &Arc<Page>,
    ) -> impl Future<Output = Result<bool, Failure>> + Send + use<> {
        let page = Arc::clone(page);
        async move {
            let navigated = self.navigated.await;
            page.loads.settle(self.id);
            page.loads.give_no_more(&page);
            let navigated = match navigated {
                Ok(navigated) => navigated,
                Err(CdpError::Refused { .. }) => return Ok(refused(&page, &self.url).await),
                Err(error) => return Err(error.into()),
            };
            let loader = match (navigated.loader_id, &navigated.error_text) {
                (Some(loader), _) => loader,
                // Chromium has run nothing for it.
                (None, Some(_)) => return Ok(refused(&page, &self.url).await),
                (None, None) => return Ok(self.moved.await.is_ok()),
            };
            if let Some(known) = self.known {
                let _ = known.send(loader.clone());
            }
            if let Some(error) = navigated.error_text {
                failed(&page, &self.url, &loader, error, navigated.is_download).await;
            }
            Ok(page.loads.ended(&loader).await.unwrap_or(false))
        }
    }
}

/// Chromium does not even try that address.
async fn refused(page: &Page, url: &str) -> bool {
    let error = match address::directory(url).await {
        Some(error) if !is_closed(page, url) => error,
        _ => address::refusal(url),
    };
    if page.loads.tell(page, |tracker| tracker.refusing(url)) {
        page.network.refused(page, url, &error);
        page.loads.tell(page, |tracker| tracker.refused(url, error));
    }
    false
}

/// The document will not come.
async fn failed(page: &Page, url: &str, loader: &str, error: String, is_download: bool) {
    page.loads.tell(page, |tracker| {
        tracker.responded(loader, |response| response.is_download |= is_download);
        if tracker.is_locked() && !tracker.has(loader) {
            tracker.tell_error(LoadError::locked(url));
        }
    });
    page.loads.take_failure(page, loader, &error);
    if error != ABORTED {
        // With Chromium's page about that the address is known where redirects led.
        let ended = page.loads.ended(loader);
        if lived::timeout(ERROR_PAGE_LIMIT, ended).await.is_ok() {
            return;
        }
    }
    page.loads.tell(page, |tracker| tracker.failed(loader));
}
