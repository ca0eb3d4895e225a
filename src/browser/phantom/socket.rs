//! The WebSocket over which PhantomJS is spoken to once it runs.
//!
//! PhantomJS can open one and cannot listen for any, so it comes to us: the other way round than in WebDriver BiDi
//! (<https://www.w3.org/TR/webdriver-bidi/#transport>). A frame costs it a tenth of what a request to its web server does,
//! which has threads of its own.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};

use super::error::BridgeError;
use crate::lived;
use crate::outgoing::{Outgoing, TryWrite};
use crate::webdriver::acknowledge_at_once;

/// After so much silence PhantomJS is asked whether it lives.
const HEARTBEAT: Duration = Duration::from_secs(4);
/// The longest header of a frame that is not masked (RFC 6455, section 5.2).
const MAX_HEADER: usize = 10;

/// A connection to PhantomJS.
#[derive(Debug)]
pub(super) struct Socket {
    incoming: WebSocketStream<Halves>,
    sender: Sender,
}

impl Socket {
    pub(super) async fn new(stream: TcpStream) -> Self {
        let stream = Arc::new(stream);
        let sender = Sender(Arc::new(Shared {
            outgoing: Outgoing::new(Some(Arc::clone(&stream))),
            stream,
            probes: Mutex::default(),
        }));
        // The result of a command may be of any size, and is one frame.
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let halves = Halves(sender.clone());
        Self {
            incoming: WebSocketStream::from_raw_socket(halves, Role::Server, Some(config)).await,
            sender,
        }
    }

    pub(super) fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// Reads and writes until the connection ends, or PhantomJS has been silent for `silence_limit`: why it ended.
    pub(super) async fn run(self, silence_limit: Duration, on_text: impl Fn(&str)) -> BridgeError {
        let Self { incoming, sender } = self;
        tokio::select! {
            error = read(incoming, &sender, silence_limit, on_text) => error,
            error = sender.write_rest() => BridgeError::Socket(error),
        }
    }
}

async fn read(
    mut incoming: WebSocketStream<Halves>,
    sender: &Sender,
    silence_limit: Duration,
    on_text: impl Fn(&str),
) -> BridgeError {
    // Beats are counted, so that no time counts for which this process was stopped, and PhantomJS perhaps with it.
    let mut silence = Duration::ZERO;
    loop {
        let message = tokio::select! {
            biased;
            message = incoming.next() => message,
            is_in_time = lived::tick(HEARTBEAT) => {
                silence = if is_in_time { silence + HEARTBEAT } else { Duration::ZERO };
                if silence > silence_limit {
                    return BridgeError::Silent(silence_limit);
                }
                // Answered by PhantomJS itself, without the driver (RFC 6455, section 5.5.2).
                sender.send(OpCode::Control(Control::Ping), b"");
                continue;
            }
        };
        match message {
            Some(Ok(Message::Text(text))) => on_text(&text),
            Some(Ok(Message::Close(_))) | None => {
                return BridgeError::Socket(io::ErrorKind::UnexpectedEof.into());
            }
            Some(Ok(Message::Pong(payload))) => sender.0.probes.lock().answered(&payload),
            Some(Ok(_)) => {}
            Some(Err(error)) => return BridgeError::Socket(io::Error::other(error)),
        }
        sender.acknowledge();
        silence = Duration::ZERO;
    }
}

/// The writing side. Whoever has something to say writes it, from any thread: to wake another for it takes longer.
#[derive(Clone, Debug)]
pub(super) struct Sender(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    stream: Arc<TcpStream>,
    outgoing: Outgoing<Arc<TcpStream>>,
    probes: Mutex<Probes>,
}

/// Pings that ask how far PhantomJS has come with what was sent before them.
#[derive(Debug, Default)]
struct Probes {
    sent: u64,
    /// When those were sent that have no answer yet, oldest first.
    unanswered: VecDeque<Instant>,
}

impl Probes {
    fn sent(&mut self) -> [u8; 8] {
        self.sent += 1;
        self.unanswered.push_back(Instant::now());
        self.sent.to_be_bytes()
    }

    /// One answer is for all that were sent before it too (RFC 6455, section 5.5.3).
    fn answered(&mut self, payload: &[u8]) {
        let Ok(number) = <[u8; 8]>::try_from(payload).map(u64::from_be_bytes) else {
            return;
        };
        let later = usize::try_from(self.sent.saturating_sub(number)).unwrap_or(usize::MAX);
        while self.unanswered.len() > later {
            let _ = self.unanswered.pop_front();
        }
    }
}

impl TryWrite for Arc<TcpStream> {
    fn try_write_parts(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.try_write_vectored(parts)
    }
}

impl Sender {
    pub(super) fn send_text(&self, text: &str) {
        self.send(OpCode::Data(Data::Text), text.as_bytes());
    }

    /// Asks PhantomJS to say when it has come so far. It does, without the driver, when what it was sent before is done and
    /// so are the scripts that this made run.
    pub(super) fn probe(&self) {
        let number = self.0.probes.lock().sent();
        self.send(OpCode::Control(Control::Ping), &number);
    }

    /// For how long the oldest such question has no answer; none when all are answered.
    pub(super) fn unanswered(&self) -> Option<Duration> {
        let oldest = self.0.probes.lock().unanswered.front().copied();
        oldest.map(|sent| sent.elapsed())
    }

    fn send(&self, opcode: OpCode, payload: &[u8]) {
        let header = FrameHeader {
            opcode,
            ..FrameHeader::default()
        };
        let mut start = Vec::with_capacity(MAX_HEADER);
        // Writing to a vector does not fail.
        let _ = header.format(payload.len() as u64, &mut start);
        self.0.outgoing.send_parts(&start, payload);
    }

    /// Writes what the kernel did not take at once, until the connection fails.
    async fn write_rest(&self) -> io::Error {
        while let Some(bytes) = self.0.outgoing.batch().await {
            if let Err(error) = write_all(&self.0.stream, &bytes).await {
                return error;
            }
        }
        io::ErrorKind::BrokenPipe.into()
    }

    /// Lets the kernel acknowledge at once what was read: PhantomJS's holds a frame back until the one before is.
    fn acknowledge(&self) {
        acknowledge_at_once(&self.0.stream);
        // A frame that needs no answer (RFC 6455, section 5.5.3) takes the acknowledgement along.
        #[cfg(not(target_os = "linux"))]
        self.send(OpCode::Control(Control::Pong), b"");
    }
}

async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Both sides as the WebSocket library sees them. It writes by itself too, answers to pings, which must not come between the
/// parts of another frame.
#[derive(Debug)]
struct Halves(Sender);

impl AsyncRead for Halves {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = &self.0.0.stream;
        loop {
            ready!(stream.poll_read_ready(cx))?;
            match stream.try_read_buf(buffer) {
                Ok(_) => return Poll::Ready(Ok(())),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Halves {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.0.outgoing.send_parts(bytes, &[]);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
#[path = "socket_tests.rs"]
mod tests;
