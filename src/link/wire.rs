//! What primary and worker say to each other over the local socket.
//!
//! Each frame is length-delimited (4 bytes, big endian) postcard. Requests and responses are JSON text that nobody here
//! reads: it is borrowed from the received frame and copied once, into JS.

use bytes::{BufMut, BytesMut};
use serde::{Deserialize, Serialize};
use tokio_util::codec::LengthDelimitedCodec;

/// Room for a frame's own fields beside its payload, bytes.
const OVERHEAD: usize = 1024;
/// The longest frame taken from a peer that has not shown the token yet, bytes.
pub(crate) const MAX_HELLO: usize = 4096;

/// Worker to primary.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum FromWorker<'a> {
    /// First frame of a connection.
    Hello { token: &'a str, worker: u32 },
    /// The worker can take work from now on.
    Ready,
    /// The worker ends before long, and why: it takes no more than it has offered to.
    Retiring { reason: &'a str },
    /// The worker cannot go on, and why; its process ends next.
    Fault { message: &'a str },
    /// The process of the worker's browser.
    Browser { pid: u32 },
    /// Nothing more will come: the primary answers with `Farewell` once all before this is taken in. With `stay` the
    /// worker is ready to wait until another can take its place. Leases beyond `started` came too late for it.
    Goodbye { stay: bool, started: Vec<u64> },
    /// Answer to `Ping`.
    Pong,
    /// Something its user should hear of, once and not from every worker: JSON text.
    Notice { what: &'a str },
    /// About requests.
    Queue(#[serde(borrow)] QueueReport<'a>),
}

/// What a worker says of requests.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum QueueReport<'a> {
    /// `slots` more slots are free, of so many in all, and `ahead` more requests may come before there is one for them.
    /// Those may wait for `patience_ms` while nothing moves. `published`: the worker serves the 0.1.x generation.
    Offer {
        slots: u32,
        ahead: u32,
        of: u32,
        patience_ms: u32,
        published: bool,
    },
    /// A request is answered.
    Answer { lease: u64, response: &'a str },
    /// A request's handler failed; `error` is a JSON object with `name`, `message`, `stack`, `code`.
    Fail { lease: u64, error: &'a str },
    /// A request was not started and goes back.
    GiveBack { lease: u64 },
    /// The worker has heard that a lease ended, and its slot is free.
    Released { lease: u64 },
    /// The worker takes no more work: what it offered is void.
    Withdraw,
}

/// Primary to worker.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum ToWorker<'a> {
    /// Finish what you hold, and end.
    Retire,
    /// End at once.
    Halt,
    /// Answer to `Goodbye`.
    Farewell,
    /// Asks for a sign of life.
    Ping,
    /// About requests.
    Queue(#[serde(borrow)] QueueOrder<'a>),
}

/// What the primary says of requests.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum QueueOrder<'a> {
    /// A request to handle.
    Lease {
        lease: u64,
        item: u64,
        /// 1 for the first hand-over of the item.
        attempt: u32,
        /// One of those that the worker takes in advance, and not for a slot that it has offered.
        ahead: bool,
        /// Its time runs: the worker has a slot for it.
        begun: bool,
        request: &'a str,
    },
    /// The lease is over without an answer.
    Expired { lease: u64 },
    /// The item was ended from outside; its answer would be ignored.
    Cancelled { lease: u64 },
    /// Give these back unless you have begun them.
    Recall { leases: Vec<u64> },
}

/// Why a frame could not be made or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("malformed frame: {0}")]
    Malformed(#[from] postcard::Error),
    #[error("a message of {size} bytes is above the limit of {limit}")]
    TooLong { size: usize, limit: usize },
}

/// The codec of either side, for payloads of up to `max_message` bytes.
pub(crate) fn codec(max_message: usize) -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .max_frame_length(max_message.saturating_add(OVERHEAD))
        .new_codec()
}

/// Appends one frame to `buffer`, leaving it as it was on an error.
///
/// # Errors
/// [`WireError::TooLong`] when the payload is above `max_message` bytes.
pub(crate) fn encode<T: Serialize>(
    frame: &T,
    buffer: &mut BytesMut,
    max_message: usize,
) -> Result<(), WireError> {
    let start = buffer.len();
    buffer.put_u32(0);
    let written = postcard::serialize_with_flavor(frame, AppendTo(buffer));
    let size = buffer.len() - start - 4;
    let limit = max_message.saturating_add(OVERHEAD);
    let result = match (written, u32::try_from(size)) {
        (Err(error), _) => Err(error.into()),
        (Ok(()), Ok(length)) if size <= limit => {
            buffer[start..start + 4].copy_from_slice(&length.to_be_bytes());
            return Ok(());
        }
        _ => Err(WireError::TooLong {
            size,
            limit: max_message,
        }),
    };
    buffer.truncate(start);
    result
}

/// Reads one frame's content.
///
/// # Errors
/// [`WireError::Malformed`] when it is none of ours, or has bytes left over.
pub(crate) fn decode<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> Result<T, WireError> {
    let (value, rest) = postcard::take_from_bytes(frame)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(postcard::Error::SerdeDeCustom.into())
    }
}

/// Serialises in place: the payload is copied once, from the item into the outgoing bytes.
struct AppendTo<'a>(&'a mut BytesMut);

impl postcard::ser_flavors::Flavor for AppendTo<'_> {
    type Output = ();

    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(data);
        Ok(())
    }

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.put_u8(byte);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
