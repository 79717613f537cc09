//! Collectors keep nothing: two behind a balancer, one killed under load, and nothing is lost.

use std::sync::atomic::Ordering;

use crate::collector::{Balancer, Collector, Pages, assert_each_once, wait_until};
use crate::server::Server;

#[test]
fn a_collector_killed_under_load_loses_nothing() {
    let Some(server) = Server::start() else { return };
    let settings = server.settings("two");
    let mut first = Collector::start(&settings, None);
    let second = Collector::start(&settings, None);
    let balancer = Balancer::start(vec![first.address, second.address]);
    let address = balancer.address;
    let pages = Pages::start(8, move || address, 0);
    let acknowledged = || pages.acknowledged.load(Ordering::SeqCst);
    wait_until("load", || acknowledged() >= 200);
    first.kill();
    let then = acknowledged();
    wait_until("the other one goes on", || acknowledged() >= then + 200);
    let seeds = pages.stop();
    assert!(seeds.len() >= 400);
    assert_each_once(&server, "two", &seeds);
}

/// Not acknowledged while ClickHouse is away; acknowledged when it is back, without anybody's doing.
#[test]
fn a_server_killed_under_load_loses_nothing() {
    let Some(mut server) = Server::start() else { return };
    let collector = Collector::start(&server.settings("away"), None);
    let address = collector.address;
    let pages = Pages::start(8, move || address, 0);
    let ready = || ureq::get(format!("http://{address}/readyz")).call().is_ok();
    let acknowledged = || pages.acknowledged.load(Ordering::SeqCst);
    wait_until("load", || acknowledged() >= 100);
    assert!(ready());
    server.kill();
    let refused = pages.refused.load(Ordering::SeqCst);
    wait_until("refusals", || pages.refused.load(Ordering::SeqCst) >= refused + 20);
    wait_until("not ready", || !ready());
    server.again();
    let then = acknowledged();
    wait_until("it recovers", || acknowledged() >= then + 100 && ready());
    let seeds = pages.stop();
    assert_each_once(&server, "away", &seeds);
}
