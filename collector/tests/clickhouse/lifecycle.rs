//! Erasing and retaining: what is gone from one store is gone from the other.

use unspoken::id::Id;
use unspoken_collector::store::lifecycle::Retention;
use unspoken_collector::store::question;
use unspoken_collector::store::{Appended, ClickHouseStore, Store};

use crate::equal::{append_all, assert_equal_but};
use crate::known::{ANN, DAY, MINUTE, NOW, batches, rows};
use crate::questions::sqlite;
use crate::server::Server;

#[test]
fn a_visitor_is_erased_from_both_alike() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let one = sqlite(folder.path());
    let other = ClickHouseStore::open(&server.settings("erased")).unwrap();
    append_all(&other, batches());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let erase =
        |store: &dyn Store, who| runtime.block_on(store.erase("demo", Id(who))).unwrap().removed;
    let removed = erase(&other, ANN);
    assert_eq!(removed, erase(&one, ANN));
    assert!(removed.batches == 3 && removed.lessons == 2 && removed.traces == 1, "{removed:?}");
    assert_eq!(erase(&other, ANN).rows(), 0, "twice");
    assert_equal_but(&one, &other, &["lessons", "kept_traces", "person"]);
    let who = format!("{ANN:032x}");
    assert_eq!(rows(&other, &question::PERSON, [0, NOW], &[&who]), []);
    // What her page still sends is answered, and not kept; and the other site's are not touched.
    assert_eq!(append_all(&other, batches()), vec![Ok(Appended::Seen); batches().len()]);
    assert_eq!(rows(&other, &question::PERSON, [0, NOW], &[&who]), []);
    let left = server.query("SELECT count() FROM erased.batches FINAL WHERE site = 'other'");
    assert_eq!(left, b"1\n");
}

#[test]
fn what_is_old_goes_from_both_alike() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let one = sqlite(folder.path());
    let other = ClickHouseStore::open(&server.settings("retained")).unwrap();
    append_all(&other, batches());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // A day before the middle of the hour: within a batch some events are older, and some are not.
    let now = NOW - 30 * MINUTE + DAY + 3_050;
    let day = Retention { events: 1, traces: 1, lessons: 0, forecasts: 1, sessions: 1 };
    for retention in [day, Retention { lessons: 1, ..day }] {
        let retain =
            |store: &dyn Store| runtime.block_on(store.retain("demo", retention, now)).unwrap();
        let [expected, found] = [retain(&one), retain(&other)];
        assert_eq!((found.events, found.forecasts), (expected.events, expected.forecasts));
        assert_eq!((found.lessons, found.batches), (expected.lessons, expected.batches));
        assert!(found.rows() > 0);
        assert_equal_but(&one, &other, &["kept_traces"]);
    }
}
