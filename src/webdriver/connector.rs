//! Connections to a driver on loopback.
//!
//! PhantomJS's web server writes header and body in two segments, and the kernel holds the second back until the first
//! is acknowledged: 40 ms with delayed acknowledgements. Asking for quick ones after each read brings a command down to
//! a third of a millisecond. The option does not stick (tcp(7)), so it is set again each time.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;
use tracing::debug;

/// Connects fantoccini to a driver on loopback.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoopbackConnector;

impl Service<Uri> for LoopbackConnector {
    type Response = LoopbackStream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<LoopbackStream>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(async move {
            let host = uri.host().unwrap_or("127.0.0.1");
            let port = uri.port_u16().unwrap_or(80);
            let stream = TcpStream::connect((host, port)).await?;
            stream.set_nodelay(true)?;
            debug!(port, "connected to PhantomJS");
            Ok(LoopbackStream(TokioIo::new(stream)))
        })
    }
}

/// A TCP stream that acknowledges what it reads at once.
#[derive(Debug)]
pub(crate) struct LoopbackStream(TokioIo<TcpStream>);

impl LoopbackStream {
    #[cfg(target_os = "linux")]
    fn acknowledge_at_once(&self) {
        // Only speed depends on it.
        let _ = socket2::SockRef::from(self.0.inner()).set_tcp_quickack(true);
    }

    // Elsewhere the driver closes the connection after each response instead.
    #[cfg(not(target_os = "linux"))]
    fn acknowledge_at_once(&self) {}
}

impl Connection for LoopbackStream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for LoopbackStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.0).poll_read(cx, buffer);
        if result.is_ready() {
            self.acknowledge_at_once();
        }
        result
    }
}

impl Write for LoopbackStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }
}
