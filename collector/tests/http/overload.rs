//! Too much at once, and stopping in the middle of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::{KEY, Lock, Server, Watched, batch, post, stored, wait_for};
use unspoken::wire;

#[test]
fn a_full_queue_is_429_and_what_was_taken_is_kept() {
    let (server, begun) = Watched::start(|settings, _| settings.queue = 2);
    let lock = Lock::take(&server.db());
    let posts: Vec<_> = (0..20)
        .map(|seed| {
            let address = server.address;
            std::thread::spawn(move || (seed, post(address, &wire::encode(&batch(seed, 1)))))
        })
        .collect();
    wait_for(&begun, 20);
    drop(lock);
    let (mut taken, mut refused) = (0, 0);
    for post in posts {
        let (seed, answer) = post.join().unwrap();
        let expected = if answer.status == 204 {
            taken += 1;
            (1, 1)
        } else {
            answer.assert_problem(429, "too-fast");
            assert_eq!(answer.header("retry-after"), Some("1"));
            refused += 1;
            (0, 0)
        };
        assert_eq!(stored(&server.db(), batch(seed, 1).id), expected);
    }
    // Two in the queue, and up to two that the writer held.
    assert!((2..=4).contains(&taken), "{taken} taken, {refused} refused");
}

#[test]
fn an_address_that_is_too_fast_is_429() {
    let server = Server::start_with(|settings, _| settings.rate = 1);
    let statuses: Vec<u16> =
        (0..4).map(|seed| server.post(&wire::encode(&batch(seed, 1))).status).collect();
    assert_eq!(statuses, [204; 4]);
    // A slow machine may have earned a token meanwhile, but not one for each.
    let answer = (4..50)
        .map(|seed| server.post(&wire::encode(&batch(seed, 1))))
        .find(|answer| answer.status != 204)
        .expect("a limit");
    answer.assert_problem(429, "too-fast");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[test]
fn a_stop_waits_for_what_has_begun() {
    let (mut server, begun) = Watched::start(|_, _| {});
    let lock = Lock::take(&server.db());
    let (address, waiting) = (server.address, batch(1, 4));
    let bytes = wire::encode(&waiting);
    let post = std::thread::spawn(move || post(address, &bytes));
    wait_for(&begun, 1);
    server.begin_stop();
    std::thread::sleep(Duration::from_millis(200));
    assert!(!post.is_finished());
    drop(lock);
    assert_eq!(post.join().unwrap().status, 204);
    server.wait();
    assert_eq!(stored(&server.db(), waiting.id), (1, 4));
}

/// A few hundred callers that never finish a request must not shut everybody else out.
#[test]
fn a_caller_that_dawdles_is_cut_off() {
    let server = Server::start_with(|settings, _| settings.patience = Duration::from_secs(1));
    let begin = |text: &str| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let mut answer = String::new();
    let mut silent = begin("");
    let mut in_the_head = begin("POST /v1/batch HTTP/1.1\r\nhost: x\r\n");
    let mut in_the_body =
        begin("POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf");
    for stream in [&mut silent, &mut in_the_head] {
        stream.read_to_string(&mut answer).expect("closed, not left open");
    }
    assert!(!answer.contains("200"), "{answer}");
    answer.clear();
    in_the_body.read_to_string(&mut answer).expect("closed, not left open");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("took too long"), "{answer}");
}

#[test]
fn a_stop_waits_for_a_body_that_is_on_its_way() {
    let mut server = Server::start();
    let sent = batch(1, 4);
    let bytes = wire::encode(&sent);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let head = format!(
        "POST /v1/batch?key={KEY} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The collector asks for the body: so it has begun.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.begin_stop();
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(&bytes).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    server.wait();
    assert_eq!(stored(&server.db(), sent.id), (1, 4));
}
