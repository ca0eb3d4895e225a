//! The requests of a page: what leaves and what comes, and who is told.
//!
//! - [`errors`][]: PhantomJS's codes and words for what fails

pub(in crate::browser::chromium) mod errors;

use super::Page;
use crate::browser::chromium::cdp::Session;

/// The requests of one page.
#[derive(Debug, Default)]
pub(super) struct Network {}

impl Network {
    /// A child of the page is there, held until it is made ready.
    pub(super) fn attached(&self, _page: &Page, _session: &Session) {}
}
