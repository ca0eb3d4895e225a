//! Requests, leases, and the local socket between the master and its workers.

mod backlog;
mod client;
mod conduct;
mod crew;
mod endpoint;
mod greeting;
mod hearing;
mod heartbeat;
mod items;
mod leftovers;
mod outbox;
mod outcomes;
mod server;
mod server_event;
mod tally;
mod wire;

pub(crate) use backlog::{
    BacklogOptions, BacklogStats, Ended, Fate, Generation, ItemOptions, Offer, TimeoutOutcome,
    WorkerLoad,
};
pub(crate) use client::{ClientError, ClientEvent, QueueClient};
pub(crate) use server::{QueueServer, ServerOptions};
pub(crate) use server_event::{ServerError, ServerEvent, Silence};
pub(crate) use tally::{Outcome, SpanSummary};
