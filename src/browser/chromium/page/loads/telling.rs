//! What becomes of what the tracker tells: listeners hear of it, and commands that wait go on.

use serde_json::json;

use super::told::Told;
use super::tracker::Tracker;
use super::{QUIET, State, status_of};
use crate::browser::chromium::page::Page;
use crate::browser::chromium::page::domains::Domain;
use crate::lived;

impl State {
    pub(super) fn pass(&mut self, page: &Page, told: Told) {
        let events = &page.events;
        match told {
            Told::NavigationRequested { url, kind, is_main } => {
                let will = !self.tracker.is_locked();
                events.emit("onNavigationRequested", || {
                    json!([url, kind, will, is_main]).to_string()
                });
            }
            Told::Started => events.emit("onLoadStarted", || "[]".to_owned()),
            Told::UrlChanged(url) => events.emit("onUrlChanged", || json!([url]).to_string()),
            // Else the document says it by itself, before its scripts (in_page).
            Told::Initialized => {
                let keeps_window = std::mem::take(&mut self.keeps_window);
                let is_first = self.tracker.url().is_empty();
                if !page.settings.runs_scripts() || (keeps_window && !is_first) {
                    events.emit("onInitialized", || "[]".to_owned());
                }
            }
            Told::FirstInitialized => events.emit("onInitialized", || "[]".to_owned()),
            Told::Alone => look_for_first(page),
            Told::Error(error) => {
                events.tell("loadError", &json!([error]).to_string());
                self.error = error;
            }
            Told::Finished(is_success) => {
                let status = status_of(is_success);
                events.emit("onLoadFinished", || format!("[{status}]"));
            }
            Told::Ended(loader, is_success) => {
                for (_, waiting) in self.ending.extract_if(.., |(other, _)| *other == loader) {
                    let _ = waiting.send(is_success);
                }
            }
            Told::Moved => self.moving.drain(..).for_each(|waiting| {
                let _ = waiting.send(());
            }),
            Told::Emptied => self.emptying.drain(..).for_each(|waiting| {
                let _ = waiting.send(());
            }),
            // What the tab has shown for others is not to be gone back to.
            Told::First => page
                .session
                .notify("Page.resetNavigationHistory", json!({})),
            Told::Watch => page.domains.hold(Domain::Network),
            Told::Unwatch => page.domains.release(Domain::Network),
            Told::Idle(loader) => look_again(page, loader),
        }
    }
}

/// The load event may be about to come.
fn look_again(page: &Page, loader: String) {
    let Some(me) = page.me() else { return };
    page.spawn(async move {
        lived::sleep(QUIET).await;
        me.loads.tell(&me, |tracker| tracker.idle(&loader));
    });
}

/// A pop-up may stay empty.
fn look_for_first(page: &Page) {
    let Some(me) = page.me() else { return };
    page.spawn(async move {
        lived::sleep(QUIET).await;
        me.loads.tell(&me, Tracker::tell_first);
    });
}
