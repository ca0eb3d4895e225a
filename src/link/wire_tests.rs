use super::*;
use proptest::prelude::*;
use tokio_util::codec::Decoder;

const LIMIT: usize = 1 << 16;

#[test]
fn what_is_encoded_is_decoded() {
    let frame = ToWorker::Queue(QueueOrder::Lease {
        lease: 3,
        item: u64::MAX,
        attempt: 2,
        ahead: true,
        begun: false,
        request: r#"{"url":"é 😀 \ud83d"}"#,
    });
    let mut buffer = BytesMut::new();
    encode(&frame, &mut buffer, 1 << 20).expect("it fits");
    encode(&ToWorker::Farewell, &mut buffer, 1 << 20).expect("it fits");
    let mut codec = codec(1 << 20);
    let bytes = codec.decode(&mut buffer).expect("whole").expect("first");
    assert_eq!(decode::<ToWorker<'_>>(&bytes).expect("ours"), frame);
    let bytes = codec.decode(&mut buffer).expect("whole").expect("second");
    assert_eq!(
        decode::<ToWorker<'_>>(&bytes).expect("ours"),
        ToWorker::Farewell
    );
    assert!(buffer.is_empty());
}

#[test]
fn a_message_above_the_limit_is_refused_and_leaves_nothing_behind() {
    let response = "x".repeat(5000);
    let mut buffer = BytesMut::from(&b"before"[..]);
    let error = encode(
        &FromWorker::Queue(QueueReport::Answer {
            lease: 1,
            response: &response,
        }),
        &mut buffer,
        2000,
    )
    .expect_err("too long");
    assert!(matches!(error, WireError::TooLong { limit: 2000, .. }));
    assert_eq!(&buffer[..], b"before");
}

#[test]
fn garbage_is_an_error() {
    assert!(decode::<FromWorker<'_>>(&[]).is_err());
    assert!(decode::<FromWorker<'_>>(&[200, 1, 2, 3]).is_err());
    let mut whole = BytesMut::new();
    encode(&FromWorker::Ready, &mut whole, 100).expect("it fits");
    whole.put_u8(0);
    assert!(
        decode::<FromWorker<'_>>(&whole[4..]).is_err(),
        "bytes left over"
    );
}

/// What a frame may hold; each kind takes what it has room for.
#[derive(Clone, Debug)]
struct Parts {
    kind: usize,
    id: u64,
    other: u64,
    number: u32,
    flag: bool,
    text: String,
}

fn parts() -> impl Strategy<Value = Parts> {
    let text = prop_oneof![any::<String>(), ".{0,2000}"];
    let numbers = (any::<u64>(), any::<u64>(), any::<u32>(), any::<bool>());
    (0_usize..56, numbers, text).prop_map(|(kind, (id, other, number, flag), text)| Parts {
        kind,
        id,
        other,
        number,
        flag,
        text,
    })
}

impl Parts {
    fn worker_frame(&self) -> FromWorker<'_> {
        let text = self.text.as_str();
        match self.kind % 14 {
            0 => FromWorker::Hello {
                token: text,
                worker: self.number,
            },
            1..=6 => FromWorker::Queue(self.queue_report()),
            7 => FromWorker::Ready,
            8 => FromWorker::Retiring { reason: text },
            9 => FromWorker::Fault { message: text },
            10 => FromWorker::Browser { pid: self.number },
            11 => FromWorker::Pong,
            12 => FromWorker::Notice { what: text },
            _ => FromWorker::Goodbye {
                stay: self.flag,
                started: vec![self.number.into(); 3],
            },
        }
    }

    fn queue_report(&self) -> QueueReport<'_> {
        let (lease, text) = (self.id, self.text.as_str());
        match self.number % 6 {
            0 => QueueReport::Offer {
                slots: self.number,
                ahead: self.number / 2,
                of: self.number / 3,
                patience_ms: self.number,
                published: self.flag,
            },
            1 => QueueReport::Answer {
                lease,
                response: text,
            },
            2 => QueueReport::Fail { lease, error: text },
            3 => QueueReport::GiveBack { lease },
            4 => QueueReport::Released { lease },
            _ => QueueReport::Withdraw,
        }
    }

    fn primary_frame(&self) -> ToWorker<'_> {
        match self.kind % 8 {
            0 => ToWorker::Retire,
            1 => ToWorker::Halt,
            2 => ToWorker::Ping,
            3 => ToWorker::Farewell,
            _ => ToWorker::Queue(self.queue_order()),
        }
    }

    fn queue_order(&self) -> QueueOrder<'_> {
        let lease = self.id;
        match self.number % 4 {
            0 => QueueOrder::Lease {
                lease,
                item: self.other,
                attempt: self.number,
                ahead: self.flag,
                begun: !self.flag,
                request: &self.text,
            },
            1 => QueueOrder::Expired { lease },
            2 => QueueOrder::Cancelled { lease },
            _ => QueueOrder::Recall {
                leases: vec![lease; 3],
            },
        }
    }
}

