//! Both ends over a real local socket.

use super::*;
use crate::queue::client::{ClientEvent, QueueClient};
use crate::queue::heartbeat::MISSED_HEARTBEATS;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

const MAX_MESSAGE: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn server() -> (QueueServer, UnboundedReceiver<ServerEvent>) {
    server_with(Duration::from_secs(600))
}

fn server_with(heartbeat: Duration) -> (QueueServer, UnboundedReceiver<ServerEvent>) {
    let (sender, receiver) = unbounded_channel();
    let mut server = QueueServer::new(
        ServerOptions {
            backlog: BacklogOptions {
                requeue: None,
                retry_errors: 0,
            },
            max_message: MAX_MESSAGE,
            heartbeat,
        },
        move |event| {
            let _ = sender.send(event);
        },
    );
    let _ = server.listen().expect("it listens");
    (server, receiver)
}

pub(super) fn address(server: &QueueServer) -> &str {
    server.address()
}

pub(super) async fn client(
    server: &QueueServer,
    worker: WorkerId,
) -> (QueueClient, UnboundedReceiver<ClientEvent>) {
    let (sender, receiver) = unbounded_channel();
    let client = QueueClient::connect(
        address(server),
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

pub(super) async fn leased(events: &mut UnboundedReceiver<ClientEvent>) -> (u64, ItemId, String) {
    match next(events).await {
        ClientEvent::Leased {
            lease,
            item,
            request,
            ..
        } => (lease, item, request),
        other => panic!("not a lease: {other:?}"),
    }
}

#[tokio::test]
async fn a_request_goes_there_and_its_answer_comes_back() {
    let (server, mut events) = server();
    server
        .enqueue(0, r#"{"a":1}"#.into(), options(60_000))
        .expect("taken");
    assert_eq!((server.waiting_len(), server.waiting_ids()), (1, vec![0]));
    let (client, mut work) = client(&server, 4).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 4 });
    client.offer(slots(2));
    let (lease, item, request) = leased(&mut work).await;
    assert_eq!((item, request.as_str()), (0, r#"{"a":1}"#));
    assert_eq!((server.waiting_len(), server.is_leased(0)), (0, true));
    assert_eq!(server.idle_workers(), [4]);
    client.answer(lease, "[2]").expect("sent");
    client.answer(lease, "[3]").expect("sent, and ignored");
    client.close(false, Vec::new()).await;
    assert_eq!(
        next(&mut events).await,
        ServerEvent::Answered {
            ended: Ended {
                item: 0,
                attempts: 1
            },
            response: "[2]".into()
        }
    );
    assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 4 });
}

#[tokio::test]
async fn a_lost_worker_gives_its_request_to_the_next_at_once() {
    let (server, mut events) = server();
    server
        .enqueue(0, "1".into(), options(60_000))
        .expect("taken");
    let (first, mut work) = client(&server, 1).await;
    first.offer(slots(1));
    let (lease, _, _) = leased(&mut work).await;
    first.close(false, vec![lease]).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 1 });
    let (second, mut work) = client(&server, 2).await;
    second.offer(slots(1));
    assert_eq!(leased(&mut work).await.1, 0);
}

