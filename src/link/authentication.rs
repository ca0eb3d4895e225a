//! A peer's first frame must show the engine's token.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::io::AsyncRead;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

use super::wire::{self, FromWorker, MAX_HELLO};
use crate::id::WorkerId;
use crate::{lived, secret};

/// A peer that has not said Hello by then is cut off.
pub(crate) const AUTHENTICATION_DEADLINE: Duration = Duration::from_secs(5);

/// The codec for a peer that has not shown the token yet.
pub(super) fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder()
        .max_frame_length(MAX_HELLO)
        .new_codec()
}

/// The worker's id, if it showed the token in time.
pub(super) async fn authenticate<R: AsyncRead + Unpin>(
    expected: &str,
    frames: &mut FramedRead<R, LengthDelimitedCodec>,
) -> Option<WorkerId> {
    let frame = lived::timeout(AUTHENTICATION_DEADLINE, frames.next())
        .await
        .ok()??
        .ok()?;
    match wire::decode(&frame).ok()? {
        FromWorker::Hello { token, worker } if secret::is_same(token, expected) => Some(worker),
        _ => None,
    }
}
