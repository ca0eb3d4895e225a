//! A page has opened another one: that gets a number, its opener hears of it, and it goes on.

use tracing::{debug, warn};

use super::{Page, popups, task};
use crate::browser::chromium::cdp::Session;
use crate::browser::chromium::handle::Handle;
use crate::browser::chromium::tabs::{self, Background, Tab};
use crate::browser::chromium::target::{self, TargetInfo};

/// A page that opens more of them, and keeps them open, means no good: each takes 12 MiB.
const MOST: usize = 100;

/// A page has opened another one, which is held until it is told to go on.
pub(super) fn opened(opener: &Page, session: Session, info: TargetInfo) {
    let browser = &opener.browser;
    if opener.is_closed() || opener.before.is_there() || opener.popups.open().len() >= MOST {
        warn!("a pop-up is closed: its page is closed, or has too many");
        browser.tabs.close_held(&session, &info.target_id);
        return;
    }
    // What it has opened can reach its window.
    opener.traces.soil();
    let number = browser.own_number();
    debug!(number, opener = opener.number, "a pop-up");
    let tab = Tab {
        target: info.target_id,
        session: session.clone(),
        context: opener.home.context.clone(),
        is_apart: false,
        is_used: false,
        pages: 0,
        background: Background::default(),
    };
    let (handle, queues) = Handle::new();
    let _ = browser.enter(number, handle.clone());
    let page = Page::new(browser, number, &tab, &opener.home.place);
    page.traces.soil();
    opener.popups.add(&page);
    tabs::prepare(&session, &browser.in_page);
    if opener.events.is_heard("onPageCreated") {
        popups::keep(&page);
    }
    opener
        .events
        .emit("onPageCreated", || format!("[{number}]"));
    target::go_on(&session);
    task::adopt(page, tab, handle, queues);
}
