//! What tells sessions apart.

use std::sync::Arc;

/// The id of a session, as `Target.attachToTarget` gives it; the browser's own is empty.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(in crate::browser::chromium) struct SessionId(Arc<str>);

impl SessionId {
    pub(in crate::browser::chromium) fn of(id: &str) -> Self {
        Self(id.into())
    }

    pub(super) fn root() -> Self {
        Self::of("")
    }

    pub(in crate::browser::chromium) fn as_str(&self) -> &str {
        &self.0
    }
}
