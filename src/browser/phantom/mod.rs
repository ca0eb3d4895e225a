//! PhantomJS: started with our driver in it, spoken to over a WebSocket that it opens.

mod advice;
mod bridge;
mod environment;
mod error;
mod file_types;
#[cfg(test)]
pub(crate) mod fixture;
mod launch;
mod listener;
mod socket;

pub(crate) use bridge::Bridge;
pub(crate) use file_types::share_file_types;
pub(crate) use launch::PhantomLauncher;
