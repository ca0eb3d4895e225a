//! What a page leaves in its tab, which is used again.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::browser::chromium::cdp::{Raw, read};

/// A page with documents of more origins than this has a tab that is not used again.
const MOST_ORIGINS: usize = 64;

/// The traces of one page.
#[derive(Debug, Default)]
pub(super) struct Traces {
    /// Something that cannot be undone.
    is_dirty: AtomicBool,
    /// Whose session storage may hold something: of all documents, those of frames too.
    origins: Mutex<FxHashSet<String>>,
}

/// `Page.frameNavigated`
#[derive(Debug, Deserialize)]
struct Navigated {
    frame: Frame,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    #[serde(default)]
    security_origin: String,
}

impl Traces {
    /// Its tab is closed with the page.
    pub(super) fn soil(&self) {
        self.is_dirty.store(true, Ordering::Release);
    }

    /// Looks for documents of other origins.
    pub(super) fn event(&self, method: &str, params: &Raw) {
        if method != "Page.frameNavigated" {
            return;
        }
        let Ok(Navigated { frame }) = read(params) else {
            return self.soil();
        };
        // Documents without an address have no storage.
        if frame.security_origin.len() <= "://".len() {
            return;
        }
        let mut origins = self.origins.lock();
        let _ = origins.insert(frame.security_origin);
        if origins.len() > MOST_ORIGINS {
            origins.clear();
            self.soil();
        }
    }

    /// Those origins; none where the tab cannot be made as new.
    pub(super) fn take_origins(&self) -> Option<Vec<String>> {
        let origins = self.origins.lock().drain().collect();
        (!self.is_dirty.load(Ordering::Acquire)).then_some(origins)
    }
}
