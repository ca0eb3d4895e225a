//! From the wish to be elsewhere to the first word of a load.

use super::{Asked, Load, Navigation, Told, Tracker};
use crate::browser::chromium::page::loads::failure::{Failure, LoadError, Response};
use crate::browser::chromium::page::network::errors::NetworkError;

/// What PhantomJS begins with, percent.
pub(super) const PROGRESS: u8 = 10;

/// Chromium's words for why a frame goes elsewhere (`Page.ClientNavigationReason`), as PhantomJS's.
fn kind_of_reason(reason: &str) -> &'static str {
    match reason {
        "anchorClick" => "LinkClicked",
        "formSubmissionGet" | "formSubmissionPost" => "FormSubmitted",
        "reload" => "Reload",
        _ => "Other",
    }
}

/// The same of how it goes (`Page.frameStartedNavigating`).
fn kind_of_navigation(kind: &str) -> &'static str {
    match kind {
        "reload" | "reloadBypassingCache" => "Reload",
        "restore" | "restoreWithPost" | "historyDifferentDocument" => "BackOrForward",
        _ => "Other",
    }
}

impl Tracker {
    /// `Page.frameScheduledNavigation`
    pub(in super::super) fn scheduled(&mut self, frame: &str, reason: &str) {
        if frame == self.main {
            self.scheduled = Some(kind_of_reason(reason));
        }
    }

    /// `Page.frameRequestedNavigation`: a script, a link, a form. `is_here`: not in a window of its own.
    pub(in super::super) fn requested(
        &mut self,
        frame: &str,
        url: &str,
        reason: &str,
        is_here: bool,
    ) {
        let kind = kind_of_reason(reason);
        let is_main = is_here && frame == self.main;
        self.announce(url, kind, is_main);
        if !is_here {
            return;
        }
        self.announced.retain(|other| other != frame);
        self.announced.push(frame.to_owned());
        if is_main {
            self.watch();
        }
    }

    /// Nobody but the network can say why this fails.
    pub(in super::super) fn watch(&mut self) {
        if !self.is_watching {
            self.is_watching = true;
            self.told.push(Told::Watch);
        }
    }

    /// `Page.frameStartedNavigating`. `is_heard`: `Network.requestWillBeSent` will come for it.
    pub(in super::super) fn navigating(
        &mut self,
        frame: &str,
        url: &str,
        loader: &str,
        kind: &str,
        is_heard: bool,
    ) {
        if matches!(kind, "sameDocument" | "historySameDocument") {
            // Told when it has happened.
            self.is_stepping = kind == "historySameDocument" && frame == self.main;
            return;
        }
        let is_announced = self.announced.iter().any(|other| other == frame);
        self.announced.retain(|other| other != frame);
        let is_heard = is_heard && !url.starts_with("about:");
        if frame != self.main {
            if !is_announced {
                self.announce(url, kind_of_navigation(kind), false);
            }
            return self.navigating_frame(frame, is_heard);
        }
        let asked = if is_announced || kind.starts_with("history") {
            None
        } else {
            self.asked.pop_front()
        };
        let is_replaced = asked.is_some_and(|(id, _)| id <= self.last_replaced);
        let asked = asked.map(|(_, asked)| asked);
        // The tab of a new page is emptied before its first command.
        let is_emptied = asked.is_none() && self.is_new() && url == "about:blank";
        if asked == Some(Asked::Aside) || (is_emptied && !self.is_loading()) {
            self.aside = Some(loader.to_owned());
            return;
        }
        if !is_announced && url != "about:blank" {
            let kind = match asked {
                Some(_) => "Other",
                None => kind_of_navigation(kind),
            };
            self.announce(url, kind, true);
        }
        let is_given = matches!(asked, Some(Asked::Content | Asked::Empty));
        if self.is_locked && !is_given {
            return;
        }
        // The reply of a reload says nothing.
        let asked = asked.filter(|_| !kind.starts_with("reload"));
        self.navigation = Some(Navigation {
            loader: loader.to_owned(),
            url: url.to_owned(),
            asked,
            failure: None,
            response: Response::default(),
            is_replaced,
        });
        if asked.is_none() {
            self.watch();
        }
        if !is_heard || is_given {
            self.begin(Some(loader));
        }
    }

