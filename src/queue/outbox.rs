//! Outgoing frames of one connection: encoded where they arise, written in as few system calls as they allow.
//!
//! A frame with others behind it is left to a task, which writes all that have gathered. One that others wait for is
//! written by the thread that has it: waking another takes longer than all the rest.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use interprocess::local_socket::tokio::Stream;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;

use super::wire::{self, WireError};
use crate::lived;

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

#[derive(Debug)]
struct Pending {
    bytes: BytesMut,
    closed: bool,
    /// The task is writing what came before.
    writing: bool,
    direct: Option<Direct>,
}

impl Outbox {
    pub(crate) fn new(max_message: usize) -> Self {
        Self(Arc::new(Inner {
            pending: Mutex::new(Pending {
                bytes: BytesMut::new(),
                closed: false,
                writing: false,
                direct: None,
            }),
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

    /// The same for a frame that no other is likely to follow: it leaves at once, if it can.
    ///
    /// # Errors
    /// As [`Outbox::send`].
    pub(crate) fn send_at_once<T: Serialize>(&self, frame: &T) -> Result<(), WireError> {
        let mut pending = self.0.pending.lock();
        if !pending.closed {
            wire::encode(frame, &mut pending.bytes, self.0.max_message)?;
            if !pending.write() {
                self.0.ready.notify_one();
            }
        }
        Ok(())
    }

    /// Lets the writer end once everything added so far is written.
    pub(crate) fn close(&self) {
        self.0.pending.lock().closed = true;
        self.0.ready.notify_one();
    }

    /// Writes until the outbox is closed or the peer is gone.
    pub(crate) async fn write_to(&self, stream: &Stream) -> std::io::Result<()> {
        let _closing = Closing(self);
        self.0.pending.lock().direct = Direct::of(stream);
        let mut socket = stream;
        loop {
            let (bytes, closed) = {
                let mut pending = self.0.pending.lock();
                pending.writing = !pending.bytes.is_empty();
                (pending.bytes.split(), pending.closed)
            };
            if !bytes.is_empty() {
                lived::timeout(WRITE_DEADLINE, socket.write_all(&bytes))
                    .await
                    .map_err(|lived::Elapsed| std::io::ErrorKind::TimedOut)??;
            } else if closed {
                return socket.shutdown().await;
            } else {
                self.0.ready.notified().await;
            }
        }
    }
}

impl Pending {
    /// True when nothing is left for the task to write.
    fn write(&mut self) -> bool {
        if !self.writing
            && let Some(direct) = &self.direct
        {
            // The task hears of errors.
            let written = direct.write(&self.bytes).unwrap_or(0);
            self.bytes.advance(written);
        }
        self.bytes.is_empty()
    }
}

/// When the task ends, the connection does, whoever still holds the outbox.
struct Closing<'a>(&'a Outbox);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.0.pending.lock().direct = None;
    }
}

/// The socket, for writing from any thread.
#[cfg(unix)]
#[derive(Debug)]
struct Direct(std::os::fd::OwnedFd);

#[cfg(unix)]
impl Direct {
    fn of(stream: &Stream) -> Option<Self> {
        use std::os::fd::AsFd;
        let Stream::UdSocket(socket) = stream;
        socket.as_fd().try_clone_to_owned().ok().map(Self)
    }

    /// As much as the kernel takes at once: the socket does not block.
    fn write(&self, bytes: &[u8]) -> std::io::Result<usize> {
        socket2::SockRef::from(&self.0).send(bytes)
    }
}

/// A named pipe is left to the task.
#[cfg(not(unix))]
#[derive(Debug)]
struct Direct;

#[cfg(not(unix))]
impl Direct {
    fn of(_: &Stream) -> Option<Self> {
        None
    }

    fn write(&self, _: &[u8]) -> std::io::Result<usize> {
        Ok(0)
    }
}
