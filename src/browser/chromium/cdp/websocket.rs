//! The protocol over a WebSocket, to a browser that runs elsewhere: `ws://…` or `wss://…`. What lets one in is a part of
//! the address, so no message shows more of it than its host.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};
use url::Url;

use super::connection::{Connection, Outlet};
use super::session::Session;
use crate::lived;

/// After so much silence the browser is asked whether it is there.
const HEARTBEAT: Duration = Duration::from_secs(4);
/// After so much it is not.
const SILENCE_LIMIT: Duration = Duration::from_secs(15);

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A connection to a browser that runs elsewhere.
#[derive(Debug)]
pub(in crate::browser::chromium) struct WebSocket {
    stream: Stream,
    sender: Sender,
    outgoing: UnboundedReceiver<Message>,
}

/// The writing side: a task of the connection writes what is sent here.
#[derive(Clone, Debug)]
pub(in crate::browser::chromium) struct Sender(UnboundedSender<Message>);

impl Outlet for Sender {
    fn send(&self, text: &[u8]) {
        if let Ok(text) = std::str::from_utf8(text) {
            // Nobody reads it any more where the connection has ended.
            let _ = self.0.send(Message::text(text));
        }
    }
}

impl Sender {
    /// Ends the connection behind all that was sent.
    pub(in crate::browser::chromium) fn close(&self) {
        let _ = self.0.send(Message::Close(None));
    }
}

impl WebSocket {
    /// Connects to an address that was checked to be one.
    ///
    /// # Errors
    /// Why not, in words that hold no more of the address than its host.
    pub(in crate::browser::chromium) async fn connect(endpoint: &Url) -> Result<Self, String> {
        let mut url = endpoint.clone();
        let authorization = authorization_of(&url);
        // Neither may be refused of an address with a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let mut request = url
            .as_str()
            .into_client_request()
            .map_err(|error| describe(&error))?;
        if let Some(value) = authorization {
            let _ = request.headers_mut().insert(AUTHORIZATION, value);
        }
        let connector = match url.scheme() {
            "wss" => Some(Connector::Rustls(tls().await?)),
            _ => None,
        };
        // An answer may be of any size, and is one frame.
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let connecting = tokio_tungstenite::connect_async_tls_with_config(
            request,
            Some(config),
            true,
            connector,
        );
        let (stream, _) = connecting.await.map_err(|error| describe(&error))?;
        let (sender, outgoing) = unbounded_channel();
        Ok(Self {
            stream,
            sender: Sender(sender),
            outgoing,
        })
    }

    pub(in crate::browser::chromium) fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// Reads and writes until the connection ends, or nothing is heard any more: why it ended.
    pub(in crate::browser::chromium) async fn run(self, connection: &Connection) -> String {
        let (sink, stream) = self.stream.split();
        tokio::select! {
            why = read(stream, connection) => why,
            why = write(sink, self.outgoing) => why,
        }
    }
}

async fn read(mut stream: SplitStream<Stream>, connection: &Connection) -> String {
    let root = Session::root(connection);
    // Beats are counted, so that no time counts for which this process was stopped.
    let mut silence = Duration::ZERO;
    loop {
        let message = tokio::select! {
            biased;
            message = stream.next() => message,
            is_in_time = lived::tick(HEARTBEAT) => {
                silence = if is_in_time { silence + HEARTBEAT } else { Duration::ZERO };
                if silence > SILENCE_LIMIT {
                    return format!("the browser has said nothing for {} s", SILENCE_LIMIT.as_secs());
                }
                // Not a ping: what lies between may answer that by itself.
                root.notify("Browser.getVersion", json!({}));
                continue;
            }
        };
        match message {
            Some(Ok(Message::Text(text))) => connection.receive(text.as_bytes()),
            Some(Ok(Message::Binary(bytes))) => connection.receive(&bytes),
            Some(Ok(Message::Close(frame))) => {
                let reason = frame.map(|frame| frame.reason.to_string());
                let reason = reason.filter(|reason| !reason.is_empty());
                return reason.unwrap_or_else(|| "the browser has closed it".to_owned());
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return describe(&error),
            None => return "the browser has closed it".to_owned(),
        }
        silence = Duration::ZERO;
    }
}

async fn write(
    mut sink: SplitSink<Stream, Message>,
    mut outgoing: UnboundedReceiver<Message>,
) -> String {
    while let Some(message) = outgoing.recv().await {
        if let Err(error) = sink.send(message).await {
            return describe(&error);
        }
    }
    "nobody has anything to say to it".to_owned()
}

/// Of a name and a password in the address (RFC 7617).
fn authorization_of(url: &Url) -> Option<HeaderValue> {
    use base64::Engine;
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text: &str| {
        let bytes = percent_decoded(text);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let user = decoded(url.username());
    let password = decoded(url.password().unwrap_or_default());
    let both = base64::prelude::BASE64_STANDARD.encode(format!("{user}:{password}"));
    let mut value = HeaderValue::try_from(format!("Basic {both}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

pub(in crate::browser::chromium) fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    decoded
}

/// The system's certificates; reading them takes some milliseconds.
async fn tls() -> Result<Arc<ClientConfig>, String> {
    let reading = tokio::task::spawn_blocking(|| {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let _ = roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            return Err("the system has no certificates to know it by: install ca-certificates, or set SSL_CERT_FILE".to_owned());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    });
    reading.await.map_err(|error| error.to_string())?
}

/// Without what the library says of the address.
fn describe(error: &Error) -> String {
    match error {
        Error::Url(_) | Error::HttpFormat(_) => "it cannot be reached by its address".to_owned(),
        Error::Http(response) => {
            let status = response.status();
            let hint = match status.as_u16() {
                401 | 403 => ": does the address hold the right token?",
                404 => ": is the path of the address right?",
                429 => ": it has too many sessions",
                _ => "",
            };
            format!("it answered HTTP {status}{hint}")
        }
        Error::ConnectionClosed | Error::AlreadyClosed => "the browser has closed it".to_owned(),
        Error::Protocol(_) => "the connection broke off".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_password_are_for_the_head_of_the_request() {
        let of = |text: &str| {
            let url = Url::parse(text).expect("an address");
            authorization_of(&url).map(|value| value.to_str().map(str::to_owned).ok())
        };
        assert_eq!(of("wss://a.test/?token=x"), None);
        let given = of("wss://me:s%40crt@a.test/").flatten();
        assert_eq!(given.as_deref(), Some("Basic bWU6c0BjcnQ="));
    }
}
