//! What is behind a tab's document where the document itself paints nothing: white, or nothing at all.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::json;

use crate::browser::chromium::cdp::Session;

/// The background of one tab. A change costs a frame, 15 ms: so it may stay as it was asked for last, from page to page.
#[derive(Clone, Debug, Default)]
pub(in crate::browser::chromium) struct Background {
    is_transparent: Arc<Mutex<bool>>,
}

impl Background {
    /// From the next picture or PDF on.
    pub(in crate::browser::chromium) fn show(&self, session: &Session, is_transparent: bool) {
        let mut shown = self.is_transparent.lock();
        if *shown == is_transparent {
            return;
        }
        *shown = is_transparent;
        let given = if is_transparent {
            json!({ "color": { "r": 0, "g": 0, "b": 0, "a": 0 } })
        } else {
            json!({})
        };
        session.notify("Emulation.setDefaultBackgroundColorOverride", given);
    }
}
