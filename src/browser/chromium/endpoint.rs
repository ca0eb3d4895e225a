//! A Chromium that others run, reached by `browserEndpoint`. Its pages are in a browser context of their own, which goes
//! with the connection; nothing else there is touched.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};
use url::Url;

use super::cdp::{CdpError, Connection, Session, WebSocket};
use super::cookies::{self, Jar};
use super::launch::Version;
use super::remote::Chromium;
use super::settings::Defaults;
use super::shared::Ending;
use crate::browser::launcher::{LaunchError, Launcher, Running};
use crate::browser::life::{Elsewhere, Life};
use crate::browser::remote::Observer;
use crate::lived;

/// How long the end of the connection may take to be told.
const END_GRACE: Duration = Duration::from_secs(1);

/// Connects to Chromium.
#[derive(Clone)]
pub(crate) struct ChromiumEndpoint {
    /// `ws://…` or `wss://…`. It may hold a token: see [`host`](Self::host).
    pub(crate) address: Url,
    /// How long it may take until it answers.
    pub(crate) start_timeout: Duration,
    /// What pages are like at first.
    pub(crate) defaults: Defaults,
}

/// `Target.createBrowserContext`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    browser_context_id: String,
}

impl std::fmt::Debug for ChromiumEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ChromiumEndpoint")
            .field(&self.host())
            .finish()
    }
}

impl Launcher for ChromiumEndpoint {
    type Remote = Chromium;

    async fn launch(&self, observer: impl Observer) -> Result<Running<Chromium>, LaunchError> {
        let begun = Instant::now();
        let connecting = async {
            let socket = WebSocket::connect(&self.address)
                .await
                .map_err(|why| self.not_reached(why))?;
            self.greet(socket, observer).await
        };
        let (running, version) = lived::timeout(self.start_timeout, connecting)
            .await
            .map_err(|lived::Elapsed| {
                let limit = self.start_timeout.as_millis();
                self.not_reached(format!("it did not answer within {limit} ms"))
            })??;
        let ms = begun.elapsed().as_millis() as u64;
        info!(host = self.host(), version, ms, "Chromium reached");
        Ok(running)
    }
}

impl ChromiumEndpoint {
    async fn greet(
        &self,
        socket: WebSocket,
        observer: impl Observer,
    ) -> Result<(Running<Chromium>, String), LaunchError> {
        let sender = socket.sender();
        let connection = Connection::new(Box::new(sender.clone()));
        let cut = CancellationToken::new();
        let (end, ended) = oneshot::channel();
        tokio::spawn({
            let (connection, observer) = (connection.clone(), observer.clone());
            let cut = cut.clone();
            async move {
                let why = cut.run_until_cancelled(socket.run(&connection)).await;
                let why = why.unwrap_or_else(|| "it was closed".to_owned());
                debug!(why, "the connection to Chromium ended");
                // Nobody may wait for it any more.
                let _ = end.send(why);
                observer.lost();
                // What waits for a reply is to hear of the browser's end, not of its page's.
                lived::sleep(END_GRACE).await;
                connection.end();
            }
        });
        let close = cut.clone().drop_guard();
        let hello = async {
            let root = Session::root(&connection);
            let version = root.call::<Version, _>("Browser.getVersion", json!({}));
            let context = root.call::<Context, _>(
                "Target.createBrowserContext",
                json!({ "disposeOnDetach": true }),
            );
            Ok::<_, CdpError>((version.await?.product, context.await?.browser_context_id))
        };
        let (version, context) = hello
            .await
            .map_err(|error| self.not_reached(error.to_string()))?;
        if let Some(file) = &self.defaults.cookies_file {
            let jar = Jar::new(&connection, Some(&context));
            let loading = cookies::file::load(&jar, file).await;
            loading.map_err(|error| self.not_reached(error.to_string()))?;
        }
        let sink = Arc::new(move |entries| observer.entries(entries));
        let ending = Ending::Leave { sender, context };
        let remote = Chromium::start(connection, sink, self.defaults.clone(), close, ending);
        let running = Running {
            life: Life::Elsewhere(Elsewhere::new(cut, ended)),
            remote,
            belongings: None,
        };
        Ok((running, version))
    }

    /// What may be shown of the address.
    fn host(&self) -> String {
        let host = self.address.host_str().unwrap_or_default();
        match self.address.port() {
            Some(port) => format!("{}://{host}:{port}", self.address.scheme()),
            None => format!("{}://{host}", self.address.scheme()),
        }
    }

    fn not_reached(&self, why: String) -> LaunchError {
        LaunchError::Unreached {
            browser: "Chromium",
            host: self.host(),
            why,
        }
    }
}
