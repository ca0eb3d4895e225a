//! Peers on the local socket that are none of ours, or do what ours never do.

use super::tests::{address, client, leased, next, options, server, slots};
use super::*;
use crate::queue::client::{ClientEvent, QueueClient};
use crate::queue::endpoint;
use crate::queue::greeting::GREETING_DEADLINE;
use crate::queue::wire::MAX_GREETING;
use bytes::BytesMut;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(2);
/// The tasks of a server without connections: one accepts, one minds the deadlines.
const OWN_TASKS: usize = 2;

/// Connects without a word.
async fn stranger(server: &QueueServer) -> Stream {
    endpoint::connect(address(server))
        .await
        .expect("the socket is open")
}

fn framed(frame: &impl Serialize) -> BytesMut {
    let mut bytes = BytesMut::new();
    wire::encode(frame, &mut bytes, 1 << 20).expect("it fits");
    bytes
}

/// One that has shown the token, and will misbehave.
pub(super) async fn traitor(server: &QueueServer, worker: WorkerId) -> Stream {
    let mut stream = stranger(server).await;
    let token = server.token();
    say(&mut stream, &framed(&FromWorker::Hello { token, worker })).await;
    stream
}

async fn say(stream: &mut Stream, bytes: &[u8]) {
    stream.write_all(bytes).await.expect("it is taken");
}

/// Reads to the end of the connection, which must come within `limit`.
async fn is_dropped_within(limit: Duration, mut stream: Stream) {
    let mut heard = Vec::new();
    // With bytes of ours unread the other side's end comes as an error.
    let _ = timeout(limit, stream.read_to_end(&mut heard))
        .await
        .expect("dropped in time");
    assert_eq!(heard, b"", "nothing is said to strangers");
}

/// A worker of ours is served as ever, and all that the others had taken is given back.
async fn all_is_well(server: &QueueServer, events: &mut UnboundedReceiver<ServerEvent>) {
    let worker = 77;
    let (client, mut work) = client(server, worker).await;
    assert_eq!(next(events).await, ServerEvent::Joined { worker });
    works(server, events, (&client, &mut work), 1000).await;
    client.close(false, Vec::new()).await;
    assert_eq!(next(events).await, ServerEvent::Left { worker });
    {
        let state = server.shared.state.lock();
        assert!(state.peers.is_empty() && state.hearing.next().is_none());
    }
    drop(client);
    nothing_is_left().await;
}

async fn works(
    server: &QueueServer,
    events: &mut UnboundedReceiver<ServerEvent>,
    (client, work): (&QueueClient, &mut UnboundedReceiver<ClientEvent>),
    item: ItemId,
) {
    server
        .enqueue(item, "1".into(), options(60_000))
        .expect("taken");
    client.offer(slots(1));
    let (lease, given, _) = leased(work).await;
    assert_eq!(given, item);
    client.answer(lease, "2").expect("sent");
    let ended = Ended { item, attempts: 1 };
    let response = "2".to_owned();
    assert_eq!(
        next(events).await,
        ServerEvent::Answered { ended, response }
    );
}

