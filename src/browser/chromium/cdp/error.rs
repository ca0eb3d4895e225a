//! Why a command of the protocol has no result.

use std::time::Duration;

/// Of a command.
#[derive(Debug, thiserror::Error)]
pub(in crate::browser::chromium) enum CdpError {
    /// Chromium's own words. -32601 is an unknown method, -32001 an unknown session.
    #[error("{method}: {message}")]
    Refused {
        method: &'static str,
        code: i64,
        message: String,
    },
    /// The page, or the browser, is gone.
    #[error("{method}: the page is gone")]
    Gone { method: &'static str },
    #[error("{method} takes {size} bytes, and Chromium reads no more than {limit}")]
    TooLong {
        method: &'static str,
        size: usize,
        limit: usize,
    },
    #[error("Chromium did not answer {method} within {} ms", .limit.as_millis())]
    Silent {
        method: &'static str,
        limit: Duration,
    },
    #[error("{method}: {source}")]
    Unreadable {
        method: &'static str,
        #[source]
        source: serde_json::Error,
    },
}
