//! What arrives on the local socket, as either side reads it: any bytes, in pieces of any size.

#![no_main]

// The addon is a library that only Node can load: its source is taken in instead.
#[allow(dead_code, unreachable_pub)]
#[path = "../../src/link/wire.rs"]
mod wire;

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use tokio_util::codec::Decoder;
use wire::{FromWorker, ToWorker};

const LIMIT: usize = 1 << 16;

/// What can be read can be written, and is read again as the same.
macro_rules! read {
    ($kind:ident, $bytes:expr) => {
        if let Ok(frame) = wire::decode::<$kind<'_>>($bytes) {
            let mut written = BytesMut::new();
            wire::encode(&frame, &mut written, LIMIT).expect("it came through the limit");
            let again = wire::decode::<$kind<'_>>(&written[4..]);
            assert_eq!(again.expect("our own"), frame);
        }
    };
}

fuzz_target!(|input: &[u8]| {
    let Some((size, stream)) = input.split_first() else {
        return;
    };
    let (mut codec, mut buffer) = (wire::codec(LIMIT), BytesMut::new());
    for piece in stream.chunks(usize::from(*size).max(1)) {
        buffer.extend_from_slice(piece);
        loop {
            match codec.decode(&mut buffer) {
                Ok(Some(frame)) => {
                    read!(FromWorker, &frame);
                    read!(ToWorker, &frame);
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
});
