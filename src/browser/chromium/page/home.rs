//! Where a page lives now, and where it is to live from its next load on.

use parking_lot::Mutex;

use super::Page;
use super::network::{Credentials, has_credentials};
use crate::browser::chromium::command::{Args, Failure, Outcome, null};
use crate::browser::chromium::place::{GivenProxy, Place, Proxy};
use crate::browser::chromium::shared::Shared;
use crate::browser::chromium::tabs::Tab;

/// The home of one page.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) place: Place,
    pub(super) context: Option<String>,
    /// By which its requests go; none for what Chromium was started with.
    proxy: Option<Proxy>,
    /// A pop-up stays where its opener is.
    can_move: bool,
    wanted: Mutex<Option<Option<Proxy>>>,
}

impl Home {
    pub(super) fn new(browser: &Shared, tab: &Tab, place: &Place) -> Self {
        Self {
            place: place.clone(),
            context: tab.context.clone(),
            proxy: place.proxy.clone().or_else(|| browser.tabs.shared().proxy),
            can_move: tab.is_apart == place.is_apart(),
            wanted: Mutex::default(),
        }
    }
}

impl Page {
    /// The browser context that it is in; none for the browser's own.
    pub(in crate::browser::chromium) fn context(&self) -> Option<&str> {
        self.home.context.as_deref()
    }

    /// What answers the challenge of its proxy.
    pub(super) fn proxy_credentials(&self) -> Option<Credentials> {
        match &self.home.proxy {
            Some(proxy) => proxy.credentials.clone(),
            None => {
                let given = self.browser.defaults.proxy.as_ref();
                given.and_then(GivenProxy::credentials)
            }
        }
    }

    /// Where it must go before its next load; none where it may stay.
    pub(super) fn leaves(&self) -> Option<Place> {
        let settings = self.settings.all();
        self.leaves_for(has_credentials(&settings))
    }

    /// Where it must be before it loads anything; none where it is there.
    fn leaves_for(&self, has_credentials: bool) -> Option<Place> {
        let home = &self.home;
        if !home.can_move {
            return None;
        }
        let mut place = home.place.clone();
        if let Some(proxy) = &*home.wanted.lock() {
            place.proxy.clone_from(proxy);
        }
        place.is_own |= has_credentials;
        let shared = self.browser.tabs.shared();
        let is_shared = !place.is_apart();
        let is_there = place == home.place
            && place.proxy.clone().or(shared.proxy) == home.proxy
            && (!is_shared || shared.context == home.context);
        (!is_there).then_some(place)
    }
}

/// args: [address]; none without one.
pub(super) fn set_proxy(page: &Page, args: &Args) -> Outcome {
    let address = args.text(0);
    let proxy = if address.is_empty() {
        let shared = page.browser.tabs.shared().proxy;
        let has_others = shared.is_some() || page.browser.defaults.proxy.is_some();
        has_others.then(Proxy::direct)
    } else {
        let read = Proxy::of_address(&address);
        Some(read.ok_or_else(|| {
            Failure::argument("setProxy: the proxy must be an address such as http://host:3128")
        })?)
    };
    *page.home.wanted.lock() = Some(proxy);
    null()
}
