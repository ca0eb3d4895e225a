//! What JavaScript sees: one class per file, conversion and batching, no logic.

mod alarm;
mod browser;
mod client;
mod error;
mod event;
mod inspection;
mod log;
mod number;
// Node loads it, and no test of the crate does.
#[cfg(not(test))]
mod runtime;
mod server;
mod sink;
mod stats;
mod store;
