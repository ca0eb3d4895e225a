//! Requests and leases: what waits, who has what, and what becomes of it.

mod backlog;
mod crew;
mod event;
mod items;
mod outcomes;
#[expect(clippy::module_inception, reason = "it is what this folder is about")]
mod queue;
mod tally;
mod unheard;
mod worker;

#[cfg(test)]
pub(crate) use backlog::Ended;
pub(crate) use backlog::{
    BacklogOptions, BacklogStats, Fate, Generation, ItemOptions, Offer, TimeoutOutcome, WorkerLoad,
};
pub(crate) use event::{QueueEvent, RequestTooLong};
pub(crate) use queue::{Queue, QueueOptions};
pub(crate) use tally::{Outcome, SpanSummary};
pub(crate) use worker::{LeaseEvent, Leased, WorkerQueue};
