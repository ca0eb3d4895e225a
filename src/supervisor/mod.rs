//! When workers are forked, replaced and ended.

mod backoff;
mod crashes;
mod policy;
mod runner;
mod turnover;
mod worker;

pub(crate) use crashes::{Circumstances, RestartOptions};
pub(crate) use policy::{Command, Phase, PolicyOptions, PolicyStats, WorkerStats};
pub(crate) use runner::Supervisor;
