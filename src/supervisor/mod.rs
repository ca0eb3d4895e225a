//! When workers are forked, replaced and ended.

mod backoff;
mod policy;
mod runner;
mod turnover;

pub(crate) use policy::{Command, Phase, PolicyOptions, PolicyStats, RestartOptions, WorkerStats};
pub(crate) use runner::Supervisor;
