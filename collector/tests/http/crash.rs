//! The promise: what was acknowledged survives `kill -9`, once and whole.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::binary::Binary;
use crate::support::{KEY, batch, send};
use unspoken::wire;

const EVENTS: usize = 20;

#[test]
fn acknowledged_batches_survive_sigkill_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let seeds = Arc::new(AtomicU64::new(0));
    let mut acknowledged = Vec::new();
    let mut unanswered = Vec::new();

    for round in 0..4 {
        let mut collector = Binary::start(&db, &["--rate", "100000", "--log", "error"]);
        let address = collector.address;
        let count = Arc::new(AtomicUsize::new(0));
        let posting: Vec<_> = (0..8)
            .map(|_| {
                let (seeds, count) = (Arc::clone(&seeds), Arc::clone(&count));
                std::thread::spawn(move || {
                    let url = format!("http://{address}/v1/batch?key={KEY}");
                    let mut mine = Vec::new();
                    loop {
                        let seed = seeds.fetch_add(1, Ordering::Relaxed);
                        match send("POST", &url, &[], &wire::encode(&batch(seed, EVENTS))) {
                            Ok(answer) => {
                                assert_eq!(answer.status, 204, "{}", answer.body);
                                mine.push(seed);
                                count.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(_) => return (mine, seed),
                        }
                    }
                })
            })
            .collect();
        let patience = Instant::now() + Duration::from_secs(30);
        while count.load(Ordering::Relaxed) < 100 + round * 37 {
            assert!(Instant::now() < patience, "the collector takes no load");
            std::thread::sleep(Duration::from_millis(1));
        }
        collector.kill();
        for thread in posting {
            let (mine, last) = thread.join().unwrap();
            acknowledged.extend(mine);
            unanswered.push(last);
        }
    }

    let collector = Binary::start(&db, &["--rate", "100000", "--log", "error"]);
    let stored = all_stored(&db);
    for seed in &acknowledged {
        let id = batch(*seed, 0).id.0.to_be_bytes();
        assert_eq!(stored.get(&id), Some(&(1, EVENTS)), "acknowledged batch {seed}");
    }
    assert!(stored.values().all(|kept| *kept == (1, EVENTS)), "a batch is there twice or in part");

    // The page sends again what it had no answer for; some of it had been stored.
    let url = format!("http://{}/v1/batch?key={KEY}", collector.address);
    for seed in &unanswered {
        let answer = send("POST", &url, &[], &wire::encode(&batch(*seed, EVENTS))).unwrap();
        assert_eq!(answer.status, 204);
    }
    let stored = all_stored(&db);
    assert_eq!(stored.len(), acknowledged.len() + unanswered.len());
    assert!(stored.values().all(|kept| *kept == (1, EVENTS)));
}

/// Every batch id, with its rows and their events.
fn all_stored(db: &std::path::Path) -> HashMap<[u8; 16], (usize, usize)> {
    let connection = rusqlite::Connection::open(db).unwrap();
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