    fn navigating_frame(&mut self, frame: &str, is_heard: bool) {
        if self.is_locked || self.is_loading_frame(frame) {
            return;
        }
        self.frames.push(frame.to_owned());
        if !is_heard {
            self.begin(None);
        }
    }

    /// `Network.requestWillBeSent` of a document; listeners of requests have heard of it.
    pub(in super::super) fn document_requested(&mut self, frame: &str, loader: &str) {
        if frame != self.main {
            if self.is_loading_frame(frame) {
                self.begin(None);
            }
        } else if self.is_next(loader) && !self.is_own(loader) {
            self.begin(Some(loader));
        }
    }

    /// A redirect of the page's own document, or of a frame's.
    pub(in super::super) fn redirected(&mut self, frame: &str, url: &str) {
        let is_main = frame == self.main;
        self.announce(url, "Other", is_main);
        if !is_main {
            return;
        }
        if let Some(next) = &mut self.navigation {
            url.clone_into(&mut next.url);
        }
        if let (Some(load), Some(next)) = (&mut self.load, &self.navigation)
            && load.loader.as_ref() == Some(&next.loader)
        {
            url.clone_into(&mut load.url);
        }
    }

    /// An address that Chromium does not even try; false where the page cannot be left.
    pub(in super::super) fn refusing(&mut self, url: &str) -> bool {
        self.announce(url, "Other", true);
        if self.is_locked {
            self.tell_error(LoadError::locked(url));
            return false;
        }
        self.give_way();
        self.told.push(Told::Started);
        true
    }

    /// That is over.
    pub(in super::super) fn refused(&mut self, url: &str, error: NetworkError) {
        let error = LoadError::new(Some(&Failure::Known(error)), &Response::default(), url);
        self.finish(Err(error));
    }

    /// Another load is about to begin.
    fn give_way(&mut self) {
        self.go_on();
        match &self.load {
            Some(load) if load.is_shown => self.finish(Ok(())),
            Some(load) => {
                let error = LoadError::canceled(&load.url);
                self.finish(Err(error));
            }
            None => {}
        }
    }

    /// `loader`: none for one of frames alone.
    pub(super) fn begin(&mut self, loader: Option<&str>) {
        if loader.is_none() && self.load.is_some() {
            // Frames of a page that loads belong to that load.
            return;
        }
        self.give_way();
        let next = self.navigation.as_ref().filter(|_| loader.is_some());
        if let Some(next) = next.filter(|next| next.is_told_early()) {
            self.told
                .push(Told::UrlChanged(super::shown::named(&next.url)));
        }
        self.load = Some(Load {
            loader: loader.map(str::to_owned),
            url: next.map_or(&self.document.url, |next| &next.url).clone(),
            is_shown: false,
            has_failed: false,
            is_replaced: next.is_some_and(|next| next.is_replaced),
            is_empty: next.is_some_and(|next| next.asked == Some(Asked::Empty)),
            is_idle: false,
        });
        self.progress = PROGRESS;
        self.tell_first();
        self.told.push(Told::Started);
    }

    /// A pop-up's empty document is there. PhantomJS tells of it right before the first load.
    pub(in super::super) fn first_initialized(&mut self) {
        if self.load.is_some() {
            self.told.push(Told::FirstInitialized);
        } else {
            self.is_first_untold = true;
            self.told.push(Told::Alone);
        }
    }

    /// No load has begun since.
    pub(in super::super) fn tell_first(&mut self) {
        if std::mem::take(&mut self.is_first_untold) {
            self.told.push(Told::FirstInitialized);
        }
    }
}
