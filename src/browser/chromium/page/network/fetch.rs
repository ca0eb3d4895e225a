//! `Fetch`: requests that are held on their way until we let them go. Each that is held takes 1.3 ms, so only those are
//! that somebody has something to do with.

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::browser::chromium::cdp::Session;
use crate::browser::chromium::page::Page;

/// Why requests are held.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::browser::chromium::page) enum Reason {
    /// A load of the page's own document is another than a plain one.
    Document,
    /// A function may change or abort any of them.
    Functions,
    /// Pictures are not loaded.
    Images,
    /// There are a name and a password to give.
    Credentials,
    /// A header goes with them that `Network.setExtraHTTPHeaders` would give to the page, too.
    Headers,
    /// No cookies go with them.
    Cookies,
    /// Scripts may read the answers of any site.
    Security,
}

impl Reason {
    /// `Fetch.RequestPattern`s
    fn patterns(self) -> &'static [Pattern] {
        match self {
            Self::Document => &[Pattern::Of("Document")],
            Self::Images => &[Pattern::Of("Image")],
            Self::Functions | Self::Credentials | Self::Headers | Self::Cookies => &[Pattern::All],
            Self::Security => &[Pattern::All, Pattern::Answers],
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pattern {
    All,
    Of(&'static str),
    /// All, once more when their answers are there.
    Answers,
}

impl Pattern {
    fn json(self) -> Value {
        match self {
            Self::All => json!({ "urlPattern": "*" }),
            Self::Of(kind) => json!({ "urlPattern": "*", "resourceType": kind }),
            Self::Answers => json!({ "urlPattern": "*", "requestStage": "Response" }),
        }
    }
}

/// Which requests of one page are held.
#[derive(Debug, Default)]
pub(in crate::browser::chromium::page) struct Fetch(Mutex<Vec<Reason>>);

impl Fetch {
    pub(in crate::browser::chromium::page) fn want(&self, page: &Page, reason: Reason) {
        self.change(page, reason, true);
    }

    pub(in crate::browser::chromium::page) fn unwant(&self, page: &Page, reason: Reason) {
        self.change(page, reason, false);
    }

    pub(super) fn change(&self, page: &Page, reason: Reason, is_wanted: bool) {
        let mut reasons = self.0.lock();
        if reasons.contains(&reason) == is_wanted {
            return;
        }
        let before = enabling(&reasons);
        if is_wanted {
            reasons.push(reason);
        } else {
            reasons.retain(|other| *other != reason);
        }
        let now = enabling(&reasons);
        if before == now {
            return;
        }
        // Under the lock: what is sent last is what holds.
        send(&page.session, now.as_ref());
        for child in page.children.sessions() {
            send(&child, now.as_ref());
        }
    }

    pub(super) fn wants(&self, reason: Reason) -> bool {
        self.0.lock().contains(&reason)
    }

    /// The same for a child that is there now.
    pub(super) fn attached(&self, session: &Session) {
        let reasons = self.0.lock();
        if let Some(enabling) = enabling(&reasons) {
            send(session, Some(&enabling));
        }
    }

    /// The page is over: its tab is as before.
    pub(super) fn undo(&self, session: &Session) {
        let mut reasons = self.0.lock();
        if !reasons.is_empty() {
            reasons.clear();
            send(session, None);
        }
    }
}

/// The parameters of `Fetch.enable`; none where nothing is held.
fn enabling(reasons: &[Reason]) -> Option<Value> {
    let mut patterns: Vec<Pattern> = Vec::new();
    for pattern in reasons.iter().flat_map(|reason| reason.patterns()) {
        if !patterns.contains(pattern) {
            patterns.push(*pattern);
        }
    }
    if patterns.contains(&Pattern::All) {
        patterns.retain(|pattern| !matches!(pattern, Pattern::Of(_)));
    }
    patterns.sort_by_key(|pattern| pattern.json().to_string());
    (!patterns.is_empty()).then(|| {
        let patterns: Vec<Value> = patterns.into_iter().map(Pattern::json).collect();
        json!({
            "patterns": patterns,
            "handleAuthRequests": reasons.contains(&Reason::Credentials),
        })
    })
}

fn send(session: &Session, enabling: Option<&Value>) {
    match enabling {
        Some(enabling) => session.notify("Fetch.enable", enabling),
        None => session.notify("Fetch.disable", json!({})),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_of_all_reasons_are_put_together() {
        assert_eq!(enabling(&[]), None);
        let both = enabling(&[Reason::Document, Reason::Images]).expect("patterns");
        assert_eq!(both["patterns"].as_array().map(Vec::len), Some(2));
        let all = enabling(&[Reason::Images, Reason::Credentials]).expect("patterns");
        assert_eq!(all["patterns"], json!([{ "urlPattern": "*" }]));
        assert_eq!(all["handleAuthRequests"], true);
        let secure = enabling(&[Reason::Security]).expect("patterns");
        assert_eq!(secure["patterns"].as_array().map(Vec::len), Some(2));
        assert_eq!(secure["handleAuthRequests"], false);
    }
}
