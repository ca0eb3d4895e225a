//! W3C WebDriver: where a driver listens, and clients for it.

use std::time::Duration;

use fantoccini::Client;
use fantoccini::error::{CmdError, NewSessionError};
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::Value;
use url::{ParseError, Url};

use super::connector::LoopbackConnector;
use crate::lived;

/// Why a driver did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum WebDriverError {
    #[error("cannot make a WebDriver client: {0}")]
    Client(#[from] Box<NewSessionError>),
    #[error("the driver failed: {0}")]
    Command(#[from] Box<CmdError>),
    #[error("the driver did not answer within {0:?}")]
    TimedOut(Duration),
}

/// Where a driver listens.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    base: String,
}

impl Endpoint {
    /// Our own driver: the token is the first segment of every path.
    pub(crate) fn new(port: u16, token: &str) -> Self {
        Self {
            base: format!("http://127.0.0.1:{port}/{token}/"),
        }
    }

    /// A client with a connection of its own that is tied to no session: each command names what it is for.
    pub(crate) async fn connect(&self) -> Result<Channel, WebDriverError> {
        let connector = LoopbackConnector::default();
        let client = Client::with_existing_session(&self.base, "", connector.clone())
            .await
            .map_err(Box::new)?;
        // Its session is a stand-in: dropping the client must not delete one.
        client.persist().await.map_err(Box::new)?;
        Ok(Channel { client, connector })
    }

    /// A client with a session, that is a page, of its own.
    #[cfg(test)]
    pub(crate) async fn new_session(&self) -> Result<Client, WebDriverError> {
        Ok(Client::with_capabilities_and_connector(
            &self.base,
            &fantoccini::wd::Capabilities::new(),
            LoopbackConnector::default(),
        )
        .await
        .map_err(Box::new)?)
    }
}

/// A connection that runs one command at a time, in order.
#[derive(Debug)]
pub(crate) struct Channel {
    client: Client,
    connector: LoopbackConnector,
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.connector.close();
    }
}

impl Channel {
    /// Runs an extension command that belongs to no session: POST to `path`, below the driver's address.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) async fn post(
        &self,
        path: &'static str,
        body: Value,
        limit: Duration,
    ) -> Result<Value, WebDriverError> {
        self.run(Extension { path, body }, limit).await
    }

    /// Runs a command, waiting at most `limit` for its answer.
    ///
    /// # Errors
    /// [`WebDriverError::TimedOut`], or what the driver answered.
    async fn run(
        &self,
        command: impl WebDriverCompatibleCommand + Send + 'static,
        limit: Duration,
    ) -> Result<Value, WebDriverError> {
        let answer = lived::timeout(limit, self.client.issue_cmd(command));
        Ok(answer
            .await
            .map_err(|lived::Elapsed| WebDriverError::TimedOut(limit))?
            .map_err(Box::new)?)
    }
}

/// A command that W3C WebDriver does not have.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, _session: Option<&str>) -> Result<Url, ParseError> {
        base.join(self.path)
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

#[cfg(test)]
#[path = "w3c_tests.rs"]
mod w3c_tests;
