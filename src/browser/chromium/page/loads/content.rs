//! `setContent`, and the property `content` when it is set.

use std::sync::Arc;

use serde_json::json;
use url::Url;

use super::open::{Begun, answer_when_loaded};
use super::order::Given;
use super::told::Asked;
use crate::browser::chromium::command::{Args, Failure, Reply};
use crate::browser::chromium::page::Page;

/// args: [HTML, address]; the value is "success" or "fail".
pub(in super::super) async fn set(page: &Arc<Page>, args: &Args, reply: Reply) {
    let html = args.text(0);
    let url = Url::parse(&args.text(1))
        .ok()
        .filter(|url| ["http", "https", "file"].contains(&url.scheme()));
    let id = page.loads.number();
    let replaced = page.loads.take_place(page, id);
    match url {
        Some(url) => {
            page.loads.give(page, Given::Html(html.into_bytes()));
            let begun = Begun::send(page, id, url.into(), Asked::Content);
            answer_when_loaded(page, id, replaced, begun.outcome(page), reply);
        }
        None => {
            let written = write(page, id, &html).await;
            let outcome = async move {
                let loader = written?;
                Ok(loader.await.unwrap_or(false))
            };
            answer_when_loaded(page, id, replaced, outcome, reply);
        }
    }
}

/// Shows HTML without an address. Its elements are there then; what it refers to may still load.
pub(in super::super) async fn set_content(page: &Arc<Page>, html: &str) -> Result<(), Failure> {
    let id = page.loads.number();
    write(page, id, html).await.map(drop)
}

/// The receiver ends with the load.
async fn write(
    page: &Arc<Page>,
    id: u64,
    html: &str,
) -> Result<tokio::sync::oneshot::Receiver<bool>, Failure> {
    let emptied = page.loads.emptied();
    let begun = Begun::send(page, id, "about:blank".to_owned(), Asked::Empty);
    let loader = begun.loader(page).await?;
    if emptied.await.is_err() {
        return Err(Failure::closed(page.number));
    }
    let ended = page.loads.ended(&loader);
    page.session
        .run(
            "Page.setDocumentContent",
            json!({ "frameId": page.target, "html": html }),
        )
        .await?;
    Ok(ended)
}
