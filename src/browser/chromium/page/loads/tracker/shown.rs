//! A document is there, or goes to another place in itself.

use super::{Document, Response, Told, Tracker};
use crate::browser::chromium::page::loads::failure::LoadError;

/// Percent.
const SHOWN: u8 = 50;
const PARSED: u8 = 80;

/// PhantomJS calls the empty page's address nothing.
pub(super) fn named(url: &str) -> String {
    let is_nothing = url == "about:blank";
    if is_nothing { "" } else { url }.to_owned()
}

/// `Page.frameNavigated`
#[derive(Debug)]
pub(in super::super) struct Shown<'a> {
    pub(in super::super) frame: &'a str,
    pub(in super::super) loader: &'a str,
    pub(in super::super) url: &'a str,
    /// It is Chromium's own page about this address, which did not come.
    pub(in super::super) unreachable: Option<&'a str>,
    /// From the history, with all that it was: nothing is loaded.
    pub(in super::super) is_restored: bool,
    /// That it was received will be told, and comes first.
    pub(in super::super) is_heard: bool,
}

impl Tracker {
    pub(in super::super) fn shown(&mut self, document: &Shown<'_>) {
        if document.frame == self.main {
            self.shown_main(document);
        } else if let Some(load) = self.load.as_mut().filter(|load| load.loader.is_none()) {
            load.has_failed |= document.unreachable.is_some();
        } else if self.is_loading_frame(document.frame) {
            self.begin(None);
        }
    }

    fn shown_main(&mut self, document: &Shown<'_>) {
        let loader = document.loader;
        self.frames.clear();
        self.announced.clear();
        self.scheduled = None;
        if self.aside.as_deref() == Some(loader) {
            self.aside = None;
            self.told.push(Told::Emptied);
            return;
        }
        if self.navigation.is_some() && !self.is_next(loader) {
            // It was on its way for the tab's page before, and the next one is already.
            return;
        }
        // A pop-up without an address: nothing says that it is on its way.
        let is_sudden = self.is_first_untold && named(document.url).is_empty();
        if is_sudden {
            self.told.push(Told::UrlChanged(String::new()));
        }
        if !self.is_own(loader) {
            self.begin(Some(loader));
        }
        let navigation = self.navigation.take_if(|next| next.loader == loader);
        let is_told = is_sudden
            || navigation
                .as_ref()
                .is_some_and(super::Navigation::is_told_early);
        let (failure, response) = match navigation {
            Some(next) => (next.failure, next.response),
            None => (None, Response::default()),
        };
        self.document = Document {
            loader: loader.to_owned(),
            url: named(document.url),
            is_error: document.unreachable.is_some(),
            response,
        };
        if let Some(address) = document.unreachable {
            self.document.url = String::new();
            let error = LoadError::new(failure.as_ref(), &self.document.response, address);
            return self.finish(Err(error));
        }
        if let Some(load) = &mut self.load {
            load.is_shown = true;
        }
        self.progress = SHOWN;
        if !is_told {
            let url = self.document.url.clone();
            self.held_back.push(Told::UrlChanged(url));
        }
        self.held_back.push(Told::Initialized);
        if !document.is_heard || is_told {
            self.go_on();
        }
        if document.is_restored {
            self.finish(Ok(()));
        }
    }

    /// Something of the document was received, and that was told.
    pub(in super::super) fn received(&mut self, loader: &str) {
        if self.document.loader == loader {
            self.go_on();
        }
    }

    /// Tells of the document that is shown.
    pub(super) fn go_on(&mut self) {
        self.told.append(&mut self.held_back);
    }

    /// `Page.documentOpened`: the document is written anew.
    pub(in super::super) fn opened(&mut self, frame: &str) {
        if frame == self.main
            && let Some(load) = &mut self.load
        {
            load.is_empty = false;
        }
    }

    /// The page's own document has all its elements.
    pub(in super::super) fn parsed(&mut self, loader: &str) {
        if self.is_own(loader) {
            self.progress = PARSED;
        }
    }

    /// What is known of the answer that the document came by, or will.
    pub(in super::super) fn responded(&mut self, loader: &str, note: impl FnOnce(&mut Response)) {
        match &mut self.navigation {
            Some(next) if next.loader == loader => note(&mut next.response),
            _ if self.document.loader == loader => note(&mut self.document.response),
            _ => {}
        }
    }

    /// The same of the document that is shown.
    pub(in super::super) fn answered(&mut self, note: impl FnOnce(&mut Response)) {
        note(&mut self.document.response);
    }

    /// `Page.navigatedWithinDocument`
    pub(in super::super) fn moved(&mut self, frame: &str, url: &str, kind: &str) {
        let is_main = frame == self.main;
        let reason = self.scheduled.take_if(|_| is_main).unwrap_or("Other");
        let is_step = is_main && std::mem::take(&mut self.is_stepping);
        if kind == "fragment" && !is_step {
            self.announce(url, reason, is_main);
        }
        if !is_main {
            return;
        }
        self.go_on();
        url.clone_into(&mut self.document.url);
        // PhantomJS tells of another fragment twice, and once of what a script has put into the history.
        for _ in 0..if kind == "historyApi" { 1 } else { 2 } {
            self.told.push(Told::UrlChanged(url.to_owned()));
        }
        self.told.push(Told::Moved);
        self.watch_no_more();
    }
}
