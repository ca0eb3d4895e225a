//! A script of the page's that stands still until it has its answer.

use crate::browser::chromium::cdp::Session;

/// A script that is held.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) session: Session,
    pub(super) frame: String,
}
