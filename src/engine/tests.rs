//! Both ends over a real local socket.

use super::*;
use std::time::Duration;

use crate::id::ItemId;
use crate::link::WorkerEvent;
use crate::queue::{
    BacklogOptions, Ended, Fate, Generation, ItemOptions, LeaseEvent, Leased, Offer,
    TimeoutOutcome, WorkerQueue,
};
use crate::supervisor::RestartOptions;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout};

const MAX_MESSAGE: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(10);
pub(super) const LONG: Duration = Duration::from_secs(600);

pub(super) fn server() -> (Engine, UnboundedReceiver<EngineEvent>) {
    server_with(LONG)
}

pub(super) fn options_with(heartbeat: Duration) -> EngineOptions {
    EngineOptions {
        policy: PolicyOptions {
            restart: RestartOptions {
                min_delay: LONG,
                max_delay: LONG,
                max_restarts: 5,
                window: LONG,
            },
            start_timeout: LONG,
            stop_timeout: LONG,
            starts_at_once: 2,
        },
        link: LinkOptions {
            max_message: MAX_MESSAGE,
            heartbeat,
        },
    }
}

pub(super) fn server_with(heartbeat: Duration) -> (Engine, UnboundedReceiver<EngineEvent>) {
    let (sender, receiver) = unbounded_channel();
    let mut server = Engine::new(options_with(heartbeat), move |event| {
        let _ = sender.send(event);
    });
    server.open_queue(
        QueueOptions {
            backlog: BacklogOptions {
                requeue: None,
                retry_errors: 0,
            },
            max_message: MAX_MESSAGE,
        },
        None,
    );
    let _ = server.listen().expect("it listens");
    (server, receiver)
}

pub(super) fn queue(server: &Engine) -> &Queue {
    server.queue().expect("it has one")
}

/// Waits until a worker is connected.
pub(super) async fn joined(server: &Engine, worker: WorkerId) {
    until(|| server.is_connected(worker)).await;
}

/// Waits until nothing is left of a worker's connection.
pub(super) async fn left(server: &Engine, worker: WorkerId) {
    until(|| !server.is_connected(worker)).await;
}

pub(super) async fn until(condition: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "in time");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// What is told of an item.
pub(super) async fn next_of_queue(events: &mut UnboundedReceiver<EngineEvent>) -> QueueEvent {
    match next(events).await {
        EngineEvent::Queue(event) => event,
        other => panic!("not of the queue: {other:?}"),
    }
}

pub(super) async fn client(
    server: &Engine,
    worker: WorkerId,
) -> (WorkerQueue, UnboundedReceiver<LeaseEvent>) {
    let (sender, receiver) = unbounded_channel();
    let client = WorkerQueue::connect(
        server.address(),
        server.token(),
        worker,
        MAX_MESSAGE,
        move |event| {
            let _ = sender.send(event);
        },
    )
    .await
    .expect("it connects");
    (client, receiver)
}

pub(super) async fn next<T>(events: &mut UnboundedReceiver<T>) -> T {
    timeout(PATIENCE, events.recv())
        .await
        .expect("in time")
        .expect("an event")
}

pub(super) fn options(ms: u64) -> ItemOptions {
    ItemOptions {
        timeout: Duration::from_millis(ms),
        max_attempts: None,
        max_crashes: None,
        priority: 0,
    }
}

/// Free slots of a worker that has plenty.
pub(super) fn slots(slots: u32) -> Offer {
    Offer {
        generation: Generation::Documented,
        slots,
        ahead: 0,
        of: 100,
        patience: Duration::from_millis(5),
    }
}

pub(super) async fn leased(events: &mut UnboundedReceiver<LeaseEvent>) -> (u64, ItemId, String) {
    match next(events).await {
        LeaseEvent::Leased(Leased {
            lease,
            item,
            request,
            ..
        }) => (lease, item, request),
        other => panic!("not a lease: {other:?}"),
    }
}

