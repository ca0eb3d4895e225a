//! The native core of phantom-cluster.
//!
//! - [`supervisor`]: when to fork, restart, retire and end workers
//! - [`id`]: numbers of items, leases and workers
//! - [`queue`]: requests, leases and the local socket between master and workers
//! - [`pool`]: the PhantomJS processes
//! - [`webdriver`]: how PhantomJS is spoken to
//! - [`lived`]: time, without that for which this process was stopped
//! - [`outgoing`]: bytes on their way to one peer
//! - [`secret`]: what lets in whoever may speak to us
//! - [`shortage`]: what to do when the system has no more to give
//! - [`logging`]: what `NODE_DEBUG` makes visible
//! - [`binding`]: what JavaScript sees

mod binding;
mod deadlines;
mod id;
mod lived;
mod logging;
mod outgoing;
mod pool;
mod queue;
mod secret;
mod shortage;
mod supervisor;
mod webdriver;
