//! The Chrome DevTools Protocol (<https://chromedevtools.github.io/devtools-protocol/>): JSON texts over a pipe, ended by
//! NUL, or over a WebSocket.
//!
//! - [`connection`][]: commands and their replies, events to whoever listens to a session
//! - [`session`][]: one target as it is spoken to
//! - [`message`][]: what comes, read without looking into what is the page's
//! - [`pipe`][]: `--remote-debugging-pipe`
//! - [`websocket`][]: to a browser that runs elsewhere

mod connection;
mod error;
mod message;
#[cfg(unix)]
mod pipe;
mod session;
mod session_id;
mod websocket;

pub(super) use connection::{Connection, Listener};
pub(super) use error::CdpError;
pub(super) use message::{Raw, read};
#[cfg(unix)]
pub(super) use pipe::Pipe;
pub(super) use session::Session;
pub(super) use session_id::SessionId;
pub(super) use websocket::{Sender, WebSocket, percent_decoded};
