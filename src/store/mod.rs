//! Requests that are kept in a file, by SQLite. Knows no queue: what it is told is a list of things that happened.
//!
//! - [`file`](mod@file): the file, its owner and its lock
//! - [`batch`]: what is to be written in one transaction
//! - [`journal`]: the thread that writes
//! - [`inspection`]: the file as its users look at it, while no engine has it

mod batch;
mod error;
mod file;
mod inspection;
mod journal;
mod record;

#[cfg(test)]
mod tests;

pub(crate) use batch::Op;
pub(crate) use error::StoreError;
pub(crate) use inspection::{Counts, Inspection, Listed};
pub(crate) use journal::{Journal, JournalOptions, Recovery, StoreEvent};
pub(crate) use record::{EndState, Kept, Progress, Record};
