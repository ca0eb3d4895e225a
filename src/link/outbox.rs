//! Outgoing frames of one connection: encoded where they arise, written in as few system calls as they allow.
//!
//! A frame with others behind it is left to a task, which writes all that have gathered. One that others wait for is
//! written by the thread that has it: waking another takes longer than all the rest.

use std::io::{self, IoSlice};
use std::sync::Arc;
use std::time::Duration;

use interprocess::local_socket::tokio::Stream;
use serde::Serialize;
use tokio::io::AsyncWriteExt;

use super::wire::{self, WireError};
use crate::lived;
use crate::outgoing::{Outgoing, TryWrite};

/// A peer that takes nothing for this long is as good as gone.
const WRITE_DEADLINE: Duration = Duration::from_secs(30);

/// The shared end that frames are put into.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    outgoing: Arc<Outgoing<Direct>>,
    max_message: usize,
}

impl Outbox {
    pub(crate) fn new(max_message: usize) -> Self {
        Self {
            outgoing: Arc::new(Outgoing::new(None)),
            max_message,
        }
    }

    /// Adds a frame; it leaves with all others that are ready by the time the socket takes more.
    ///
    /// # Errors
    /// [`WireError::TooLong`] when its payload is above the limit; nothing is sent then.
    pub(crate) fn send<T: Serialize>(&self, frame: &T) -> Result<(), WireError> {
        self.outgoing
            .queue(|bytes| wire::encode(frame, bytes, self.max_message))
    }

    /// The same for a frame that no other is likely to follow: it leaves at once, if it can.
    ///
    /// # Errors
    /// As [`Outbox::send`].
    pub(crate) fn send_at_once<T: Serialize>(&self, frame: &T) -> Result<(), WireError> {
        self.outgoing
            .send(|bytes| wire::encode(frame, bytes, self.max_message))
    }

    /// Lets the writer end once everything added so far is written.
    pub(crate) fn close(&self) {
        self.outgoing.close();
    }

    /// Writes until the outbox is closed or the peer is gone.
    pub(crate) async fn write_to(&self, stream: &Stream) -> io::Result<()> {
        let _closing = Closing(self);
        self.outgoing.set_direct(Direct::of(stream));
        let mut socket = stream;
        while let Some(bytes) = self.outgoing.batch().await {
            lived::timeout(WRITE_DEADLINE, socket.write_all(&bytes))
                .await
                .map_err(|lived::Elapsed| io::ErrorKind::TimedOut)??;
        }
        socket.shutdown().await
    }
}

/// When the task ends, the connection does, whoever still holds the outbox.
struct Closing<'a>(&'a Outbox);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.outgoing.set_direct(None);
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
}

#[cfg(unix)]
impl TryWrite for Direct {
    // The socket does not block.
    fn try_write_parts(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        socket2::SockRef::from(&self.0).send_vectored(parts)
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
}

#[cfg(not(unix))]
impl TryWrite for Direct {
    fn try_write_parts(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(0)
    }
}
