//! The local socket between the primary and its workers: who is connected, who is silent, and what a worker says of
//! itself. Frames about requests are handed on unread.

mod authentication;
mod conduct;
mod endpoint;
mod heartbeat;
mod outbox;
mod primary;
pub(crate) mod wire;
mod worker;

pub(crate) use conduct::Departure;
pub(crate) use endpoint::{Endpoint, ListenError, sweep};
pub(crate) use outbox::Outbox;
pub(crate) use primary::{LinkEvent, LinkOptions, LinkOwner, PrimaryLink, accept};
pub(crate) use worker::{ConnectError, WorkerEvent, WorkerLink, WorkerOwner};

#[cfg(test)]
pub(crate) use authentication::AUTHENTICATION_DEADLINE;
#[cfg(test)]
pub(crate) use endpoint::connect;
#[cfg(test)]
pub(crate) use heartbeat::MISSED_HEARTBEATS;
