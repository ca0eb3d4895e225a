//! What JavaScript sees: one class per file, conversion and batching, no logic.

mod browser;
mod client;
mod error;
mod log;
mod number;
mod runtime;
mod server;
mod sink;
mod stats;
