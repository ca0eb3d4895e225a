//! When workers are forked, replaced and ended.

mod backoff;
mod command;
mod crashes;
mod policy;
mod runner;
mod stats;
mod turnover;
mod worker;

pub(crate) use command::Command;
pub(crate) use crashes::{Circumstances, RestartOptions};
pub(crate) use policy::PolicyOptions;
pub(crate) use runner::Supervisor;
pub(crate) use stats::{Phase, PolicyStats, WorkerStats};
