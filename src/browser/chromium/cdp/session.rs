//! One target as it is spoken to: the browser itself, a page, a frame of another site, a worker.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::connection::Connection;
use super::error::CdpError;
use super::message::{Raw, read};
use super::session_id::SessionId;
use crate::lived;

/// What is no page's script is answered within this, or never.
const LIMIT: Duration = Duration::from_secs(30);

/// A session of a connection.
#[derive(Clone, Debug)]
pub(in crate::browser::chromium) struct Session {
    connection: Connection,
    id: SessionId,
}

impl Session {
    pub(in crate::browser::chromium) fn new(connection: &Connection, id: SessionId) -> Self {
        Self {
            connection: connection.clone(),
            id,
        }
    }

    /// The browser itself.
    pub(in crate::browser::chromium) fn root(connection: &Connection) -> Self {
        Self::new(connection, SessionId::root())
    }

    pub(in crate::browser::chromium) fn id(&self) -> &SessionId {
        &self.id
    }

    pub(in crate::browser::chromium) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Sends a command whose outcome is of interest to nobody.
    pub(in crate::browser::chromium) fn notify(
        &self,
        method: &'static str,
        params: impl Serialize,
    ) {
        self.connection.notify(&self.id, method, &params);
    }

    /// Sends a command at once; the future waits for its result. Several that are sent before the first is awaited cost
    /// one round trip.
    ///
    /// # Errors
    /// [`CdpError`], of the future.
    pub(in crate::browser::chromium) fn call<T: DeserializeOwned, P: Serialize>(
        &self,
        method: &'static str,
        params: P,
    ) -> impl Future<Output = Result<T, CdpError>> + Send + use<T, P> {
        let sent = self.call_raw(method, params);
        async move {
            let raw = sent.await?;
            read(&raw).map_err(|source| CdpError::Unreadable { method, source })
        }
    }

    /// The same for a command whose result says nothing.
    ///
    /// # Errors
    /// [`CdpError`], of the future.
    pub(in crate::browser::chromium) fn run<P: Serialize>(
        &self,
        method: &'static str,
        params: P,
    ) -> impl Future<Output = Result<(), CdpError>> + Send + use<P> {
        let sent = self.call_raw(method, params);
        async move { sent.await.map(drop) }
    }

    /// The same, with the result as JSON text.
    ///
    /// # Errors
    /// [`CdpError`], of the future.
    pub(in crate::browser::chromium) fn call_raw<P: Serialize>(
        &self,
        method: &'static str,
        params: P,
    ) -> impl Future<Output = Result<Box<Raw>, CdpError>> + Send + use<P> {
        let sent = self.connection.send(&self.id, method, &params);
        async move {
            let reply = lived::timeout(LIMIT, sent?)
                .await
                .map_err(|_| CdpError::Silent {
                    method,
                    limit: LIMIT,
                })?;
            Self::outcome(method, reply)
        }
    }

    /// The same for what takes as long as the page's scripts do: its deadline is that of the user's command.
    ///
    /// # Errors
    /// [`CdpError`], of the future.
    pub(in crate::browser::chromium) fn call_slow<T: DeserializeOwned, P: Serialize>(
        &self,
        method: &'static str,
        params: P,
    ) -> impl Future<Output = Result<T, CdpError>> + Send + use<T, P> {
        let sent = self.connection.send(&self.id, method, &params);
        async move {
            let reply = sent?.await;
            let raw = Self::outcome(method, reply)?;
            read(&raw).map_err(|source| CdpError::Unreadable { method, source })
        }
    }

    fn outcome(
        method: &'static str,
        reply: Result<super::connection::Reply, tokio::sync::oneshot::error::RecvError>,
    ) -> Result<Box<Raw>, CdpError> {
        match reply {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(refusal)) => Err(CdpError::Refused {
                method,
                code: refusal.code,
                message: refusal.message,
            }),
            Err(_) => Err(CdpError::Gone { method }),
        }
    }
}
