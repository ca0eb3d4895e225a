//! What is told of loads, and what commands ask for.

use super::failure::LoadError;

/// What is told, in this order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    NavigationRequested {
        url: String,
        kind: &'static str,
        is_main: bool,
    },
    Started,
    UrlChanged(String),
    /// The document is there, and none of its scripts ran yet.
    Initialized,
    /// The same of the empty document that a pop-up begins with.
    FirstInitialized,
    /// Nothing may follow that document: look again.
    Alone,
    /// To Node itself.
    Error(Option<LoadError>),
    Finished(bool),
    /// For who waits for the load of this document.
    Ended(String, bool),
    /// For who waits for another fragment.
    Moved,
    /// For who waits for an empty document.
    Emptied,
    /// The first load is over: what the history has of others goes.
    First,
    /// Nobody but Chromium's network can say why this navigation fails, should it: no command of ours will hear of it.
    Watch,
    Unwatch,
    /// No request for half a second, and no frame loads any more: look again whether this document is loaded.
    Idle(String),
}

/// What a command has asked for, until it begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    Address,
    /// HTML that stands in for what an address would give.
    Content,
    /// An empty document, to be filled with HTML.
    Empty,
    /// An empty document of which nobody hears: another follows.
    Aside,
}
