//! Errors on their way to JavaScript.
//!
//! A rejected promise cannot carry a code of ours through napi, so the code leads the text, `ERR_X: what is wrong`, and
//! lib/errors.js makes a typed error of it.

use napi::{Error, Status};

use crate::browser::LaunchError;
use crate::queue::{ClientError, ServerError};

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

impl From<ServerError> for Error {
    fn from(error: ServerError) -> Self {
        let code = match &error {
            ServerError::RequestTooLong { .. } => "ERR_MESSAGE_TOO_LONG",
            ServerError::Listen(_) => "ERR_LISTEN",
        };
        coded(code, error)
    }
}

impl From<ClientError> for Error {
    fn from(error: ClientError) -> Self {
        let code = match &error {
            ClientError::Wire(_) => "ERR_MESSAGE_TOO_LONG",
            ClientError::Connect(_) => "ERR_MASTER_GONE",
        };
        coded(code, error)
    }
}
