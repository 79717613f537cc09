//! `ack = "spool"`: what is synced beside the collector is acknowledged, and gets there.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use unspoken_collector::store::settings::{Ack, StoreSettings};
use unspoken_collector::store::{Arrival, ClickHouseStore, Store, StoreError};

use crate::collector::{Collector, Pages, assert_each_once, batch, kept, wait_until};
use crate::server::Server;

fn arrival(seed: u64) -> Arrival {
    let batch = batch(seed);
    Arrival { site: "demo".into(), received_at: batch.base_ms + 1_000, bytes: 500, batch }
}

/// Killed with a full spool, started again: all there once. And again with a server that goes away.
#[test]
fn a_collector_killed_with_a_full_spool_loses_nothing() {
    let Some(mut server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    let settings = server.settings("spooled");
    // The tables are there; then the server goes.
    drop(ClickHouseStore::open(&settings).unwrap());
    server.kill();

    let mut collector = Collector::start(&settings, Some(&spool));
    let address: Arc<Mutex<SocketAddr>> = Arc::new(Mutex::new(collector.address));
    let to = Arc::clone(&address);
    let pages = Pages::start(8, move || *to.lock().unwrap(), 0);
    let acknowledged = || pages.acknowledged.load(Ordering::SeqCst);
    wait_until("acknowledged from the spool alone", || acknowledged() >= 200);
    collector.kill();
    let then = acknowledged();
    let torn = std::fs::OpenOptions::new().append(true).open(newest(&spool)).unwrap();
    std::io::Write::write_all(&mut { torn }, &[9, 0, 0, 0, 1, 2, 3]).unwrap();

    // On the same spool, with the server still away; then it comes.
    let mut collector = Collector::start(&settings, Some(&spool));
    *address.lock().unwrap() = collector.address;
    wait_until("it takes more", || acknowledged() >= then + 100);
    server.again();
    wait_until("the spool drains", || kept(&server, "spooled") > then);
    // Under load the server is killed once more, and the collector as well.
    server.kill();
    let then = acknowledged();
    wait_until("it takes more", || acknowledged() >= then + 50);
    collector.kill();
    server.again();
    let collector = Collector::start(&settings, Some(&spool));
    *address.lock().unwrap() = collector.address;
    let seeds = pages.stop();
    wait_until("all of it is there", || kept(&server, "spooled") >= seeds.len());
    assert_each_once(&server, "spooled", &seeds);
    let left = || segments(&spool).len();
    wait_until("the spool is empty", || left() == 0);
    assert!(
        std::fs::read_dir(&spool).unwrap().any(|it| it
            .unwrap()
            .path()
            .extension()
            .is_some_and(|it| it == "cut"))
    );
}

fn segments(spool: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(spool)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "spool"))
        .collect();
    all.sort();
    all
}

fn newest(spool: &std::path::Path) -> std::path::PathBuf {
    segments(spool).pop().unwrap()
}

/// A spool is bounded: beyond, pages keep what they have.
#[test]
fn a_full_spool_takes_no_more_and_then_again() {
    let Some(mut server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings {
        ack: Ack::Spool,
        spool: folder.path().join("spool"),
        ..server.settings("full")
    };
    drop(ClickHouseStore::open(&StoreSettings { ack: Ack::Insert, ..settings.clone() }).unwrap());
    server.kill();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = ClickHouseStore::open_with_spool_of(&settings, 20_000).unwrap();
    let mut seeds = Vec::new();
    let refused = loop {
        match runtime.block_on(store.append(arrival(seeds.len() as u64))) {
            Ok(_) => seeds.push(seeds.len() as u64),
            Err(error) => break error,
        }
        assert!(seeds.len() < 1_000, "it has no bound");
    };
    assert_eq!(refused, StoreError::Busy);
    assert_eq!(store.health(), Err(StoreError::Busy));
    server.again();
    wait_until("room", || store.health().is_ok());
    let more = seeds.len() as u64;
    wait_until("it takes more", || runtime.block_on(store.append(arrival(more))).is_ok());
    seeds.push(more);
    runtime.block_on(store.close()).unwrap();
    assert_each_once(&server, "full", &seeds);
    assert!(segments(&settings.spool).is_empty());
}
