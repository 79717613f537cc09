//! `unspoken backup`: a copy that can be carried away, of a database that is written to.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::binary::Binary;
use crate::support::{KEY, batch, post, run, send, stored};
use unspoken::wire;

#[test]
fn a_copy_holds_every_batch_that_was_acknowledged_before_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let collector = Binary::start(&db, &["--rate", "100000", "--log", "error"]);
    let url = format!("http://{}/v1/batch?key={KEY}", collector.address);
    let stop = Arc::new(AtomicBool::new(false));
    let seeds = Arc::new(AtomicU64::new(0));
    let acknowledged = Arc::new(Mutex::new(HashSet::new()));
    let posting: Vec<_> = (0..4)
        .map(|_| {
            let (stop, seeds) = (Arc::clone(&stop), Arc::clone(&seeds));
            let (acknowledged, url) = (Arc::clone(&acknowledged), url.clone());
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let seed = seeds.fetch_add(1, Ordering::Relaxed);
                    let answer = send("POST", &url, &[], &wire::encode(&batch(seed, 20))).unwrap();
                    // Under load it may ask to wait; that batch is not counted.
                    if answer.status == 204 {
                        acknowledged.lock().unwrap().insert(seed);
                    }
                }
            })
        })
        .collect();

    let mut copies = Vec::new();
    for number in 0..3 {
        let patience = Instant::now() + Duration::from_secs(60);
        while acknowledged.lock().unwrap().len() < 100 * (number + 1) {
            assert!(Instant::now() < patience, "the collector takes no load");
            std::thread::sleep(Duration::from_millis(2));
        }
        let before = acknowledged.lock().unwrap().clone();
        let copy = folder.path().join(format!("copy-{number}.db"));
        let (ok, said, complaint) =
            run(&["backup", copy.to_str().unwrap(), "--db", db.to_str().unwrap()]);
        assert!(ok, "{complaint}");
        assert!(said.contains(" bytes"), "{said}");
        copies.push((copy, before));
    }
    stop.store(true, Ordering::Relaxed);
    posting.into_iter().for_each(|thread| thread.join().unwrap());
    drop(collector);

    for (copy, before) in copies {
        let beside = copy.with_added_extension("part");
        assert!(!beside.exists());
        // A collector that is started on it has what was still in the inbox.
        let restored = Binary::start(&copy, &["--rate", "100000", "--log", "error"]);
        for seed in &before {
            assert_eq!(stored(&copy, batch(*seed, 0).id), (1, 20), "batch {seed}");
        }
        assert_eq!(post(restored.address, &wire::encode(&batch(u64::MAX, 1))).status, 204);
        let sound: String = rusqlite::Connection::open(&copy)
            .unwrap()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
    }
}

#[test]
fn nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    drop(Binary::start(&db, &[]));
    let copy = folder.path().join("copy.db");
    std::fs::write(&copy, "mine").unwrap();
    let (db, copy_name) = (db.to_str().unwrap(), copy.to_str().unwrap());
    let (ok, _, complaint) = run(&["backup", copy_name, "--db", db]);
    assert!(!ok && complaint.contains("--force"), "{complaint}");
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), "mine");
    let (ok, _, complaint) = run(&["backup", db, "--db", db, "--force"]);
    assert!(!ok && complaint.contains("the database itself"), "{complaint}");
    let (ok, _, complaint) = run(&["backup", copy_name, "--db", db, "--force"]);
    assert!(ok, "{complaint}");
    assert!(std::fs::read(&copy).unwrap().starts_with(b"SQLite format 3"));
    let absent = folder.path().join("absent.db");
    let (ok, _, complaint) = run(&["backup", copy_name, "--db", absent.to_str().unwrap()]);
    assert!(!ok && complaint.contains("there is no database"), "{complaint}");
    assert!(!absent.exists());
}
