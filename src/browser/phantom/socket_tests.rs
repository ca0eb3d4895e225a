use super::*;
use crate::browser::phantom::listener::Listener;
use futures_util::SinkExt;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

type Client = WebSocketStream<TcpStream>;

fn port_of(url: &str) -> u16 {
    let host = url.split('/').nth(2).expect("a host");
    host.rsplit(':')
        .next()
        .and_then(|port| port.parse().ok())
        .expect("a port")
}

async fn connect(url: &str) -> Result<Client, tokio_tungstenite::tungstenite::Error> {
    let stream = TcpStream::connect(("127.0.0.1", port_of(url))).await?;
    let config = WebSocketConfig::default().max_frame_size(None);
    let (client, _) =
        tokio_tungstenite::client_async_with_config(url, stream, Some(config)).await?;
    Ok(client)
}

/// Both ends of a connection.
async fn connected() -> (Client, Socket) {
    let listener = Listener::bind().await.expect("it listens");
    let url = listener.url().expect("it has an address");
    let (client, socket) = tokio::join!(connect(&url), listener.accept());
    (client.expect("accepted"), socket.expect("accepted"))
}

/// Runs `socket`; what it heard, and how it ended.
fn running(
    socket: Socket,
    limit: Duration,
) -> (mpsc::UnboundedReceiver<String>, JoinHandle<BridgeError>) {
    let (heard, hearing) = mpsc::unbounded_channel();
    let run = socket.run(limit, move |text| {
        let _ = heard.send(text.to_owned());
    });
    (hearing, tokio::spawn(run))
}

#[tokio::test]
async fn peers_without_the_token_are_refused_and_hold_up_nobody() {
    let listener = Listener::bind().await.expect("it listens");
    let url = listener.url().expect("it has an address");
    let port = port_of(&url);
    let accepted = tokio::spawn(listener.accept());
    let silent = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("heard");
    let mut garbled = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("heard");
    garbled
        .write_all(b"GET / HTTP/9.9\r\n\r\n")
        .await
        .expect("said");
    for path in ["/", &format!("/{:032x}", 0), "/x"] {
        let error = connect(&format!("ws://127.0.0.1:{port}{path}"))
            .await
            .expect_err("refused");
        assert!(error.to_string().contains("403"), "{error}");
    }
    let _client = connect(&url).await.expect("accepted");
    let _socket = accepted.await.expect("no panic").expect("accepted");
    drop(silent);
    assert!(connect(&url).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn frames_of_any_size_arrive_whole_and_in_order() {
    let (mut client, socket) = connected().await;
    let sender = socket.sender();
    let (mut heard, run) = running(socket, Duration::from_secs(60));
    let sizes = [0, 1, 125, 126, 65_535, 65_536, 20_000_000, 3];
    // All at once: more than the kernel takes.
    for size in sizes {
        sender.send_text(&"é".repeat(size));
    }
    for size in sizes {
        let message = client.next().await.expect("a frame").expect("whole");
        assert_eq!(message.into_text().expect("a text").len(), 2 * size);
    }
    for size in sizes {
        client
            .send(Message::text("ü".repeat(size)))
            .await
            .expect("sent");
        assert_eq!(heard.recv().await.expect("heard").len(), 2 * size);
    }
    drop(client);
    let error = run.await.expect("no panic");
    assert!(matches!(error, BridgeError::Socket(_)), "{error}");
}

#[tokio::test]
async fn a_ping_between_large_frames_is_answered_without_breaking_them() {
    let (mut client, socket) = connected().await;
    let sender = socket.sender();
    let (_heard, _run) = running(socket, Duration::from_secs(60));
    client.send(Message::Ping("x".into())).await.expect("sent");
    for _ in 0..20 {
        sender.send_text(&"y".repeat(300_000));
    }
    let mut texts = 0;
    let mut pongs = 0;
    while texts < 20 || pongs < 1 {
        match client.next().await.expect("more").expect("whole") {
            Message::Text(text) => {
                assert_eq!(text.len(), 300_000);
                texts += 1;
            }
            Message::Pong(_) => pongs += 1,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_answers_pings_is_not_silent_and_one_that_does_not_is() {
    let limit = Duration::from_secs(10);
    let (mut client, socket) = connected().await;
    let (_heard, run) = running(socket, limit);
    // Reading is what answers.
    for _ in 0..10 {
        let message = client.next().await.expect("a frame").expect("whole");
        assert!(matches!(message, Message::Ping(_)), "{message:?}");
        client.flush().await.expect("answered");
        // In time that stands still: the answer is on its way through the kernel.
        tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(20)))
            .await
            .expect("slept");
    }
    assert!(!run.is_finished());
    let error = run.await.expect("no panic");
    assert!(matches!(error, BridgeError::Silent(_)), "{error}");
}

#[tokio::test]
async fn a_probe_is_answered_when_the_client_has_come_so_far() {
    let (mut client, socket) = connected().await;
    let sender = socket.sender();
    let (_heard, run) = running(socket, Duration::from_secs(60));
    assert_eq!(sender.unanswered(), None);
    sender.probe();
    sender.send_text("1");
    sender.probe();
    assert!(sender.unanswered().is_some());
    // Reading answers the pings that are read.
    while !client.next().await.expect("more").expect("sound").is_text() {}
    let answered = async {
        while sender.unanswered().is_some() {
            tokio::task::yield_now().await;
        }
    };
    let reading = async { while client.next().await.is_some() {} };
    tokio::select! {
        () = answered => {}
        () = reading => panic!("the connection ended"),
    }
    run.abort();
}

#[test]
fn the_answer_to_a_probe_is_one_to_those_before_it() {
    let mut probes = Probes::default();
    let _ = probes.sent();
    let second = probes.sent();
    let third = probes.sent();
    probes.answered(b"");
    assert_eq!(probes.unanswered.len(), 3, "another ping's answer");
    probes.answered(&second);
    assert_eq!(probes.unanswered.len(), 1);
    probes.answered(&third);
    probes.answered(&second);
    assert!(probes.unanswered.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_that_was_stopped_together_with_this_process_is_not_silent() {
    let limit = Duration::from_secs(10);
    let (_client, socket) = connected().await;
    let (_heard, run) = running(socket, limit);
    tokio::task::yield_now().await;
    let begun = tokio::time::Instant::now();
    tokio::time::advance(Duration::from_secs(60)).await;
    let error = run.await.expect("no panic");
    assert!(matches!(error, BridgeError::Silent(_)), "{error}");
    // Nothing ever answers here. It has the whole limit after the stop.
    assert!(begun.elapsed() >= Duration::from_secs(60) + limit);
}
