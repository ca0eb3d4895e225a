//! `--remote-debugging-pipe`: Chromium reads commands from file descriptor 3 and writes to 4, texts ended by NUL. It exits
//! when the pipe ends.

use std::io::{self, IoSlice, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use command_fds::{CommandFdExt, FdMapping};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::process::Command;

use super::connection::{Connection, Outlet};
use crate::outgoing::{Outgoing, TryWrite};

/// Where Chromium reads.
const COMMANDS: i32 = 3;
/// Where it writes.
const REPLIES: i32 = 4;
/// How much is read at a time, bytes.
const CHUNK: usize = 64 << 10;

/// Chromium's ends.
#[derive(Debug)]
pub(in crate::browser::chromium) struct ChildEnds {
    commands: PipeReader,
    replies: PipeWriter,
}

/// Ours.
#[derive(Debug)]
pub(in crate::browser::chromium) struct Pipe {
    writer: Arc<Writer>,
    receiver: Receiver,
}

#[derive(Debug)]
struct Writer {
    outgoing: Outgoing<Arc<Sender>>,
    sender: Arc<Sender>,
}

impl TryWrite for Arc<Sender> {
    fn try_write_parts(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.try_write_vectored(parts)
    }
}

impl Outlet for Arc<Writer> {
    fn send(&self, text: &[u8]) {
        self.outgoing.send_parts(text, b"\0");
    }
}

impl ChildEnds {
    /// Gives them to the process that `command` will start. They are closed here with `command`.
    ///
    /// # Errors
    /// When two would get the same number, which is not possible.
    pub(in crate::browser::chromium) fn give_to(self, command: &mut Command) -> io::Result<()> {
        let mappings = vec![
            FdMapping {
                parent_fd: OwnedFd::from(self.commands),
                child_fd: COMMANDS,
            },
            FdMapping {
                parent_fd: OwnedFd::from(self.replies),
                child_fd: REPLIES,
            },
        ];
        let _ = command
            .as_std_mut()
            .fd_mappings(mappings)
            .map_err(io::Error::other)?;
        Ok(())
    }
}

impl Pipe {
    /// Both pipes. No other child of this process gets any end.
    ///
    /// # Errors
    /// When no file can be opened any more.
    pub(in crate::browser::chromium) fn new() -> io::Result<(Self, ChildEnds)> {
        let (commands, sender) = io::pipe()?;
        let (receiver, replies) = io::pipe()?;
        let sender = Arc::new(Sender::from_owned_fd(sender.into())?);
        let writer = Arc::new(Writer {
            outgoing: Outgoing::new(Some(Arc::clone(&sender))),
            sender,
        });
        let receiver = Receiver::from_owned_fd(receiver.into())?;
        Ok((Self { writer, receiver }, ChildEnds { commands, replies }))
    }

    pub(in crate::browser::chromium) fn outlet(&self) -> Box<dyn Outlet> {
        Box::new(Arc::clone(&self.writer))
    }

    /// Reads and writes until the pipe ends: why it did.
    pub(in crate::browser::chromium) async fn run(self, connection: &Connection) -> io::Error {
        let Self { writer, receiver } = self;
        tokio::select! {
            error = read(receiver, connection) => error,
            error = writer.write_rest() => error,
        }
    }
}

impl Writer {
    /// Writes what callers could not.
    async fn write_rest(&self) -> io::Error {
        while let Some(mut batch) = self.outgoing.batch().await {
            while batch.has_remaining() {
                let written = match self.sender.writable().await {
                    Ok(()) => self.sender.try_write(&batch),
                    Err(error) => Err(error),
                };
                match written {
                    Ok(count) => batch.advance(count),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return error,
                }
            }
        }
        io::ErrorKind::UnexpectedEof.into()
    }
}

async fn read(mut receiver: Receiver, connection: &Connection) -> io::Error {
    let mut buffer = BytesMut::with_capacity(CHUNK);
    loop {
        buffer.reserve(CHUNK);
        // Of what was there before, no byte is a NUL.
        let mut searched = buffer.len();
        match receiver.read_buf(&mut buffer).await {
            Ok(0) => return io::ErrorKind::UnexpectedEof.into(),
            Ok(_) => {}
            Err(error) => return error,
        }
        while let Some(end) = memchr::memchr(0, &buffer[searched..]) {
            let frame = buffer.split_to(searched + end);
            buffer.advance(1);
            searched = 0;
            connection.receive(&frame);
        }
    }
}
