//! Pages that a page opens: they have numbers of their own, and close with it.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use serde_json::value::RawValue;

use super::kept::{self, Event};
use super::{Page, errors, evaluate, watch};
use crate::browser::chromium::command::{Args, Outcome, json as answer, null};
use crate::lived;

/// The pop-ups of one page.
#[derive(Debug)]
pub(super) struct Popups(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Those that are open close with the page.
    owns: bool,
    owned: Vec<Weak<Page>>,
}

impl Default for Popups {
    fn default() -> Self {
        Self(Mutex::new(State {
            owns: true,
            owned: Vec::new(),
        }))
    }
}

impl Popups {
    /// `page.ownsPages`
    pub(super) fn owns(&self) -> bool {
        self.0.lock().owns
    }

    pub(super) fn set_owns(&self, owns: bool) {
        self.0.lock().owns = owns;
    }

    /// One more, as long as the page owns what it opens.
    pub(super) fn add(&self, popup: &Arc<Page>) {
        let mut state = self.0.lock();
        if state.owns {
            state.owned.push(Arc::downgrade(popup));
        }
    }

    /// Those that are open, in the order in which they were opened.
    pub(super) fn open(&self) -> Vec<Arc<Page>> {
        let mut state = self.0.lock();
        state
            .owned
            .retain(|page| page.upgrade().is_some_and(|page| !page.is_closed()));
        state.owned.iter().filter_map(Weak::upgrade).collect()
    }
}

/// Keeps the events of a pop-up until Node's listeners are set.
pub(super) fn keep(page: &Arc<Page>) {
    page.events.keep();
    page.network.adjust(page);
    watch::begin(page);
    let me = Arc::clone(page);
    page.spawn(async move {
        lived::sleep(kept::LONGEST).await;
        end_keeping(&me).await;
    });
}

/// args: [whether the listeners of onPageCreated are done with this page]
pub(super) async fn release(page: &Arc<Page>, args: &Args) -> Outcome {
    if args.flag(0) {
        end_keeping(page).await;
    } else {
        page.events.go_on();
        deliver_soon(page);
    }
    null()
}

/// There is a new listener.
pub(super) fn deliver_soon(page: &Arc<Page>) {
    let Some(put_off) = page.events.put_off() else {
        return;
    };
    let me = Arc::clone(page);
    page.spawn(async move {
        lived::sleep(kept::NEXT).await;
        me.events.deliver_kept(put_off);
    });
}

async fn end_keeping(page: &Arc<Page>) {
    if !page.events.is_kept() {
        return;
    }
    let dropped = page.events.release();
    drop_events(page, dropped).await;
    if !page.is_closed() {
        page.network.adjust(page);
        // Where it fails the page is gone.
        let _ = watch::refresh(page).await;
    }
}

/// Nobody in Node wants these: what would have become of them without keeping.
pub(super) async fn drop_events(page: &Arc<Page>, events: Vec<Event>) {
    for Event { name, args } in events {
        match name.as_str() {
            "onError" => errors::print(page, &args),
            "onPageCreated" => {
                let numbers: Vec<u64> = serde_json::from_str(&args).unwrap_or_default();
                for popup in page.popups.open() {
                    if numbers.contains(&popup.number) {
                        Box::pin(end_keeping(&popup)).await;
                    }
                }
            }
            _ => {}
        }
    }
}

/// `page.pages`: their numbers.
pub(super) fn numbers(page: &Page) -> Outcome {
    let numbers: Vec<u64> = page.popups.open().iter().map(|page| page.number).collect();
    answer(&numbers)
}

/// `page.pagesWindowName`
pub(super) async fn names(page: &Page) -> Outcome {
    let names: Vec<Box<RawValue>> = named(page)
        .await
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    answer(&names)
}

/// args: [name]; the value is the number of a page, or null.
pub(super) async fn get_page(page: &Page, args: &Args) -> Outcome {
    let wanted = args.text(0);
    let found = named(page).await.into_iter().find(|(_, name)| {
        serde_json::from_str::<String>(name.get()).is_ok_and(|name| name == wanted)
    });
    answer(&found.map(|(number, _)| number))
}

/// The numbers and names of those that are open; a name is JSON text.
async fn named(page: &Page) -> Vec<(u64, Box<RawValue>)> {
    let mut all = Vec::new();
    for popup in page.popups.open() {
        // One that is being closed has none any more.
        let name = evaluate::expression(&popup, "window.name").await;
        if let Ok(name) = name.map(|name| RawValue::from_string(name).unwrap_or_default()) {
            all.push((popup.number, name));
        }
    }
    all
}

/// A page is closed: so are its pop-ups.
pub(super) fn close(page: &Page) {
    for popup in page.popups.open() {
        popup.leave();
    }
}
