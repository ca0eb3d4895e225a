//! The loads of a page as PhantomJS tells of them, made of what Chromium says. It knows no task and no session: what
//! happens goes in, what listeners hear comes out.
//!
//! PhantomJS loads a page, not a frame: a load begins with the first frame that loads and is over with the last. A load of
//! the page's own document that gives way to another is over when that begins: a success where its document was shown.
//!
//! - [`begin`][]: from the wish to be elsewhere to the first word of a load
//! - [`shown`][]: a document is there
//! - [`end`][]: how loads end

mod begin;
mod end;
mod shown;

use std::collections::VecDeque;

use super::failure::{Failure, LoadError, Response};
use super::told::{Asked, Told};
pub(super) use shown::Shown;

/// The page's own document, on its way.
#[derive(Debug)]
struct Navigation {
    loader: String,
    url: String,
    asked: Option<Asked>,
    /// Why it fails, where that is known before it does.
    failure: Option<Failure>,
    response: Response,
    /// See `Load`.
    is_replaced: bool,
}

impl Navigation {
    /// Its address is told before the load begins, as PhantomJS does of what it need not wait for.
    fn is_told_early(&self) -> bool {
        self.url == "about:blank" || self.asked == Some(Asked::Content)
    }
}

/// The page's own document.
#[derive(Debug, Default)]
struct Document {
    loader: String,
    url: String,
    is_error: bool,
    response: Response,
}

/// What `onLoadStarted` has told of, and `onLoadFinished` has not.
#[derive(Debug)]
struct Load {
    /// Of the page's own document; none where only frames of it load.
    loader: Option<String>,
    url: String,
    is_shown: bool,
    has_failed: bool,
    /// `open` has put another in its place, and said so.
    is_replaced: bool,
    /// The empty document is not filled yet.
    is_empty: bool,
    /// No request for half a second, though it is not loaded.
    is_idle: bool,
}

/// All that is known of a page's loads.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    main: String,
    document: Document,
    navigation: Option<Navigation>,
    load: Option<Load>,
    /// Frames of the page that load.
    frames: Vec<String>,
    /// Frames whose navigation has been told of, and has not begun.
    announced: Vec<String>,
    /// Why the page's own document is about to go elsewhere, perhaps in itself.
    scheduled: Option<&'static str>,
    /// Commands whose navigation has not begun, by number.
    asked: VecDeque<(u64, Asked)>,
    /// The last of them that another has taken the place of.
    last_replaced: u64,
    /// The empty document of which nobody hears.
    aside: Option<String>,
    /// The last loads that are over, and whether they were a success: for a command that hears only then which was its own.
    ended: VecDeque<(String, bool)>,
    is_watching: bool,
    has_error: bool,
    /// A load is over.
    has_loaded: bool,
    /// By command.
    is_stopping: bool,
    /// What is stopped next is loaded all the same.
    is_late: bool,
    /// The page cannot be left.
    is_locked: bool,
    progress: u8,
    /// The history leads to another place in the document.
    is_stepping: bool,
    /// A pop-up's empty document is there, and that is not told yet.
    is_first_untold: bool,
    told: Vec<Told>,
    /// What is told of a document as soon as it was received.
    held_back: Vec<Told>,
}

impl Tracker {
    /// `main`: the id of the page's main frame.
    pub(super) fn new(main: &str) -> Self {
        Self {
            main: main.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn take_told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }

    /// Of what is shown; empty where nothing is.
    pub(super) fn url(&self) -> &str {
        &self.document.url
    }

    /// Of the document that is shown; empty for none.
    pub(super) fn shown_loader(&self) -> &str {
        &self.document.loader
    }

    /// Chromium's own page about a load that failed is shown.
    pub(super) fn is_error(&self) -> bool {
        self.document.is_error
    }

    /// Whether no document has come since the page was made.
    pub(super) fn is_new(&self) -> bool {
        self.document.loader.is_empty()
    }

    pub(super) fn is_locked(&self) -> bool {
        self.is_locked
    }

    pub(super) fn lock(&mut self, is_locked: bool) {
        self.is_locked = is_locked;
    }

    pub(super) fn is_loading(&self) -> bool {
        self.load.is_some() || self.navigation.is_some() || !self.asked.is_empty()
    }

    /// 0 to 100
    pub(super) fn progress(&self) -> u8 {
        if self.load.is_none() && self.is_loading() {
            return begin::PROGRESS;
        }
        self.progress
    }

    /// Whether the page's own document is on its way, and Chromium runs no script of ours until it is there.
    pub(super) fn is_leaving(&self) -> bool {
        self.navigation.is_some()
    }

    /// Whether nobody is asked for this document: it is HTML that was given, or the page cannot be left.
    pub(super) fn is_unasked(&self, loader: &str) -> bool {
        match &self.navigation {
            Some(next) if next.loader == loader => next.asked == Some(Asked::Content),
            _ => self.is_locked,
        }
    }

    /// The document that is on its way, or was last.
    pub(super) fn latest(&self) -> &str {
        match &self.navigation {
            Some(next) => &next.loader,
            None => &self.document.loader,
        }
    }

    /// How the load of a document ended; none while it goes on, or where there was none.
    pub(super) fn outcome(&self, loader: &str) -> Option<bool> {
        let mut ended = self.ended.iter();
        ended.find(|(other, _)| other == loader).map(|(_, is)| *is)
    }

    /// Whether the document is on its way, or loads.
    pub(super) fn has(&self, loader: &str) -> bool {
        self.is_next(loader) || self.is_own(loader)
    }

    /// A command is about to be sent.
    pub(super) fn ask(&mut self, id: u64, asked: Asked) {
        self.asked.push_back((id, asked));
    }

    /// It has its reply.
    pub(super) fn settle(&mut self, id: u64) {
        self.asked.retain(|(other, _)| *other != id);
    }

    /// A command puts another load in the place of the one that somebody waits for.
    pub(super) fn replace(&mut self) {
        let url = self.address().to_owned();
        if let Some(load) = &mut self.load {
            load.is_replaced = true;
        }
        if let Some(next) = &mut self.navigation {
            next.is_replaced = true;
        }
        self.last_replaced = self.asked.back().map_or(self.last_replaced, |(id, _)| *id);
        self.tell_error(LoadError::replaced(&url));
    }

    /// Why the page's own document will not come.
    pub(super) fn tell_error(&mut self, error: LoadError) {
        self.has_error = true;
        self.told.push(Told::Error(Some(error)));
    }

    /// What loads, or was loaded last.
    fn address(&self) -> &str {
        match (&self.load, &self.navigation) {
            (Some(load), _) => &load.url,
            (None, Some(navigation)) => &navigation.url,
            (None, None) => &self.document.url,
        }
    }

    fn is_next(&self, loader: &str) -> bool {
        matches!(&self.navigation, Some(next) if next.loader == loader)
    }

    fn is_own(&self, loader: &str) -> bool {
        matches!(&self.load, Some(load) if load.loader.as_deref() == Some(loader))
    }

    fn is_loading_frame(&self, frame: &str) -> bool {
        self.frames.iter().any(|other| other == frame)
    }

    fn announce(&mut self, url: &str, kind: &'static str, is_main: bool) {
        self.go_on();
        self.told.push(Told::NavigationRequested {
            url: url.to_owned(),
            kind,
            is_main,
        });
    }
}
