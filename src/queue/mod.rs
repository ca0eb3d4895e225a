//! Requests and leases: what waits, who has what, and what becomes of it.

mod backlog;
mod chosen;
mod dispatcher;
mod event;
mod fate;
mod items;
mod journaled;
mod leases;
mod memory;
mod outcomes;
#[expect(clippy::module_inception, reason = "it is what this folder is about")]
mod queue;
mod recall;
mod slots;
mod tally;
mod unheard;
mod view;
mod worker;

#[cfg(test)]
mod conformance;

pub(crate) use backlog::ItemOptions;
pub(crate) use dispatcher::BacklogOptions;
pub(crate) use event::{QueueEvent, RequestTooLong};
pub(crate) use fate::{Fate, Generation, TimeoutOutcome};
#[cfg(test)]
pub(crate) use outcomes::Ended;
pub(crate) use outcomes::{BacklogStats, WorkerLoad};
pub(crate) use queue::{Queue, QueueOptions};
pub(crate) use slots::Offer;
pub(crate) use tally::{Outcome, SpanSummary};
pub(crate) use worker::{LeaseEvent, Leased, WorkerQueue};
