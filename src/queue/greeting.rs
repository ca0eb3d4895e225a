//! Who connects to the queue must show its token first.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::io::AsyncRead;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

use super::wire::{self, FromWorker, MAX_GREETING};
use crate::id::WorkerId;
use crate::{lived, secret};

/// A peer that has not said Hello by then is not one of ours.
pub(super) const GREETING_DEADLINE: Duration = Duration::from_secs(5);

pub(super) fn greeting_codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .max_frame_length(MAX_GREETING)
        .new_codec()
}

/// The worker's id, if it showed the token in time.
pub(super) async fn greet<R: AsyncRead + Unpin>(
    expected: &str,
    frames: &mut FramedRead<R, LengthDelimitedCodec>,
) -> Option<WorkerId> {
    let frame = lived::timeout(GREETING_DEADLINE, frames.next())
        .await
        .ok()??
        .ok()?;
    match wire::decode(&frame).ok()? {
        FromWorker::Hello { token, worker } if secret::is_same(token, expected) => Some(worker),
        _ => None,
    }
}
