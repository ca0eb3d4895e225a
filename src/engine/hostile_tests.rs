//! Peers on the local socket that are none of ours, or do what ours never do.

use super::tests::{
    client, joined, leased, left, next, next_of_queue, options, queue, server, slots,
};
use super::*;
use std::time::Duration;

use crate::id::ItemId;
use crate::link::wire::{self, FromWorker, MAX_HELLO};
use crate::link::{AUTHENTICATION_DEADLINE, WorkerEvent, connect};
use crate::queue::{Ended, ItemOptions, LeaseEvent, Outcome, WorkerQueue};
use bytes::BytesMut;
use interprocess::local_socket::tokio::Stream;
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, timeout};

const SOON: Duration = Duration::from_secs(2);
/// The tasks of an engine without connections: one accepts, one minds the leases, one the workers.
const OWN_TASKS: usize = 3;

/// Connects without a word.
async fn stranger(server: &Engine) -> Stream {
    connect(server.address()).await.expect("the socket is open")
}

fn framed(frame: &impl Serialize) -> BytesMut {
    let mut bytes = BytesMut::new();
    wire::encode(frame, &mut bytes, 1 << 20).expect("it fits");
    bytes
}

/// One that has shown the token, and will misbehave.
pub(super) async fn traitor(server: &Engine, worker: WorkerId) -> Stream {
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
async fn all_is_well(server: &Engine, events: &mut UnboundedReceiver<EngineEvent>) {
    let worker = 77;
    let (client, mut work) = client(server, worker).await;
    joined(server, worker).await;
    works(server, events, (&client, &mut work), 1000).await;
    client.link().close(false, Vec::new()).await;
    left(server, worker).await;
    assert!(queue(server).knows_nobody());
    drop(client);
    nothing_is_left().await;
}

async fn works(
    server: &Engine,
    events: &mut UnboundedReceiver<EngineEvent>,
    (client, work): (&WorkerQueue, &mut UnboundedReceiver<LeaseEvent>),
    item: ItemId,
) {
    queue(server)
        .enqueue(item, "1".into(), options(60_000))
        .expect("taken");
    client.offer(slots(1));
    let (lease, given, _) = leased(work).await;
    assert_eq!(given, item);
    client.answer(lease, "2").expect("sent");
    let ended = Ended { item, attempts: 1 };
    let response = "2".to_owned();
    assert_eq!(
        next_of_queue(events).await,
        QueueEvent::Answered { ended, response }
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
    let (worker, long) = (1, "x".repeat(MAX_HELLO));
    for said in [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
        vec![0; 64],
        vec![0xff; 64],
        0xffff_ffff_u32.to_be_bytes().to_vec(),
        (MAX_HELLO as u32 + 1).to_be_bytes().to_vec(),
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
        framed(&FromWorker::Queue(QueueReport::Answer {
            lease: 1,
            response: "1",
        }))
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
    joined(&server, 1).await;
    works(&server, &mut events, (&client, &mut work), 0).await;
    assert!(
        begun.elapsed() < AUTHENTICATION_DEADLINE,
        "the worker waited for nobody"
    );
    client.link().close(false, Vec::new()).await;
    left(&server, 1).await;
    for stream in idle {
        is_dropped_within(AUTHENTICATION_DEADLINE + SOON, stream).await;
    }
    slow.await.expect("dropped as well");
    assert!(begun.elapsed() >= AUTHENTICATION_DEADLINE, "nor sooner");
    all_is_well(&server, &mut events).await;
}

fn framed_hello(server: &Engine) -> BytesMut {
    let token = server.token();
    framed(&FromWorker::Hello { token, worker: 9 })
}

/// Says a true greeting a byte at a time, too slowly, until nobody listens any more.
async fn dribble(mut stream: Stream, bytes: BytesMut) {
    let pause = AUTHENTICATION_DEADLINE * 2 / u32::try_from(bytes.len()).expect("short");
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
        framed(&offer(u32::MAX, 0, 1)).to_vec(),
        framed(&offer(0, u32::MAX, 1)).to_vec(),
        framed(&FromWorker::Queue(QueueReport::Offer {
            slots: 0,
            ahead: 0,
            of: u32::MAX,
            patience_ms: u32::MAX,
            published: false,
        }))
        .to_vec(),
    ] {
        queue(&server)
            .enqueue(0, "1".into(), options(60_000))
            .expect("taken");
        let mut stream = traitor(&server, 1).await;
        say(&mut stream, &framed(&one_slot())).await;
        joined(&server, 1).await;
        let mut lease = [0; 8];
        let _ = stream
            .read_exact(&mut lease)
            .await
            .expect("it is given the request");
        say(&mut stream, &said).await;
        left(&server, 1).await;
        let crashed = next_of_queue(&mut events).await;
        assert!(matches!(crashed, QueueEvent::Crashed { item: 0, .. }));
        assert_eq!(queue(&server).waiting_ids(), [0], "it waits again");
        assert!(queue(&server).idle_workers().is_empty());
        assert!(queue(&server).cancel(0, Outcome::Cancelled));
    }
    all_is_well(&server, &mut events).await;
}

#[tokio::test]
async fn words_about_leases_that_are_not_there_mean_nothing() {
    let (server, mut events) = server();
    let mut stream = traitor(&server, 1).await;
    joined(&server, 1).await;
    for lease in [0, 1, u64::MAX] {
        for frame in [
            FromWorker::Queue(QueueReport::Answer {
                lease,
                response: "1",
            }),
            FromWorker::Queue(QueueReport::Fail { lease, error: "{}" }),
            FromWorker::Queue(QueueReport::GiveBack { lease }),
            FromWorker::Queue(QueueReport::Released { lease }),
        ] {
            say(&mut stream, &framed(&frame)).await;
        }
    }
    say(&mut stream, &framed(&FromWorker::Notice { what: "1" })).await;
    let notice = EngineEvent::Notice {
        worker: 1,
        what: "1".into(),
    };
    assert_eq!(next(&mut events).await, notice, "it is still heard");
    drop(stream);
    left(&server, 1).await;
    all_is_well(&server, &mut events).await;
}

#[tokio::test]
async fn a_second_connection_of_a_worker_is_refused_and_the_first_goes_on() {
    let (server, mut events) = server();
    let (first, mut work) = client(&server, 1).await;
    joined(&server, 1).await;
    is_dropped_within(SOON, traitor(&server, 1).await).await;
    let (_second, mut lost) = client(&server, 1).await;
    assert_eq!(next(&mut lost).await, LeaseEvent::Worker(WorkerEvent::Lost));
    works(&server, &mut events, (&first, &mut work), 0).await;
    first.link().close(false, Vec::new()).await;
    left(&server, 1).await;
    all_is_well(&server, &mut events).await;
}

#[tokio::test]
async fn only_a_worker_that_was_not_told_to_end_has_crashed() {
    for told in [true, false] {
        let (server, _events) = server();
        let _ = server.forked(1);
        let options = ItemOptions {
            max_crashes: Some(1),
            ..options(60_000)
        };
        queue(&server)
            .enqueue(0, "1".into(), options)
            .expect("taken");
        let mut stream = traitor(&server, 1).await;
        say(&mut stream, &framed(&one_slot())).await;
        let mut lease = [0; 8];
        let _ = stream.read_exact(&mut lease).await.expect("it is given");
        if told {
            assert_eq!(server.stop(), [], "the link tells it");
        }
        drop(stream);
        left(&server, 1).await;
        assert_eq!(queue(&server).attempts(0), told.then_some(1));
    }
}

/// What a worker of ours says that has one free slot.
fn one_slot() -> FromWorker<'static> {
    offer(1, 0, 1)
}

fn offer(slots: u32, ahead: u32, of: u32) -> FromWorker<'static> {
    FromWorker::Queue(QueueReport::Offer {
        slots,
        ahead,
        of,
        patience_ms: 5,
        published: false,
    })
}
