//! The native core of phantom-cluster.
//!
//! - [`supervisor`]: when to fork, restart, retire and end workers
//! - [`queue`]: requests, leases and the local socket between master and workers
//! - [`pool`]: the PhantomJS processes
//! - [`webdriver`]: how PhantomJS is spoken to
//! - [`binding`]: what JavaScript sees

mod binding;
mod deadlines;
mod pool;
mod queue;
mod supervisor;
mod webdriver;
