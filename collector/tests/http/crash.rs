//! The promise: what was acknowledged survives `kill -9`, once and whole.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::binary::Binary;
use crate::support::{KEY, TOKEN, batch, digested, send};
use unspoken::id::Rng;
use unspoken::wire;

const EVENTS: usize = 20;
const ROUNDS: usize = 20;
const POSTING: usize = 6;
/// More than a test on a slow machine sends.
const FAST: [&str; 4] = ["--rate", "1000000", "--log", "error"];

/// What one thread was told of what it sent.
#[derive(Default)]
struct Told {
    acknowledged: Vec<u64>,
    /// The collector died over it.
    unanswered: Vec<u64>,
}

/// Posts until the collector is gone; first `again`, which had no answer before. Now and then it
/// sends one that was acknowledged once more, as a beacon's copy comes.
fn post_until_killed(url: &str, again: Vec<u64>, seeds: &AtomicU64, count: &AtomicUsize) -> Told {
    let mut told = Told::default();
    let mut again = again.into_iter();
    loop {
        let repeated = told.acknowledged.last().copied().filter(|seed| seed % 5 == 0);
        let seed = again.next().unwrap_or_else(|| seeds.fetch_add(1, Ordering::Relaxed));
        for sent in repeated.into_iter().chain([seed]) {
            match send("POST", url, &[], &wire::encode(&batch(sent, EVENTS))) {
                Ok(answer) => {
                    assert_eq!(answer.status, 204, "{}", answer.body);
                    told.acknowledged.push(sent);
                    count.fetch_add(1, Ordering::Relaxed);
                }
                Err(_) => {
                    told.unanswered.extend([sent, seed]);
                    told.unanswered.extend(again);
                    return told;
                }
            }
        }
    }
}

#[test]
fn acknowledged_batches_survive_sigkill_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let seeds = Arc::new(AtomicU64::new(0));
    let mut moments = Rng::new(6);
    let (mut acknowledged, mut unanswered) = (Vec::new(), Vec::new());
    let mut left_in_inbox = 0;

    for round in 0..ROUNDS {
        let mut collector = Binary::start(&db, &FAST);
        let url = format!("http://{}/v1/batch?key={KEY}", collector.address);
        let count = Arc::new(AtomicUsize::new(0));
        // What had no answer is sent again in the next round, by one of the threads.
        let mut again = std::mem::take(&mut unanswered);
        let posting: Vec<_> = (0..POSTING)
            .map(|_| {
                let (seeds, count, url) = (Arc::clone(&seeds), Arc::clone(&count), url.clone());
                let again = std::mem::take(&mut again);
                std::thread::spawn(move || post_until_killed(&url, again, &seeds, &count))
            })
            .collect();
        // After so many answers, and then at a moment of its own within what the writer does.
        let enough = 20 + (moments.draw() % 60) as usize;
        let patience = Instant::now() + Duration::from_secs(60);
        while count.load(Ordering::Relaxed) < enough {
            assert!(Instant::now() < patience, "round {round}: the collector takes no load");
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(moments.draw() % 5_000));
        collector.kill();
        for thread in posting {
            let told = thread.join().unwrap();
            acknowledged.extend(told.acknowledged);
            unanswered.extend(told.unanswered);
        }
        left_in_inbox += in_inbox(&db);
    }
    // Else only batches that were digested have met a kill, and the inbox has not.
    assert!(left_in_inbox > 0, "no kill met a batch that was acknowledged and not digested");

    let collector = Binary::start(&db, &FAST);
    let kept = all_stored(&db);
    for seed in &acknowledged {
        let id = batch(*seed, 0).id.0.to_be_bytes();
        assert_eq!(kept.get(&id), Some(&(1, EVENTS)), "acknowledged batch {seed}");
    }
    assert!(kept.values().all(|kept| *kept == (1, EVENTS)), "a batch is there twice or in part");

    // The page sends again what it had no answer for; some of it had been stored.
    let url = format!("http://{}/v1/batch?key={KEY}", collector.address);
    for seed in &unanswered {
        let answer = send("POST", &url, &[], &wire::encode(&batch(*seed, EVENTS))).unwrap();
        assert_eq!(answer.status, 204);
    }
    let sent: std::collections::HashSet<u64> =
        acknowledged.iter().chain(&unanswered).copied().collect();
    let kept = all_stored(&db);
    assert_eq!(kept.len(), sent.len());
    assert!(kept.values().all(|kept| *kept == (1, EVENTS)));

    // The report counts what the tables have: it waits for the inbox by itself.
    let bearer = format!("Bearer {TOKEN}");
    let url = format!("http://{}/v1/report?minutes=60", collector.address);
    let report = send("GET", &url, &[("authorization", &bearer)], &[]).unwrap().json();
    assert_eq!(report["totals"]["batches"], sent.len());
    assert_eq!(report["totals"]["clicks"], sent.len() * EVENTS);
}

/// What the killed collector has left to be digested.
fn in_inbox(db: &std::path::Path) -> i64 {
    let connection = rusqlite::Connection::open(db).unwrap();
    connection.query_row("SELECT count(*) FROM inbox", [], |row| row.get(0)).unwrap()
}

/// Every batch id, with its rows and their events.
fn all_stored(db: &std::path::Path) -> HashMap<[u8; 16], (usize, usize)> {
    let connection = digested(db);
    let mut statement = connection
        .prepare(
            "SELECT id, count(DISTINCT batch), count(ordinal)
             FROM batches LEFT JOIN events USING (batch) GROUP BY id",
        )
        .unwrap();
    let rows =
        statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
    rows.map(Result::unwrap).collect()
}
