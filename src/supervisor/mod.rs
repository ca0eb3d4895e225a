//! When workers are forked, replaced and ended.

mod backoff;
mod policy;
mod runner;

pub(crate) use policy::{Command, PolicyOptions, RestartOptions};
pub(crate) use runner::Supervisor;
