//! What is done to a tab between two pages.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tracing::debug;

use super::Tab;
use crate::browser::chromium::cdp::{CdpError, Session};
use crate::browser::chromium::target::Frames;
use crate::lived;

/// A page that does not let itself be emptied within this is stuck in a script.
const LIMIT: Duration = Duration::from_millis(500);
/// Runs in a page that is closed. What the page has replaced does not matter: its tab is closed then, or its timers are as
/// `page/before.rs` has them. Chromium numbers timers from 1.
const FORGET: &str = "(function(){\
    for(var i=Math.min(setTimeout(function(){},0),1e5);i>0;i-=1){clearTimeout(i);cancelAnimationFrame(i)}\
    return(window.name='')===window.name})()";
/// More than this is collected, bytes. A tab that is always busy has no pause in which Chromium would do it, and never gives
/// back what it has grown to: half as much again for pages of some size.
const MOST_GARBAGE: f64 = 5e6;

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
    loader_id: Option<String>,
}

/// `Runtime.getHeapUsage`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Heap {
    used_size: f64,
    #[serde(default)]
    embedder_heap_used_size: f64,
    #[serde(default)]
    backing_storage_size: f64,
}

impl Heap {
    fn bytes(&self) -> f64 {
        self.used_size + self.embedder_heap_used_size + self.backing_storage_size
    }
}

/// Makes a tab as new; false where it cannot be done. `visited`: the origins of all documents that were there.
pub(super) async fn emptied(tab: &Tab, visited: &[String]) -> bool {
    let emptied = lived::timeout(LIMIT, empty(tab, visited)).await;
    let bytes = emptied.ok().and_then(Result::ok).flatten();
    debug!(target = tab.target, bytes, "a tab is emptied");
    match bytes {
        Some(bytes) if bytes > MOST_GARBAGE => is_collected(tab).await,
        Some(_) => true,
        None => false,
    }
}

/// Empties the document: how much memory it and those before have taken, bytes; none where it cannot be done.
async fn empty(tab: &Tab, visited: &[String]) -> Result<Option<f64>, CdpError> {
    let session = &tab.session;
    session.notify("Page.stopLoading", json!({}));
    let tree = session.call::<Frames<Frame>, _>("Page.getFrameTree", json!({}));
    let forgotten = session.call::<Evaluated, _>(
        "Runtime.evaluate",
        json!({ "expression": FORGET, "returnByValue": true }),
    );
    let heap = session.call::<Heap, _>("Runtime.getHeapUsage", json!({}));
    // Those that have storage, each once.
    let mut origins = Vec::new();
    for Frame {
        security_origin, ..
    } in tree.await?.all()
    {
        if security_origin.len() > "://".len() && !origins.contains(&security_origin) {
            origins.push(security_origin);
        }
    }
    // Only that of a document that is there can be cleared.
    if visited.iter().any(|origin| !origins.contains(origin)) {
        return Ok(None);
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
    let bytes = heap.await?.bytes();
    Ok(forgotten.await?.result.value.then_some(bytes))
}

/// Frees what the documents of an emptied tab have left in memory. Their timers may be stuck still.
async fn is_collected(tab: &Tab) -> bool {
    let collecting = tab.session.run("HeapProfiler.collectGarbage", json!({}));
    matches!(lived::timeout(LIMIT, collecting).await, Ok(Ok(())))
}

/// `Page.navigate`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    loader_id: Option<String>,
}

/// Shows about:blank, with no history.
///
/// # Errors
/// When the tab is gone.
pub(in crate::browser::chromium) async fn blank(session: &Session) -> Result<(), CdpError> {
    let navigated = session
        .call::<Navigated, _>("Page.navigate", json!({ "url": "about:blank" }))
        .await?;
    // The reply comes before the document does. Of what another load sends meanwhile Chromium may say nothing.
    let shown = lived::timeout(LIMIT, async {
        loop {
            let tree = session.call::<Frames<Frame>, _>("Page.getFrameTree", json!({}));
            if tree.await?.main().loader_id == navigated.loader_id {
                return Ok(());
            }
        }
    });
    if let Ok(failed @ Err(_)) = shown.await {
        return failed;
    }
    session.run("Page.resetNavigationHistory", json!({})).await
}
