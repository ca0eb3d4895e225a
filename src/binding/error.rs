//! Errors on their way to JavaScript.
//!
//! A rejected promise cannot carry a code of ours through napi, so the code leads the text, `ERR_X: what is wrong`, and
//! lib/errors.js makes a typed error of it.

use napi::{Error, Status};

use crate::browser::LaunchError;
use crate::link::wire::WireError;
use crate::link::{ConnectError, ListenError};
use crate::queue::RequestTooLong;
use crate::store::StoreError;

pub(super) fn coded(code: &str, text: impl std::fmt::Display) -> Error {
    Error::new(Status::GenericFailure, format!("{code}: {text}"))
}

impl From<LaunchError> for Error {
    fn from(error: LaunchError) -> Self {
        let code = match &error {
            LaunchError::Spawn { .. } => "ERR_PHANTOM_BINARY",
            LaunchError::NoPort { .. } => "ERR_NO_FREE_PORT",
            _ => "ERR_PHANTOM_START",
        };
        coded(code, error)
    }
}

impl From<ListenError> for Error {
    fn from(error: ListenError) -> Self {
        coded("ERR_LISTEN", error)
    }
}

impl From<RequestTooLong> for Error {
    fn from(error: RequestTooLong) -> Self {
        coded("ERR_MESSAGE_TOO_LONG", error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        coded(error.code(), error)
    }
}

impl From<WireError> for Error {
    fn from(error: WireError) -> Self {
        coded("ERR_MESSAGE_TOO_LONG", error)
    }
}

impl From<ConnectError> for Error {
    fn from(error: ConnectError) -> Self {
        let code = match &error {
            ConnectError::Wire(_) => "ERR_MESSAGE_TOO_LONG",
            ConnectError::Unreachable(_) => "ERR_MASTER_GONE",
        };
        coded(code, error)
    }
}
