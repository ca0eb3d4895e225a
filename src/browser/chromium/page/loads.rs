//! The loads of a page: what begins one, when it is over, and who waits for it.

use std::sync::Arc;

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use super::Page;
use crate::browser::chromium::cdp::{CdpError, Raw, read};
use crate::browser::chromium::command::{Args, Failure, Reply};

/// Whether a page loads.
#[derive(Debug, Default)]
pub(super) struct Loads(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The document whose load event is awaited, and who does.
    awaited: Option<(String, oneshot::Sender<()>)>,
    /// The last document whose load event has come.
    loaded: Option<String>,
}

/// `Page.navigate`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    loader_id: Option<String>,
    error_text: Option<String>,
}

/// `Page.lifecycleEvent`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lifecycle {
    frame_id: String,
    loader_id: String,
    name: String,
}

impl Loads {
    pub(super) fn lifecycle(&self, params: &Raw) {
        let Ok(event) = read::<Lifecycle>(params) else {
            return;
        };
        if event.name != "load" || event.frame_id.is_empty() {
            return;
        }
        let mut state = self.0.lock();
        if let Some((_, waiting)) = state
            .awaited
            .take_if(|(loader, _)| *loader == event.loader_id)
        {
            let _ = waiting.send(());
        }
        state.loaded = Some(event.loader_id);
    }

    /// Ends when the load event of this document has come.
    fn wait(&self, loader: String) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.0.lock();
        if state.loaded.as_ref() == Some(&loader) {
            let _ = sender.send(());
        } else {
            state.awaited = Some((loader, sender));
        }
        receiver
    }
}

/// args: [address, method or settings, data, headers]; the value is "success" or "fail".
pub(super) async fn open(page: &Arc<Page>, args: &Args, reply: Reply) {
    let Ok(Some(url)) = args.get::<String>(0, "the address") else {
        return reply.give(Err(Failure::argument("the address must be a string")));
    };
    let navigating = page
        .session
        .call::<Navigated, _>("Page.navigate", json!({ "url": url }));
    let me = Arc::clone(page);
    page.spawn(async move {
        let status = match loaded(&me, navigating).await {
            Ok(true) => "\"success\"",
            Ok(false) => "\"fail\"",
            Err(error) => return reply.give(Err(error.into())),
        };
        reply.give(Ok(status.to_owned()));
    });
}

async fn loaded(
    page: &Page,
    navigating: impl Future<Output = Result<Navigated, CdpError>>,
) -> Result<bool, CdpError> {
    let navigated = navigating.await?;
    if navigated.error_text.is_some() {
        return Ok(false);
    }
    let Some(loader) = navigated.loader_id else {
        // Another fragment of the same document.
        return Ok(true);
    };
    Ok(page.loads.wait(loader).await.is_ok())
}
