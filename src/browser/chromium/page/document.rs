//! What a page shows, as text.

use std::sync::Arc;

use super::{Page, evaluate, loads};
use crate::browser::chromium::command::{Args, Outcome, json};

/// The document with what is beside its root: `<!DOCTYPE html>`, comments.
const CONTENT: &str = "[].map.call(document.childNodes,n=>n.nodeType===1?n.outerHTML:\
                       new XMLSerializer().serializeToString(n)).join('')";
const PLAIN_TEXT: &str =
    "(e=>e?e.innerText===undefined?e.textContent:e.innerText:'')(document.documentElement)";
/// What PhantomJS shows where nothing is.
const NOTHING: &str = "<html><head></head><body></body></html>";

/// A property; none where it is not one of a document.
pub(super) async fn get(page: &Arc<Page>, name: &str) -> Option<Outcome> {
    let is_error = page.loads.is_error();
    let outcome = match name {
        "url" => json(&page.loads.url()),
        "loading" => json(&page.loads.is_loading()),
        "loadingProgress" => json(&page.loads.progress()),
        "canGoBack" => loads::can_go(page, -1).await,
        "canGoForward" => loads::can_go(page, 1).await,
        "content" if is_error => json(&NOTHING),
        "title" | "plainText" if is_error => json(&""),
        "content" => evaluate::expression(page, CONTENT).await,
        "plainText" => evaluate::expression(page, PLAIN_TEXT).await,
        "title" => evaluate::expression(page, "document.title").await,
        "windowName" => evaluate::expression(page, "window.name").await,
        _ => return None,
    };
    Some(outcome)
}

/// `content` is set.
pub(super) async fn set_content(page: &Arc<Page>, args: &Args) -> Outcome {
    loads::write_content(page, &args.text(1)).await?;
    evaluate::expression(page, CONTENT).await
}