#[tokio::test]
async fn a_lease_ends_at_its_deadline_on_both_sides() {
    let (server, mut events) = server();
    let (client, mut work) = client(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    client.offer(slots(1));
    // A long lease first: the shorter one after it must wake the timer.
    server
        .enqueue(0, "0".into(), options(600_000))
        .expect("taken");
    let _ = leased(&mut work).await;
    client.offer(slots(1));
    server.enqueue(1, "1".into(), options(20)).expect("taken");
    let (lease, item, _) = leased(&mut work).await;
    assert_eq!(item, 1);
    assert_eq!(next(&mut work).await, ClientEvent::Expired { lease });
    assert_eq!(next(&mut events).await, ServerEvent::Expired { item: 1 });
    assert_eq!(
        server.decide(1, TimeoutOutcome::default()),
        Some(Fate::Requeued)
    );
    assert_eq!(server.attempts(1), Some(1));
    client.offer(slots(1));
    assert_eq!(leased(&mut work).await.1, 1);
}

#[tokio::test]
async fn a_peer_without_the_token_is_refused() {
    let (server, mut events) = server();
    let (sender, mut work) = unbounded_channel();
    let stranger = QueueClient::connect(address(&server), "guess", 1, MAX_MESSAGE, move |event| {
        let _ = sender.send(event);
    })
    .await
    .expect("the socket itself is open");
    stranger.offer(slots(1));
    assert_eq!(next(&mut work).await, ClientEvent::Lost);
    assert!(events.try_recv().is_err());
    assert!(server.idle_workers().is_empty());
}

#[tokio::test]
async fn the_size_limit_names_both_numbers() {
    let (server, _events) = server();
    let error = server
        .enqueue(0, "x".repeat(MAX_MESSAGE + 1), options(1000))
        .expect_err("too long");
    assert_eq!(
        error.to_string(),
        "a request of 1048577 bytes is above the limit of 1048576"
    );
    assert_eq!(server.waiting_len(), 0);
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
    assert_eq!(next(&mut work).await, ClientEvent::Lost);
}

#[tokio::test]
async fn a_worker_that_does_not_note_its_leases_end_is_told_of() {
    let (server, mut events) = server();
    let (hears, mut heard) = client(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    let (frozen, mut work) = client(&server, 2).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 2 });
    for (id, client, work) in [(0, &hears, &mut heard), (1, &frozen, &mut work)] {
        client.offer(slots(1));
        server.enqueue(id, "1".into(), options(20)).expect("taken");
        let (lease, ..) = leased(work).await;
        assert_eq!(next(work).await, ClientEvent::Expired { lease });
        assert_eq!(next(&mut events).await, ServerEvent::Expired { item: id });
        if id == 0 {
            client.released(lease);
        }
    }
    assert_eq!(
        next(&mut events).await,
        ServerEvent::Frozen {
            worker: 2,
            to: Silence::LeaseEnd
        }
    );
    assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn a_worker_that_holds_nothing_and_does_not_react_is_told_of_by_its_heartbeats() {
    let heartbeat = Duration::from_millis(300);
    let (server, mut events) = server_with(heartbeat);
    let (_lives, _work) = client(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    let frozen = super::hostile_tests::traitor(&server, 2).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 2 });
    for _ in 0..2 {
        let to = Silence::Heartbeat;
        let event = next(&mut events).await;
        assert_eq!(event, ServerEvent::Frozen { worker: 2, to });
    }
    drop(frozen);
    assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 2 });
    tokio::time::sleep(heartbeat * (MISSED_HEARTBEATS + 2)).await;
    assert!(events.try_recv().is_err(), "the other reacts");
}

#[tokio::test]
async fn what_comes_too_late_for_a_worker_was_no_attempt_and_keeps_its_place() {
    let (server, mut events) = server();
    for item in 0..5 {
        server
            .enqueue(item, item.to_string(), options(60_000))
            .expect("taken");
    }
    let (client, mut work) = client(&server, 1).await;
    client.offer(slots(4));
    let (_, _, _) = leased(&mut work).await;
    let (started, item, _) = leased(&mut work).await;
    assert_eq!(item, 1);
    // It hears of neither 0 nor 2 nor 3 before it says goodbye.
    client.close(false, vec![started]).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 1 });
    assert_eq!(server.waiting_ids(), [0, 2, 3, 4, 1]);
    let attempts = [0, 1, 2, 3].map(|item| server.attempts(item));
    assert_eq!(attempts, [Some(0), Some(1), Some(0), Some(0)]);
}

#[tokio::test]
async fn a_worker_that_would_stay_is_let_go_by_word() {
    let (server, mut events) = server();
    let (client, _work) = client(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    let closing = client.close(true, Vec::new());
    let letting_go = async {
        assert_eq!(next(&mut events).await, ServerEvent::Leaving { worker: 1 });
        assert!(server.idle_workers().is_empty());
        server.release(1);
        assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 1 });
    };
    tokio::join!(closing, letting_go);
}

#[tokio::test]
async fn a_worker_that_is_to_retire_before_it_is_connected_hears_of_it_then() {
    let (server, mut events) = server();
    server.retire(1);
    let (client, mut work) = client(&server, 1).await;
    assert_eq!(next(&mut work).await, ClientEvent::Retire);
    client.close(false, Vec::new()).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    assert_eq!(next(&mut events).await, ServerEvent::Left { worker: 1 });
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
        server
            .enqueue(id, "1".into(), options(60_000))
            .expect("taken");
    }
    let _ = leased(&mut work).await;
    let (ahead, item, _) = leased(&mut work).await;
    assert_eq!(item, 1);
    let recalled = ClientEvent::Recalled { lease: ahead };
    assert_eq!(next(&mut work).await, recalled);
    assert!(!first.begin(ahead), "it is gone");
    let (second, mut other) = client(&server, 2).await;
    second.offer(slots(1));
    assert_eq!(leased(&mut other).await.1, 1);
    assert_eq!(server.attempts(1), Some(1));
}

