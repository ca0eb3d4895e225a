//! What the file has of a request.

use std::sync::Arc;

use crate::id::ItemId;

/// A request that is not over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: ItemId,
    /// Its place among those of its priority.
    pub(crate) turn: u64,
    pub(crate) priority: i32,
    /// Length of a lease, ms; none for no limit, as below.
    pub(crate) timeout: Option<u32>,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) max_crashes: Option<u32>,
    pub(crate) progress: Progress,
    /// What makes it the same request as another.
    pub(crate) key: Option<Arc<str>>,
    /// JSON text.
    pub(crate) request: Arc<str>,
}

/// How often a request was tried.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Progress {
    pub(crate) attempts: u32,
    pub(crate) errors: u32,
    pub(crate) crashes: u32,
}

/// How a request ended, where that is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EndState {
    Done,
    Failed,
}

impl EndState {
    /// As the file and the command line have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A request that is over, and kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Kept {
    pub(crate) state: EndState,
    /// The response, or the error as `{ name, message, code }`: JSON text.
    pub(crate) outcome: Option<String>,
    /// ms since 1970.
    pub(crate) at: u64,
}
