//! Where PhantomJS connects to once it runs: it can open a WebSocket, and cannot listen for any.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::StatusCode;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tracing::debug;

use super::socket::Socket;
use crate::{lived, secret};

/// Peers whose handshakes go on at a time; further ones wait in the kernel.
const MAX_HANDSHAKES: usize = 8;
/// How long a peer may take over its handshake.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(5);

/// The port on which PhantomJS is awaited.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    path: String,
}

impl Listener {
    /// Listens on a free port of loopback. Must run inside a tokio runtime.
    pub(super) async fn bind() -> io::Result<Self> {
        Ok(Self {
            socket: TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
            path: format!("/{}", secret::random()),
        })
    }

    /// The address to connect to. Its path is the authentication token: a peer with another is refused.
    pub(super) fn url(&self) -> io::Result<String> {
        let port = self.socket.local_addr()?.port();
        Ok(format!("ws://127.0.0.1:{port}{}", self.path))
    }

    /// Waits for the first peer that has the token.
    pub(super) async fn accept(self) -> io::Result<Socket> {
        let mut handshakes = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = self.socket.accept(), if handshakes.len() < MAX_HANDSHAKES => {
                    let (stream, _) = accepted?;
                    handshakes.push(lived::timeout(HANDSHAKE_DEADLINE, self.handshake(stream)));
                }
                Some(done) = handshakes.next() => match done {
                    Ok(Ok(socket)) => return Ok(socket),
                    Ok(Err(error)) => debug!(%error, "a peer without the token was refused"),
                    Err(_) => debug!("a peer did not finish its handshake in time"),
                },
            }
        }
    }

    async fn handshake(&self, stream: TcpStream) -> io::Result<Socket> {
        stream.set_nodelay(true)?;
        // The error is of the library's own type and large.
        #[allow(clippy::result_large_err)]
        let check = |request: &Request, response: Response| {
            if secret::is_same(request.uri().path(), &self.path) {
                Ok(response)
            } else {
                let mut refusal = ErrorResponse::new(None);
                *refusal.status_mut() = StatusCode::FORBIDDEN;
                Err(refusal)
            }
        };
        let greeted = tokio_tungstenite::accept_hdr_async(stream, check)
            .await
            .map_err(io::Error::other)?;
        // Nothing was read beyond the handshake: PhantomJS speaks only when spoken to.
        Ok(Socket::new(greeted.into_inner()).await)
    }
}
