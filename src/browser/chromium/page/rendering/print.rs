//! PDF of the page: CDP `Page.printToPDF`.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::super::Page;
use super::capture::Layout;
use super::{blocking, bytes_of, cannot_capture};
use crate::browser::chromium::cdp::{CdpError, Session, read};
use crate::browser::chromium::command::Failure;
use crate::browser::chromium::paper::{Edge, Edges, Paper, Texts, overlay, page_count};
use crate::browser::chromium::place::Place;
use crate::browser::chromium::tabs::{Tab, Tabs, blank};

/// `Page.printToPDF`
#[derive(Debug, Deserialize)]
struct Printed {
    data: String,
}

/// What belongs to no paper, but to one PDF.
#[derive(Debug)]
pub(super) struct Options {
    /// 1 for 100 %.
    pub(super) scale: f64,
    /// More parameters of `Page.printToPDF`.
    pub(super) more: Map<String, Value>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            scale: 1.0,
            more: Map::new(),
        }
    }
}

/// A PDF in base64.
pub(super) async fn print(
    page: &Arc<Page>,
    paper: Option<Paper>,
    options: Options,
) -> Result<String, Failure> {
    let paper = match paper {
        Some(paper) => paper,
        None => whole(page).await?,
    };
    let mut parameters = paper.parameters(options.scale);
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.extend(options.more);
    }
    page.background.show(&page.session, false);
    let body = printed(&page.session, parameters).await?;
    match paper.edges() {
        Some(edges) => with_edges(page, &paper, edges, body).await,
        None => Ok(body),
    }
}

/// The paper that shows all of the document on one page.
async fn whole(page: &Page) -> Result<Paper, Failure> {
    let (width, height) = Layout::of(page).await?.whole(&page.view.now());
    Ok(Paper::whole(width, height))
}

async fn printed(session: &Session, parameters: Value) -> Result<String, Failure> {
    let printing = session.call_slow::<Printed, _>("Page.printToPDF", parameters);
    match printing.await {
        Ok(printed) => Ok(printed.data),
        Err(error @ CdpError::Refused { .. }) => Err(cannot_capture(&error)),
        Err(error) => Err(error.into()),
    }
}

/// Asks for what stands on each page, and lays it over the body.
async fn with_edges(
    page: &Arc<Page>,
    paper: &Paper,
    edges: &Edges,
    body: String,
) -> Result<String, Failure> {
    let (body, count) = blocking(move || {
        let body = bytes_of(&body)?;
        let count = page_count(&body).map_err(|error| cannot_capture(&error))?;
        Ok((body, count))
    })
    .await?;
    let texts = ask(page, edges, count).await?;
    let upper = upper(page, paper, &texts).await?;
    blocking(move || {
        let upper = bytes_of(&upper)?;
        let file = overlay(body, &upper).map_err(|error| cannot_capture(&error))?;
        Ok(BASE64_STANDARD.encode(file))
    })
    .await
}

/// All headers and footers, as one PDF.
async fn upper(page: &Page, paper: &Paper, texts: &[Texts]) -> Result<String, Failure> {
    let tabs = &page.browser.tabs;
    let borrowed = Borrowed {
        tab: tabs.take(&Place::default()).await?,
        tabs: Arc::clone(tabs),
    };
    let session = &borrowed.tab.session;
    // Nor do they find anything there.
    if borrowed.tab.is_used {
        blank(session).await?;
    }
    let script = json!({ "expression": paper.overlay_script(texts), "awaitPromise": true });
    let showing = session.call_slow::<Value, _>("Runtime.evaluate", script);
    let shown = showing.await?;
    if let Some(thrown) = shown.get("exceptionDetails") {
        return Err(cannot_capture(&format!("headers and footers: {thrown}")));
    }
    borrowed.tab.background.show(session, false);
    printed(session, paper.overlay_parameters()).await
}

/// A tab that is closed behind its use: whatever scripts of headers have left, no page finds it.
struct Borrowed {
    tab: Tab,
    tabs: Arc<Tabs>,
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        self.tabs.close(&self.tab);
    }
}

/// In the order of the pages, the header first. All questions are asked at once.
async fn ask(page: &Page, edges: &Edges, count: usize) -> Result<Vec<Texts>, Failure> {
    let question = |edge: &Option<Edge>, number: usize| {
        let source = Edge::asked(edge)?;
        let args = json!([source, number, count]).to_string();
        Some(page.events.question("paper", &args))
    };
    let asked: Vec<_> = (1..=count)
        .map(|number| {
            (
                question(&edges.header, number),
                question(&edges.footer, number),
            )
        })
        .collect();
    let mut texts = Vec::with_capacity(count);
    for (header, footer) in asked {
        texts.push(Texts {
            header: answered(page, header).await?,
            footer: answered(page, footer).await?,
        });
    }
    Ok(texts)
}

async fn answered(
    page: &Page,
    answer: Option<oneshot::Receiver<Box<RawValue>>>,
) -> Result<String, Failure> {
    let Some(answer) = answer else {
        return Ok(String::new());
    };
    let answer = answer.await.map_err(|_| Failure::closed(page.number))?;
    Ok(match read(&answer).unwrap_or_default() {
        Value::String(html) => html,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}
