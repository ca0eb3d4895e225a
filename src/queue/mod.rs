//! Requests, leases, and the local socket between the master and its workers.

mod backlog;
mod client;
mod endpoint;
mod outbox;
mod server;
mod wire;

pub(crate) use backlog::{
    BacklogOptions, Ended, Fate, Generation, ItemOptions, TimeoutOutcome, WorkerId,
};
pub(crate) use client::{ClientError, ClientEvent, QueueClient};
pub(crate) use server::{QueueServer, ServerError, ServerEvent, ServerOptions, Silence};
