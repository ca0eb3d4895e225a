//! W3C WebDriver through fantoccini: where a driver listens, and clients for it.

mod client;
mod connector;
mod quick_ack;

pub(crate) use client::{Endpoint, WebDriverError};
pub(crate) use quick_ack::acknowledge_at_once;
