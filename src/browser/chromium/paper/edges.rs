//! Headers and footers, whose text is asked for page by page.
//!
//! Chromium's own templates are one for all pages and run no scripts. So a document shows all headers and footers, each in
//! a frame of its own, and its pages are laid over those of the body.

use serde_json::{Map, Value, json};

use super::{BadPaper, Paper, length};

/// What `lib/page/live.js` makes of `ph.callback(function)`.
const LIVE: &str = "phantom-cluster:live";

/// Runs in an empty page.
const SHOW: &str = include_str!("edges.js");

/// The two of a paper.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::browser::chromium) struct Edges {
    pub(in crate::browser::chromium) header: Option<Edge>,
    pub(in crate::browser::chromium) footer: Option<Edge>,
}

/// A header or a footer.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::browser::chromium) struct Edge {
    /// Points.
    height: f64,
    /// Source of the function that says what is in it, given a page's number and how many there are. Without one it is
    /// empty.
    pub(in crate::browser::chromium) contents: Option<String>,
}

/// What stands on one page, HTML.
#[derive(Clone, Debug, Default)]
pub(in crate::browser::chromium) struct Texts {
    pub(in crate::browser::chromium) header: String,
    pub(in crate::browser::chromium) footer: String,
}

impl Edges {
    pub(super) fn read(paper: &Map<String, Value>) -> Result<Self, BadPaper> {
        Ok(Self {
            header: Edge::read(paper, "header")?,
            footer: Edge::read(paper, "footer")?,
        })
    }

    /// There is nothing to ask for.
    pub(super) fn is_empty(&self) -> bool {
        let is_empty = |edge: &Option<Edge>| !edge.as_ref().is_some_and(Edge::is_visible);
        is_empty(&self.header) && is_empty(&self.footer)
    }

    pub(super) fn header_height(&self) -> f64 {
        height(&self.header)
    }

    pub(super) fn footer_height(&self) -> f64 {
        height(&self.footer)
    }
}

impl Edge {
    fn read(paper: &Map<String, Value>, name: &str) -> Result<Option<Self>, BadPaper> {
        let Some(Value::Object(edge)) = paper.get(name) else {
            return Ok(None);
        };
        let height = match edge.get("height") {
            Some(value) => length(&format!("{name}.height"), value)?,
            None => 0.0,
        };
        let mark = edge.get("contents").and_then(|contents| contents.get(LIVE));
        let source = mark.and_then(|mark| mark.get(1)).and_then(Value::as_str);
        let contents = source.map(str::to_owned);
        Ok(Some(Self { height, contents }))
    }

    /// PhantomJS shows none without a height.
    fn is_visible(&self) -> bool {
        self.height > 0.0 && self.contents.is_some()
    }

    /// The function to ask; none where nothing would be seen.
    pub(in crate::browser::chromium) fn asked(edge: &Option<Self>) -> Option<&str> {
        let edge = edge.as_ref().filter(|edge| edge.is_visible())?;
        edge.contents.as_deref()
    }
}

fn height(edge: &Option<Edge>) -> f64 {
    edge.as_ref().map_or(0.0, |edge| edge.height)
}

pub(super) fn script(paper: &Paper, texts: &[Texts]) -> String {
    let Paper { margin, edges, .. } = paper;
    let pages: Vec<[&str; 2]> = texts
        .iter()
        .map(|texts| [texts.header.as_str(), texts.footer.as_str()])
        .collect();
    let given = json!({
        "width": paper.width,
        "height": paper.height,
        "left": margin.left,
        "inner": paper.width - margin.left - margin.right,
        "places": [
            { "top": margin.top, "height": edges.header_height() },
            {
                "top": paper.height - margin.bottom - edges.footer_height(),
                "height": edges.footer_height(),
            },
        ],
        "pages": pages,
    });
    let source = SHOW.trim_end().trim_end_matches(';');
    format!("({source})({given})")
}
