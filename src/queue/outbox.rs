//! Outgoing frames of one connection: encoded where they arise, written in as few system calls as they allow.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use super::wire::{self, WireError};

/// A peer that takes nothing for this long is as good as gone.
const WRITE_DEADLINE: Duration = Duration::from_secs(30);

/// The shared end that frames are put into.
#[derive(Clone, Debug)]
pub(crate) struct Outbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pending: Mutex<Pending>,
    ready: Notify,
    max_message: usize,
}

#[derive(Debug, Default)]
struct Pending {
    bytes: BytesMut,
    closed: bool,
}

impl Outbox {
    pub(crate) fn new(max_message: usize) -> Self {
        Self(Arc::new(Inner {
            pending: Mutex::default(),
            ready: Notify::new(),
            max_message,
        }))
    }

    /// Adds a frame; it leaves with all others that are ready by the time the socket takes more.
    ///
    /// # Errors
    /// [`WireError::TooLong`] when its payload is above the limit; nothing is sent then.
    pub(crate) fn send<T: Serialize>(&self, frame: &T) -> Result<(), WireError> {
        let mut pending = self.0.pending.lock();
        if !pending.closed {
            wire::encode(frame, &mut pending.bytes, self.0.max_message)?;
            self.0.ready.notify_one();
        }
        Ok(())
    }

    /// Lets the writer end once everything added so far is written.
    pub(crate) fn close(&self) {
        self.0.pending.lock().closed = true;
        self.0.ready.notify_one();
    }

    /// Writes until the outbox is closed or the peer is gone.
    pub(crate) async fn write_to(
        &self,
        mut socket: impl AsyncWrite + Unpin,
    ) -> std::io::Result<()> {
        loop {
            let (bytes, closed) = {
                let mut pending = self.0.pending.lock();
                (pending.bytes.split(), pending.closed)
            };
            if !bytes.is_empty() {
                tokio::time::timeout(WRITE_DEADLINE, socket.write_all(&bytes)).await??;
            } else if closed {
                return socket.shutdown().await;
            } else {
                self.0.ready.notified().await;
            }
        }
    }
}
