//! Parts of the protocol that cost while they are on. Several parts of a page may need the same: it is on until the last
//! lets go of it.

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::network::MOST_POST_DATA;
use crate::browser::chromium::cdp::Session;

/// A part of the protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Domain {
    /// Events of all requests. A page of one trivial request takes a seventh longer with it.
    Network,
    Debugger,
    Log,
}

const COUNT: usize = 3;

/// How many need each of them, in the page's own session.
#[derive(Debug)]
pub(super) struct Domains {
    session: Session,
    users: Mutex<[usize; COUNT]>,
}

impl Domains {
    pub(super) fn new(session: &Session) -> Self {
        Self {
            session: session.clone(),
            users: Mutex::default(),
        }
    }

    /// It is on from here to [`release`](Self::release). What is sent behind this sees it on.
    pub(super) fn hold(&self, domain: Domain) {
        let mut users = self.users.lock();
        let users = &mut users[domain as usize];
        *users += 1;
        if *users == 1 {
            let method = match domain {
                Domain::Network => "Network.enable",
                Domain::Debugger => "Debugger.enable",
                Domain::Log => "Log.enable",
            };
            self.session.notify(method, params(domain));
        }
    }

    /// Somebody who held it needs it no more.
    pub(super) fn release(&self, domain: Domain) {
        let mut users = self.users.lock();
        let users = &mut users[domain as usize];
        if *users == 0 {
            return;
        }
        *users -= 1;
        if *users == 0 {
            let method = match domain {
                Domain::Network => "Network.disable",
                Domain::Debugger => "Debugger.disable",
                Domain::Log => "Log.disable",
            };
            self.session.notify(method, json!({}));
        }
    }

    pub(super) fn is_on(&self, domain: Domain) -> bool {
        self.users.lock()[domain as usize] > 0
    }

    /// Switches off what is still on, for the next page of the tab.
    pub(super) fn undo(&self) {
        for domain in [Domain::Network, Domain::Debugger, Domain::Log] {
            while self.is_on(domain) {
                self.release(domain);
            }
        }
    }
}

fn params(domain: Domain) -> Value {
    match domain {
        Domain::Network => json!({ "maxPostDataSize": MOST_POST_DATA }),
        Domain::Debugger | Domain::Log => json!({}),
    }
}
