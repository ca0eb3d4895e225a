//! What runs apart from a page's own process and belongs to it all the same: frames of other sites, and workers. Each has
//! a session of its own, is held until that is made ready, and its events come to [`Page::event`].

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tracing::debug;

use super::{Page, watch};
use crate::browser::chromium::cdp::{Connection, Listener, Raw, Session, SessionId, read};
use crate::browser::chromium::tabs;
use crate::browser::chromium::target::{self, Attached, Detached};

/// The children of one page, and theirs.
#[derive(Debug, Default)]
pub(super) struct Children(Mutex<FxHashMap<SessionId, Session>>);

impl Children {
    pub(super) fn attached(&self, page: &Page, params: &Raw) {
        let Ok(Attached {
            session_id,
            target_info,
        }) = read(params)
        else {
            return;
        };
        let Some(listener) = page.me() else { return };
        let session = Session::new(page.session.connection(), SessionId::of(&session_id));
        debug!(
            number = page.number,
            kind = target_info.r#type,
            "a part of a page runs apart"
        );
        page.session
            .connection()
            .listen(session.id().clone(), listener as Arc<dyn Listener>);
        let is_frame = target_info.r#type == "iframe";
        if is_frame {
            page.frames.add_session(&session, &target_info.target_id);
        }
        let _ = self.0.lock().insert(session.id().clone(), session.clone());
        prepare(page, &session, is_frame);
    }

    /// A child is gone.
    pub(super) fn detached(&self, page: &Page, params: &Raw) {
        if let Ok(Detached { session_id }) = read(params) {
            let id = SessionId::of(&session_id);
            let _ = self.0.lock().remove(&id);
            page.frames.remove_session(&id);
            page.session.connection().forget(&id);
        }
    }

    /// Those of frames and of workers.
    pub(super) fn sessions(&self) -> Vec<Session> {
        self.0.lock().values().cloned().collect()
    }

    /// The page is over.
    pub(super) fn end(&self, connection: &Connection) {
        for (id, _) in self.0.lock().drain() {
            connection.forget(&id);
        }
    }
}

/// All at once: what is held answers most of it when it goes on.
fn prepare(page: &Page, session: &Session, is_frame: bool) {
    if is_frame {
        tabs::prepare(session, &page.browser.in_page);
        watch::attached(page, session);
        page.emulation.attached(session);
    }
    page.network.attached(session);
    target::go_on(session);
}