async fn nothing_is_left() {
    let metrics = tokio::runtime::Handle::current().metrics();
    let end = Instant::now() + SOON;
    while metrics.num_alive_tasks() > OWN_TASKS {
        assert!(
            Instant::now() < end,
            "{} tasks are left",
            metrics.num_alive_tasks()
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_is_no_greeting_ends_the_connection() {
    let (server, mut events) = server();
    let token = server.token();
    let (worker, long) = (1, "x".repeat(MAX_GREETING));
    for said in [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
        vec![0; 64],
        vec![0xff; 64],
        0xffff_ffff_u32.to_be_bytes().to_vec(),
        (MAX_GREETING as u32 + 1).to_be_bytes().to_vec(),
        framed(&FromWorker::Hello {
            token: "guess",
            worker,
        })
        .to_vec(),
        framed(&FromWorker::Hello { token: "", worker }).to_vec(),
        framed(&FromWorker::Hello {
            token: &token[1..],
            worker,
        })
        .to_vec(),
        framed(&FromWorker::Hello {
            token: &long,
            worker,
        })
        .to_vec(),
        framed(&FromWorker::Ready).to_vec(),
        framed(&FromWorker::Answer {
            lease: 1,
            response: "1",
        })
        .to_vec(),
    ] {
        let mut stream = stranger(&server).await;
        say(&mut stream, &said).await;
        is_dropped_within(SOON, stream).await;
    }
    assert!(events.try_recv().is_err(), "none of it is an event");
    all_is_well(&server, &mut events).await;
}

#[tokio::test]
async fn a_greeting_that_breaks_off_ends_the_connection() {
    let (server, mut events) = server();
    let token = server.token();
    let greeting = framed(&FromWorker::Hello { token, worker: 1 });
    for length in [0, 3, 4, 5, greeting.len() - 1] {
        let mut stream = stranger(&server).await;
        say(&mut stream, &greeting[..length]).await;
        drop(stream);
    }
    nothing_is_left().await;
    assert!(events.try_recv().is_err());
    all_is_well(&server, &mut events).await;
}

#[tokio::test]
async fn strangers_who_say_little_or_nothing_are_dropped_at_the_deadline_and_hold_nobody_up() {
    let (server, mut events) = server();
    let begun = Instant::now();
    let mut idle = Vec::new();
    for _ in 0..200 {
        idle.push(stranger(&server).await);
    }
    let slow = tokio::spawn(dribble(stranger(&server).await, framed_hello(&server)));
    let (client, mut work) = client(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    works(&server, &mut events, (&client, &mut work), 0).await;
    assert!(
        begun.elapsed() < GREETING_DEADLINE,
        "the worker waited for nobody"
    );
    client.close(false, Vec::new()).await;
    assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 1 });
    for stream in idle {
        is_dropped_within(GREETING_DEADLINE + SOON, stream).await;
    }
    slow.await.expect("dropped as well");
    assert!(begun.elapsed() >= GREETING_DEADLINE, "nor sooner");
    all_is_well(&server, &mut events).await;
}

fn framed_hello(server: &QueueServer) -> BytesMut {
    let token = server.token();
    framed(&FromWorker::Hello { token, worker: 9 })
}

/// Says a true greeting a byte at a time, too slowly, until nobody listens any more.
async fn dribble(mut stream: Stream, bytes: BytesMut) {
    let pause = GREETING_DEADLINE * 2 / u32::try_from(bytes.len()).expect("short");
    for byte in bytes {
        if stream.write_all(&[byte]).await.is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
    }
    panic!("it was let in");
}

#[tokio::test]
async fn what_no_worker_says_ends_its_connection_and_frees_its_request() {
    let (server, mut events) = server();
    let token = server.token();
    for said in [
        framed(&FromWorker::Hello { token, worker: 1 }).to_vec(),
        0xffff_ffff_u32.to_be_bytes().to_vec(),
        vec![0, 0, 0, 0],
        vec![0, 0, 0, 2, 0xff, 0xff],
        [framed(&FromWorker::Ready).as_ref(), &[0xff; 9]].concat(),
        framed(&FromWorker::Offer {
            slots: u32::MAX,
            ahead: 0,
            of: 1,
            patience_ms: 5,
            published: false,
        })
        .to_vec(),
        framed(&FromWorker::Offer {
            slots: 0,
            ahead: u32::MAX,
            of: 1,
            patience_ms: 5,
            published: false,
        })
        .to_vec(),
        framed(&FromWorker::Offer {
            slots: 0,
            ahead: 0,
            of: u32::MAX,
            patience_ms: u32::MAX,
            published: false,
        })
        .to_vec(),
    ] {
        server
            .enqueue(0, "1".into(), options(60_000))
            .expect("taken");
        let mut stream = traitor(&server, 1).await;
        say(
            &mut stream,
            &framed(&FromWorker::Offer {
                slots: 1,
                ahead: 0,
                of: 1,
                patience_ms: 5,
                published: false,
            }),
        )
        .await;
        assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
        let mut lease = [0; 8];
        let _ = stream
            .read_exact(&mut lease)
            .await
            .expect("it is given the request");
        say(&mut stream, &said).await;
        while next(&mut events).await != (ServerEvent::Left { worker: 1 }) {}
        assert_eq!(server.waiting_ids(), [0], "it waits again");
        assert!(server.idle_workers().is_empty());
        assert!(server.cancel(0, Outcome::Cancelled));
    }
    all_is_well(&server, &mut events).await;
}

#[tokio::test]
async fn words_about_leases_that_are_not_there_mean_nothing() {
    let (server, mut events) = server();
    let mut stream = traitor(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    for lease in [0, 1, u64::MAX] {
        for frame in [
            FromWorker::Answer {
                lease,
                response: "1",
            },
            FromWorker::Fail { lease, error: "{}" },
            FromWorker::GiveBack { lease },
            FromWorker::Released { lease },
        ] {
            say(&mut stream, &framed(&frame)).await;
        }
    }
    say(&mut stream, &framed(&FromWorker::Ready)).await;
    assert_eq!(
        next(&mut events).await,
        ServerEvent::Ready { worker: 1 },
        "it is still heard"
    );
    drop(stream);
    assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 1 });
    all_is_well(&server, &mut events).await;
}

#[tokio::test]
async fn a_second_connection_of_a_worker_is_refused_and_the_first_goes_on() {
    let (server, mut events) = server();
    let (first, mut work) = client(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    is_dropped_within(SOON, traitor(&server, 1).await).await;
    let (_second, mut lost) = client(&server, 1).await;
    assert_eq!(next(&mut lost).await, ClientEvent::Lost);
    works(&server, &mut events, (&first, &mut work), 0).await;
    first.close(false, Vec::new()).await;
    assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 1 });
    all_is_well(&server, &mut events).await;
}

#[tokio::test]
async fn only_a_worker_that_was_not_told_to_end_has_crashed() {
    let (server, mut events) = server();
    for told in [true, false] {
        let options = ItemOptions {
            max_crashes: Some(1),
            ..options(60_000)
        };
        server.enqueue(0, "1".into(), options).expect("taken");
        let mut stream = traitor(&server, 1).await;
        let offer = framed(&FromWorker::Offer {
            slots: 1,
            ahead: 0,
            of: 1,
            patience_ms: 5,
            published: false,
        });
        say(&mut stream, &offer).await;
        let mut lease = [0; 8];
        let _ = stream.read_exact(&mut lease).await.expect("it is given");
        assert!(!told || server.halt(1));
        drop(stream);
        while next(&mut events).await != (ServerEvent::Left { worker: 1 }) {}
        assert_eq!(server.attempts(0), told.then_some(1));
        let _ = server.cancel(0, Outcome::Cancelled);
    }
}