#[tokio::test]
async fn an_item_hears_of_the_crashes_under_it() {
    let (server, mut events) = server();
    let options = ItemOptions {
        max_crashes: Some(2),
        ..options(60_000)
    };
    server.enqueue(0, "1".into(), options).expect("taken");
    for worker in [1, 2] {
        let (client, mut work) = client(&server, worker).await;
        client.offer(slots(1));
        let (lease, ..) = leased(&mut work).await;
        client.fault("PhantomJS ended (signal SIGSEGV)");
        client.close(false, vec![lease]).await;
        while !matches!(next(&mut events).await, ServerEvent::Fault { .. }) {}
        let crashed = ServerEvent::Crashed {
            item: 0,
            worker,
            fault: Some("PhantomJS ended (signal SIGSEGV)".into()),
        };
        assert_eq!(next(&mut events).await, crashed);
    }
    let ended = Ended {
        item: 0,
        attempts: 2,
    };
    assert_eq!(next(&mut events).await, ServerEvent::Doomed { ended });
}

/// As if this process, or the machine, were stopped for a while.
async fn suspended(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_lease_does_not_end_while_the_primary_is_stopped() {
    let (server, mut events) = server();
    let (client, mut work) = client(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    client.offer(slots(1));
    server
        .enqueue(0, "1".into(), options(5_000))
        .expect("taken");
    let (lease, ..) = leased(&mut work).await;
    suspended(Duration::from_secs(60)).await;
    client.answer(lease, "2").expect("sent");
    assert!(
        matches!(next(&mut events).await, ServerEvent::Answered { .. }),
        "it has seconds left"
    );
}

#[tokio::test]
async fn a_worker_that_goes_on_after_the_primary_has_its_time_to_take_note_of_a_leases_end() {
    let (server, mut events) = server();
    let (client, mut work) = client(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    client.offer(slots(1));
    server.enqueue(0, "1".into(), options(20)).expect("taken");
    let (lease, ..) = leased(&mut work).await;
    assert_eq!(next(&mut events).await, ServerEvent::Expired { item: 0 });
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    suspended(Duration::from_secs(60)).await;
    // More than what was left of its time.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    client.released(lease);
    let more = timeout(Duration::from_millis(2_500), events.recv()).await;
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn heartbeats_that_were_missed_before_a_stop_count_no_more_after_it() {
    let (server, mut events) = server_with(Duration::from_secs(1));
    let stopped = super::hostile_tests::traitor(&server, 1).await;
    assert_eq!(next(&mut events).await, ServerEvent::Joined { worker: 1 });
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    suspended(Duration::from_secs(60)).await;
    let early = timeout(Duration::from_millis(1_500), events.recv()).await;
    assert!(early.is_err(), "{early:?}");
    let to = Silence::Heartbeat;
    assert_eq!(
        next(&mut events).await,
        ServerEvent::Frozen { worker: 1, to }
    );
    drop(stopped);
}

#[tokio::test]
async fn who_was_at_work_at_its_end_is_known_and_how_much_was_answered() {
    let (server, mut events) = server();
    let mut clients = Vec::new();
    for worker in 1..=3 {
        let (client, work) = client(&server, worker).await;
        assert_eq!(next(&mut events).await, ServerEvent::Joined { worker });
        clients.push((client, work));
    }
    for (id, (client, work)) in (0..).zip(&mut clients) {
        client.offer(slots(1));
        server
            .enqueue(id, "1".into(), options(60_000))
            .expect("taken");
        let (lease, ..) = leased(work).await;
        // The first says nothing more, the second has answered, the third waits for more.
        if id > 0 {
            client.answer(lease, "2").expect("sent");
            assert!(matches!(
                next(&mut events).await,
                ServerEvent::Answered { .. }
            ));
        }
        if id == 2 {
            client.offer(slots(1));
        }
    }
    // The idle one first: it must not be given what the others leave.
    for (client, _work) in clients.into_iter().rev() {
        client.close(false, Vec::new()).await;
    }
    let mut left = Vec::new();
    while left.len() < 3 {
        if let ServerEvent::Left { worker } = next(&mut events).await {
            left.push(worker);
        }
    }
    assert_eq!(
        [1, 2, 3].map(|worker| server.end_of(worker)),
        [(true, 2), (true, 2), (false, 2)]
    );
}
