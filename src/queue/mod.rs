//! Requests, leases, and the local socket between the master and its workers.

mod backlog;
mod client;
mod endpoint;
mod leftovers;
mod outbox;
mod server;
mod tally;
mod wire;

pub(crate) use backlog::{
    BacklogOptions, BacklogStats, Ended, Fate, Generation, ItemOptions, TimeoutOutcome, WorkerId,
    WorkerLoad,
};
pub(crate) use client::{ClientError, ClientEvent, QueueClient};
pub(crate) use server::{QueueServer, ServerError, ServerEvent, ServerOptions, Silence};
pub(crate) use tally::{Outcome, SpanSummary};
