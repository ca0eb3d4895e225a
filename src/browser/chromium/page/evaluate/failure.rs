//! Why an evaluate fails.

use serde::Deserialize;

use crate::browser::chromium::cdp::CdpError;
use crate::browser::chromium::command::Failure;
use crate::browser::chromium::page::errors::{Exception, Step};

/// What a page tells of what was thrown (`in_page/failure.js`).
#[derive(Debug, Default, Deserialize)]
pub(super) struct Told {
    message: String,
    name: String,
    stack: String,
}

impl Told {
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

impl From<Told> for Failure {
    fn from(told: Told) -> Self {
        let is_named = told.name.is_empty() || told.message.starts_with(&format!("{}:", told.name));
        let message = if is_named {
            told.message
        } else {
            format!("{}: {}", told.name, told.message)
        };
        let steps = Step::without_ours(Step::of_stack(&told.stack));
        let mut failure = Self::new("javascript error", message);
        failure.stack = steps
            .iter()
            .map(Step::line_of_phantom)
            .collect::<Vec<_>>()
            .join("\n");
        failure
    }
}

/// A source that does not parse, with the place in it.
pub(super) fn thrown(exception: &Exception, source: &str) -> Failure {
    let mut message = exception.message();
    if exception.is_syntax_error() {
        message.push_str(&exception.place_in(source));
    }
    Failure::new("javascript error", message)
}

/// The document in which it ran is no more.
pub(super) fn gone() -> Failure {
    Failure::new(
        "javascript error",
        "the page went elsewhere before the function ended",
    )
}

/// Whether its document is no more.
pub(in super::super) fn is_gone(failure: &Failure) -> bool {
    *failure == gone()
}

/// What Chromium says where there is no document any more.
const GONE: [&str; 5] = [
    "Inspected target navigated or closed",
    "Execution context was destroyed",
    "Cannot find context with specified id",
    "Promise was collected",
    "uniqueContextId not found",
];

/// A call that was refused.
pub(super) fn failure_of(error: CdpError) -> Failure {
    match error {
        CdpError::Refused { message, .. }
            if GONE.iter().any(|words| message.starts_with(words)) =>
        {
            gone()
        }
        CdpError::Refused { message, .. } => Failure::new("javascript error", message),
        error => error.into(),
    }
}
