//! How a browser is spoken to: W3C WebDriver through fantoccini, and the `phantom/` extension of our own driver.
//!
//! What is W3C lives in [`client`], what only PhantomJS has in [`phantom`] and [`socket`].

mod client;
mod connector;
mod phantom;
mod quick_ack;
mod socket;

pub(crate) use client::{Endpoint, WebDriverError};
pub(crate) use phantom::{Bridge, BridgeEntry, EntryKind};
