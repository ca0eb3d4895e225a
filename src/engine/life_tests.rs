//! The life of workers, as an engine and its workers see it over a real local socket.

use super::tests::{
    LONG, client, joined, leased, left, next, next_of_queue, options, options_with, queue, server,
    server_with, slots, until,
};
use super::*;
use std::time::Duration;

use crate::link::{MISSED_HEARTBEATS, WorkerEvent};
use crate::queue::LeaseEvent;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

#[tokio::test]
async fn a_worker_that_does_not_note_its_leases_end_is_told_of() {
    let (server, mut events) = server();
    let _ = (server.forked(1), server.forked(2));
    let (hears, mut heard) = client(&server, 1).await;
    joined(&server, 1).await;
    let (frozen, mut work) = client(&server, 2).await;
    joined(&server, 2).await;
    for (id, client, work) in [(0, &hears, &mut heard), (1, &frozen, &mut work)] {
        client.offer(slots(1));
        queue(&server)
            .enqueue(id, "1".into(), options(20))
            .expect("taken");
        let (lease, ..) = leased(work).await;
        assert_eq!(next(work).await, LeaseEvent::Expired { lease });
        assert_eq!(
            next_of_queue(&mut events).await,
            QueueEvent::Expired { item: id }
        );
        if id == 0 {
            client.released(lease);
        }
    }
    assert_eq!(
        next(&mut events).await,
        EngineEvent::Frozen {
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
    let _ = (server.forked(1), server.forked(2));
    let (_lives, _work) = client(&server, 1).await;
    joined(&server, 1).await;
    let frozen = super::hostile_tests::traitor(&server, 2).await;
    joined(&server, 2).await;
    for _ in 0..2 {
        let to = Silence::Heartbeat;
        let event = next(&mut events).await;
        assert_eq!(event, EngineEvent::Frozen { worker: 2, to });
    }
    drop(frozen);
    left(&server, 2).await;
    tokio::time::sleep(heartbeat * (MISSED_HEARTBEATS + 2)).await;
    assert!(events.try_recv().is_err(), "the other reacts");
}

#[tokio::test]
async fn a_worker_that_would_stay_is_let_go_when_its_successor_is_ready() {
    let (server, mut events) = server();
    assert_eq!(server.start(1), [EngineEvent::Fork]);
    assert_eq!(server.forked(1), []);
    let (first, _work) = client(&server, 1).await;
    first.link().ready();
    let closing = first.link().close(true, Vec::new());
    let replacing = async {
        assert_eq!(next(&mut events).await, EngineEvent::Fork);
        assert!(queue(&server).idle_workers().is_empty());
        assert_eq!(server.forked(2), []);
        let (second, _work) = client(&server, 2).await;
        assert!(server.is_connected(1), "it stays until then");
        second.link().ready();
        left(&server, 1).await;
    };
    tokio::join!(closing, replacing);
}

#[tokio::test]
async fn a_worker_that_retires_is_replaced_before_its_user_hears_of_it() {
    let (server, mut events) = server();
    assert_eq!(server.start(1), [EngineEvent::Fork]);
    assert_eq!(server.forked(1), []);
    let (client, _work) = client(&server, 1).await;
    client.link().retiring("memory");
    assert_eq!(next(&mut events).await, EngineEvent::Fork);
    let reason = "memory".to_owned();
    let retiring = EngineEvent::Retiring { worker: 1, reason };
    assert_eq!(next(&mut events).await, retiring);
}

#[tokio::test]
async fn a_worker_that_is_ready_before_its_fork_is_reported_has_started() {
    let (server, mut events) = server();
    assert_eq!(server.start(1), [EngineEvent::Fork]);
    let (client, _work) = client(&server, 1).await;
    client.link().ready();
    client.link().notice("1");
    let _ = next(&mut events).await;
    assert_eq!(server.forked(1), []);
    assert!(!server.is_starting(1));
}

#[tokio::test]
async fn a_worker_that_is_to_retire_before_it_is_connected_hears_of_it_then() {
    let (server, _events) = server();
    assert_eq!(server.start(1), [EngineEvent::Fork]);
    assert_eq!(server.forked(1), []);
    assert!(server.is_starting(1));
    assert_eq!(server.resize(0), []);
    let (client, mut work) = client(&server, 1).await;
    let retire = LeaseEvent::Worker(WorkerEvent::Retire);
    assert_eq!(next(&mut work).await, retire);
    client.link().close(false, Vec::new()).await;
    left(&server, 1).await;
}

#[tokio::test]
async fn a_worker_that_is_to_end_hears_of_it_over_the_link_or_else_from_node() {
    let (server, _events) = server();
    let _ = (server.forked(1), server.forked(2));
    let (_client, mut work) = client(&server, 1).await;
    joined(&server, 1).await;
    assert_eq!(server.stop(), [EngineEvent::Terminate { worker: 2 }]);
    let halt = LeaseEvent::Worker(WorkerEvent::Halt);
    assert_eq!(next(&mut work).await, halt);
}

#[tokio::test]
async fn an_engine_without_a_queue_has_its_workers_and_one_task_less() {
    let (sender, mut events) = unbounded_channel();
    let mut server = Engine::new(options_with(LONG), move |event| {
        let _ = sender.send(event);
    });
    let _ = server.listen().expect("it listens");
    let metrics = tokio::runtime::Handle::current().metrics();
    // One accepts, one minds the workers; what minds leases is not there.
    until(|| metrics.num_alive_tasks() == 2).await;
    let _ = server.forked(1);
    let (client, _work) = client(&server, 1).await;
    client.offer(slots(1));
    client.link().notice("1");
    let notice = EngineEvent::Notice {
        worker: 1,
        what: "1".into(),
    };
    assert_eq!(next(&mut events).await, notice, "the offer means nothing");
    assert!(server.queue().is_none());
    assert_eq!(server.exited(1, true), []);
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
    joined(&server, 1).await;
    client.offer(slots(1));
    queue(&server)
        .enqueue(0, "1".into(), options(5_000))
        .expect("taken");
    let (lease, ..) = leased(&mut work).await;
    suspended(Duration::from_secs(60)).await;
    client.answer(lease, "2").expect("sent");
    assert!(
        matches!(
            next_of_queue(&mut events).await,
            QueueEvent::Answered { .. }
        ),
        "it has seconds left"
    );
}

#[tokio::test]
async fn a_worker_that_goes_on_after_the_primary_has_its_time_to_take_note_of_a_leases_end() {
    let (server, mut events) = server();
    let _ = (server.forked(1), server.forked(2));
    let (client, mut work) = client(&server, 1).await;
    joined(&server, 1).await;
    client.offer(slots(1));
    queue(&server)
        .enqueue(0, "1".into(), options(20))
        .expect("taken");
    let (lease, ..) = leased(&mut work).await;
    assert_eq!(
        next_of_queue(&mut events).await,
        QueueEvent::Expired { item: 0 }
    );
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
    let _ = (server.forked(1), server.forked(2));
    let stopped = super::hostile_tests::traitor(&server, 1).await;
    joined(&server, 1).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    suspended(Duration::from_secs(60)).await;
    let early = timeout(Duration::from_millis(1_500), events.recv()).await;
    assert!(early.is_err(), "{early:?}");
    let to = Silence::Heartbeat;
    assert_eq!(
        next(&mut events).await,
        EngineEvent::Frozen { worker: 1, to }
    );
    drop(stopped);
}
