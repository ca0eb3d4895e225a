//! Which pages of a browser there are, by their targets.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use super::Page;
use crate::browser::chromium::cdp::SessionId;

/// The pages of one browser.
#[derive(Debug, Default)]
pub(in crate::browser::chromium) struct Known(Mutex<FxHashMap<String, Weak<Page>>>);

impl Known {
    pub(super) fn add(&self, page: &Arc<Page>) {
        let target = page.target.clone();
        let _ = self.0.lock().insert(target, Arc::downgrade(page));
    }

    pub(super) fn remove(&self, page: &Page) {
        let mut pages = self.0.lock();
        // Its tab may have another page by now.
        if pages
            .get(&page.target)
            .is_some_and(|known| std::ptr::eq(known.as_ptr(), page))
        {
            let _ = pages.remove(&page.target);
        }
    }

    /// The page that a target shows.
    pub(in crate::browser::chromium) fn of_target(&self, target: &str) -> Option<Arc<Page>> {
        self.0.lock().get(target).and_then(Weak::upgrade)
    }

    pub(in crate::browser::chromium) fn of_session(
        &self,
        session: &SessionId,
    ) -> Option<Arc<Page>> {
        let pages = self.0.lock();
        let mut all = pages.values().filter_map(Weak::upgrade);
        all.find(|page| page.session.id() == session)
    }

    pub(in crate::browser::chromium) fn all(&self) -> Vec<Arc<Page>> {
        let pages = self.0.lock();
        pages.values().filter_map(Weak::upgrade).collect()
    }
}
