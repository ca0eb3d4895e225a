//! Connections to a driver on loopback.
//!
//! PhantomJS's web server writes header and body in two segments. Quick acknowledgements after each read bring a command
//! down to a third of a millisecond. Elsewhere than on Linux the driver closes the connection after each response instead.
//!
//! Each client has one connection. hyper would open another when a command follows so closely that the last one's
//! connection is not back in its pool, and use whichever is ready first; PhantomJS has ten threads for all its
//! connections, and one that finds none free hangs.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tower_service::Service;
use tracing::debug;

use super::quick_ack::acknowledge_at_once;

/// Connects one fantoccini client to a driver on loopback.
#[derive(Clone, Debug, Default)]
pub(crate) struct LoopbackConnector(Arc<Mutex<Slot>>);

/// The place of the one connection.
#[derive(Debug, Default)]
struct Slot {
    is_taken: bool,
    is_closed: bool,
    /// Who gets the place next.
    next: Option<oneshot::Sender<()>>,
}

/// Whoever holds this has the one connection.
#[derive(Debug)]
struct Place(Arc<Mutex<Slot>>);

impl LoopbackConnector {
    /// Lets nobody wait any more: who waits keeps hyper's pool, and with it the connection that is no longer needed.
    pub(crate) fn close(&self) {
        let mut slot = self.0.lock();
        slot.is_closed = true;
        slot.next = None;
    }

    /// Waits for the end of the connection there is. Who waits already gives way: its command is being served by that
    /// very connection.
    async fn place(self) -> io::Result<Place> {
        let turn = {
            let mut slot = self.0.lock();
            if slot.is_closed {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if slot.is_taken {
                let (next, turn) = oneshot::channel();
                slot.next = Some(next);
                Some(turn)
            } else {
                slot.is_taken = true;
                None
            }
        };
        if let Some(turn) = turn {
            turn.await
                .map_err(|_| io::Error::from(io::ErrorKind::Interrupted))?;
        }
        Ok(Place(self.0))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut slot = self.0.lock();
        let passed_on = slot.next.take().is_some_and(|next| next.send(()).is_ok());
        slot.is_taken = passed_on;
    }
}

impl Service<Uri> for LoopbackConnector {
    type Response = LoopbackStream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<LoopbackStream>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let place = connector.place().await?;
            let host = uri.host().unwrap_or("127.0.0.1");
            let port = uri.port_u16().unwrap_or(80);
            let stream = TcpStream::connect((host, port)).await?;
            stream.set_nodelay(true)?;
            debug!(port, "connected to PhantomJS");
            Ok(LoopbackStream(TokioIo::new(stream), place))
        })
    }
}

/// A TCP stream that acknowledges what it reads at once.
#[derive(Debug)]
pub(crate) struct LoopbackStream(TokioIo<TcpStream>, #[allow(dead_code)] Place);

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
            acknowledge_at_once(self.0.inner());
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

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn one_connection_at_a_time_and_the_last_who_waits_is_next() {
        let connector = LoopbackConnector::default();
        let first = connector.clone().place().await.expect("it is free");
        let mut second = Box::pin(connector.clone().place());
        assert!((&mut second).now_or_never().is_none());
        let mut third = Box::pin(connector.clone().place());
        assert!((&mut third).now_or_never().is_none());
        let error = second.await.expect_err("given way");
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        drop(first);
        drop(third.await.expect("its turn"));
        let last = connector.clone().place().now_or_never();
        assert!(last.is_some_and(|place| place.is_ok()), "free again");
    }

    #[tokio::test]
    async fn nobody_waits_for_a_connector_that_is_closed() {
        let connector = LoopbackConnector::default();
        let _first = connector.clone().place().await.expect("it is free");
        let mut second = Box::pin(connector.clone().place());
        assert!((&mut second).now_or_never().is_none());
        connector.close();
        assert!(second.await.is_err());
        assert!(connector.place().await.is_err());
    }

    #[tokio::test]
    async fn a_place_is_free_when_nobody_waits_any_more() {
        let connector = LoopbackConnector::default();
        let first = connector.clone().place().await.expect("it is free");
        let mut second = Box::pin(connector.clone().place());
        assert!((&mut second).now_or_never().is_none());
        drop(second);
        drop(first);
        assert!(connector.place().now_or_never().is_some());
    }
}