fn encoded(frame: &impl Serialize) -> BytesMut {
    let mut buffer = BytesMut::new();
    encode(frame, &mut buffer, LIMIT).expect("it fits");
    buffer
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode::<FromWorker<'_>>(&bytes);
        let _ = decode::<ToWorker<'_>>(&bytes);
    }

    #[test]
    fn frames_of_any_kind_come_back_as_they_were(parts in parts()) {
        let (from_worker, to_worker) = (parts.worker_frame(), parts.primary_frame());
        let (one, other) = (encoded(&from_worker), encoded(&to_worker));
        prop_assert_eq!(decode::<FromWorker<'_>>(&one[4..]).expect("ours"), from_worker);
        prop_assert_eq!(decode::<ToWorker<'_>>(&other[4..]).expect("ours"), to_worker);
    }

    #[test]
    fn a_frame_cut_short_is_refused(parts in parts(), at in any::<prop::sample::Index>()) {
        let whole = encoded(&parts.worker_frame());
        let end = 4 + at.index(whole.len() - 4);
        prop_assert!(decode::<FromWorker<'_>>(&whole[4..end]).is_err());
        let mut cut = BytesMut::from(&whole[..end]);
        // An error, or the plain end where only the length has come.
        let frame = codec(LIMIT).decode_eof(&mut cut);
        prop_assert!(!matches!(frame, Ok(Some(_))), "nothing more will come");
    }

    #[test]
    fn a_frame_with_a_wrong_byte_is_read_or_refused(
        parts in parts(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut frame = encoded(&parts.worker_frame()).split_off(4);
        let at = at.index(frame.len());
        frame[at] = byte;
        let _ = decode::<FromWorker<'_>>(&frame);
    }

    #[test]
    fn frames_arrive_whole_however_the_bytes_are_split(
        all in prop::collection::vec(parts(), 1..8),
        sizes in prop::collection::vec(1_usize..700, 1..8),
    ) {
        let sent: Vec<_> = all.iter().map(|parts| encoded(&parts.primary_frame())).collect();
        let stream = sent.concat();
        let (mut codec, mut buffer, mut received) = (codec(LIMIT), BytesMut::new(), Vec::new());
        let (mut rest, mut sizes) = (stream.as_slice(), sizes.iter().cycle());
        while !rest.is_empty() {
            let size = sizes.next().map_or(1, |size| rest.len().min(*size));
            buffer.extend_from_slice(&rest[..size]);
            rest = &rest[size..];
            while let Some(frame) = codec.decode(&mut buffer).expect("sound") {
                received.push(frame);
            }
        }
        prop_assert_eq!(received.len(), all.len());
        for (frame, parts) in received.iter().zip(&all) {
            prop_assert_eq!(decode::<ToWorker<'_>>(frame).expect("ours"), parts.primary_frame());
        }
    }

    #[test]
    fn a_length_above_the_limit_is_refused_before_anything_is_set_aside_for_it(
        length in (LIMIT + OVERHEAD + 1) as u32..,
        rest in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut buffer = BytesMut::from(&length.to_be_bytes()[..]);
        buffer.extend_from_slice(&rest);
        prop_assert!(codec(LIMIT).decode(&mut buffer).is_err());
        prop_assert!(buffer.capacity() < LIMIT);
    }

    #[test]
    fn a_payload_of_the_very_limit_passes_and_one_far_above_does_not(id in any::<u64>()) {
        let mut buffer = BytesMut::new();
        for (size, fits) in [(LIMIT, true), (LIMIT + OVERHEAD, false)] {
            let response = "x".repeat(size);
            let frame = FromWorker::Queue(QueueReport::Answer { lease: id, response: &response });
            prop_assert_eq!(encode(&frame, &mut buffer, LIMIT).is_ok(), fits);
        }
        let frame = codec(LIMIT).decode(&mut buffer).expect("within the limit").expect("whole");
        let Ok(FromWorker::Queue(QueueReport::Answer { lease, .. })) = decode(&frame) else {
            return Err(TestCaseError::fail("no answer"));
        };
        prop_assert!(lease == id && buffer.is_empty());
    }
}
