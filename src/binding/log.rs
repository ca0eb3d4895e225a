//! Log lines of JavaScript, and the switch for all of them.

use napi_derive::napi;
use tracing::Level;

use super::number::from_js;
use crate::logging::{self, Log};

/// How important a line is; `Trace` is for what happens to each item.
#[napi]
#[derive(Debug)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// The log of this process.
#[napi]
#[derive(Debug)]
pub struct NativeLog {}

#[napi]
impl NativeLog {
    /// Logs to stderr from now on: what happens to the engine, to each item, or both. `role`: who this process is.
    #[napi(constructor)]
    pub fn new(engine: bool, items: bool, role: String) -> Self {
        logging::start(Log {
            engine,
            items,
            role,
        });
        Self {}
    }

    /// Logs one line of JavaScript's.
    #[napi]
    pub fn write(&self, level: LogLevel, item: Option<i64>, text: String) {
        let level = match level {
            LogLevel::Error => Level::ERROR,
            LogLevel::Warn => Level::WARN,
            LogLevel::Info => Level::INFO,
            LogLevel::Debug => Level::DEBUG,
            LogLevel::Trace => Level::TRACE,
        };
        logging::write(level, item.map(from_js), &text);
    }
}