#[tokio::test]
async fn a_request_goes_there_and_its_answer_comes_back() {
    let (server, mut events) = server();
    queue(&server)
        .enqueue(0, r#"{"a":1}"#.into(), options(60_000))
        .expect("taken");
    assert_eq!(
        (queue(&server).waiting_len(), queue(&server).waiting_ids()),
        (1, vec![0])
    );
    let (client, mut work) = client(&server, 4).await;
    joined(&server, 4).await;
    client.offer(slots(2));
    let (lease, item, request) = leased(&mut work).await;
    assert_eq!((item, request.as_str()), (0, r#"{"a":1}"#));
    assert_eq!(
        (queue(&server).waiting_len(), queue(&server).is_leased(0)),
        (0, true)
    );
    assert_eq!(queue(&server).idle_workers(), [4]);
    client.answer(lease, "[2]").expect("sent");
    client.answer(lease, "[3]").expect("sent, and ignored");
    client.link().close(false, Vec::new()).await;
    assert_eq!(
        next_of_queue(&mut events).await,
        QueueEvent::Answered {
            ended: Ended {
                item: 0,
                attempts: 1
            },
            response: "[2]".into()
        }
    );
    left(&server, 4).await;
}

#[tokio::test]
async fn a_lost_worker_gives_its_request_to_the_next_at_once() {
    let (server, _events) = server();
    queue(&server)
        .enqueue(0, "1".into(), options(60_000))
        .expect("taken");
    let (first, mut work) = client(&server, 1).await;
    first.offer(slots(1));
    let (lease, _, _) = leased(&mut work).await;
    first.link().close(false, vec![lease]).await;
    left(&server, 1).await;
    let (second, mut work) = client(&server, 2).await;
    second.offer(slots(1));
    assert_eq!(leased(&mut work).await.1, 0);
}

#[tokio::test]
async fn a_lease_ends_at_its_deadline_on_both_sides() {
    let (server, mut events) = server();
    let (client, mut work) = client(&server, 1).await;
    joined(&server, 1).await;
    client.offer(slots(1));
    // A long lease first: the shorter one after it must wake the timer.
    queue(&server)
        .enqueue(0, "0".into(), options(600_000))
        .expect("taken");
    let _ = leased(&mut work).await;
    client.offer(slots(1));
    queue(&server)
        .enqueue(1, "1".into(), options(20))
        .expect("taken");
    let (lease, item, _) = leased(&mut work).await;
    assert_eq!(item, 1);
    assert_eq!(next(&mut work).await, LeaseEvent::Expired { lease });
    assert_eq!(
        next_of_queue(&mut events).await,
        QueueEvent::Expired { item: 1 }
    );
    assert_eq!(
        queue(&server).decide(1, TimeoutOutcome::Unheard),
        Some(Fate::Requeued)
    );
    assert_eq!(queue(&server).attempts(1), Some(1));
    client.offer(slots(1));
    assert_eq!(leased(&mut work).await.1, 1);
}

#[tokio::test]
async fn a_peer_without_the_token_is_refused() {
    let (server, mut events) = server();
    let (sender, mut work) = unbounded_channel();
    let stranger = WorkerQueue::connect(server.address(), "guess", 1, MAX_MESSAGE, move |event| {
        let _ = sender.send(event);
    })
    .await
    .expect("the socket itself is open");
    stranger.offer(slots(1));
    assert_eq!(next(&mut work).await, LeaseEvent::Worker(WorkerEvent::Lost));
    assert!(events.try_recv().is_err());
    assert!(queue(&server).idle_workers().is_empty());
}

#[tokio::test]
async fn the_size_limit_names_both_numbers() {
    let (server, _events) = server();
    let error = queue(&server)
        .enqueue(0, "x".repeat(MAX_MESSAGE + 1), options(1000))
        .expect_err("too long");
    assert_eq!(
        error.to_string(),
        "a request of 1048577 bytes is above the limit of 1048576"
    );
    assert_eq!(queue(&server).waiting_len(), 0);
    let (client, _work) = client(&server, 1).await;
    let error = client
        .answer(1, &"x".repeat(MAX_MESSAGE + 1))
        .expect_err("too long");
    assert_eq!(
        error.to_string(),
        "a message of 1048577 bytes is above the limit of 1048576"
    );
    client.answer(1, &"x".repeat(MAX_MESSAGE)).expect("it fits");
}

#[tokio::test]
async fn a_dropped_server_lets_its_workers_know() {
    let (server, _events) = server();
    let (_client, mut work) = client(&server, 1).await;
    drop(server);
    assert_eq!(next(&mut work).await, LeaseEvent::Worker(WorkerEvent::Lost));
}

#[tokio::test]
async fn what_comes_too_late_for_a_worker_was_no_attempt_and_keeps_its_place() {
    let (server, _events) = server();
    for item in 0..5 {
        queue(&server)
            .enqueue(item, item.to_string(), options(60_000))
            .expect("taken");
    }
    let (client, mut work) = client(&server, 1).await;
    client.offer(slots(4));
    let (_, _, _) = leased(&mut work).await;
    let (started, item, _) = leased(&mut work).await;
    assert_eq!(item, 1);
    // It hears of neither 0 nor 2 nor 3 before it says goodbye.
    client.link().close(false, vec![started]).await;
    left(&server, 1).await;
    assert_eq!(queue(&server).waiting_ids(), [0, 2, 3, 4, 1]);
    let attempts = [0, 1, 2, 3].map(|item| queue(&server).attempts(item));
    assert_eq!(attempts, [Some(0), Some(1), Some(0), Some(0)]);
}

#[tokio::test]
async fn what_a_busy_worker_has_not_begun_goes_to_another_without_its_event_loop() {
    let (server, _events) = server();
    let (first, mut work) = client(&server, 1).await;
    let offer = Offer {
        ahead: 1,
        of: 1,
        ..slots(1)
    };
    first.offer(offer);
    for id in 0..2 {
        queue(&server)
            .enqueue(id, "1".into(), options(60_000))
            .expect("taken");
    }
    let _ = leased(&mut work).await;
    let (ahead, item, _) = leased(&mut work).await;
    assert_eq!(item, 1);
    let recalled = LeaseEvent::Recalled { lease: ahead };
    assert_eq!(next(&mut work).await, recalled);
    assert!(!first.begin(ahead), "it is gone");
    let (second, mut other) = client(&server, 2).await;
    second.offer(slots(1));
    assert_eq!(leased(&mut other).await.1, 1);
    assert_eq!(queue(&server).attempts(1), Some(1));
}

#[tokio::test]
async fn an_item_hears_of_the_crashes_under_it() {
    let (server, mut events) = server();
    let options = ItemOptions {
        max_crashes: Some(2),
        ..options(60_000)
    };
    queue(&server)
        .enqueue(0, "1".into(), options)
        .expect("taken");
    for worker in [1, 2] {
        let (client, mut work) = client(&server, worker).await;
        client.offer(slots(1));
        let (lease, ..) = leased(&mut work).await;
        client.link().fault("PhantomJS ended (signal SIGSEGV)");
        client.link().close(false, vec![lease]).await;
        while !matches!(next(&mut events).await, EngineEvent::Fault { .. }) {}
        let crashed = QueueEvent::Crashed {
            item: 0,
            worker,
            fault: Some("PhantomJS ended (signal SIGSEGV)".into()),
        };
        assert_eq!(next_of_queue(&mut events).await, crashed);
    }
    let ended = Ended {
        item: 0,
        attempts: 2,
    };
    assert_eq!(
        next_of_queue(&mut events).await,
        QueueEvent::Doomed { ended }
    );
}

#[tokio::test]
async fn who_was_at_work_at_its_end_is_known_and_how_much_was_answered() {
    let (server, mut events) = server();
    let mut clients = Vec::new();
    for worker in 1..=3 {
        let (client, work) = client(&server, worker).await;
        joined(&server, worker).await;
        clients.push((client, work));
    }
    for (id, (client, work)) in (0..).zip(&mut clients) {
        client.offer(slots(1));
        queue(&server)
            .enqueue(id, "1".into(), options(60_000))
            .expect("taken");
        let (lease, ..) = leased(work).await;
        // The first says nothing more, the second has answered, the third waits for more.
        if id > 0 {
            client.answer(lease, "2").expect("sent");
            assert!(matches!(
                next_of_queue(&mut events).await,
                QueueEvent::Answered { .. }
            ));
        }
        if id == 2 {
            client.offer(slots(1));
        }
    }
    // The idle one first: it must not be given what the others leave.
    for (client, _work) in clients.into_iter().rev() {
        client.link().close(false, Vec::new()).await;
    }
    for worker in 1..=3 {
        left(&server, worker).await;
    }
    assert_eq!(
        [1, 2, 3].map(|worker| queue(&server).end_of(worker)),
        [(true, 2), (true, 2), (false, 2)]
    );
}
