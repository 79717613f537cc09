//! Webhooks: what is told, how often, and what becomes of it where the receiver or the collector
//! fails.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use unspoken::wire::{self, Batch, Bin, Event, What};
use unspoken_collector::Settings;
use unspoken_collector::secret::Password;
use unspoken_collector::settings::Hook;
use unspoken_collector::webhook::Policy;

use crate::receiver::{Got, Receiver, Says};
use crate::support::{KEY, Server, TOKEN, batch, post, run, send, settings, stored};

const SECRET: &str = "whsec_known";

fn hook(settings: &mut Settings, url: &str, on: &[&str]) {
    let on = on.iter().map(|rule| (*rule).to_owned()).collect();
    let hook = Hook { url: url.to_owned(), secret: Password::new(SECRET), on };
    settings.first_mut().unwrap().webhooks.push(hook);
    settings.delivery =
        Policy { first: Duration::from_millis(20), patience: Duration::from_secs(3), attempts: 12 };
}

fn server(receiver: &Receiver, on: &[&str]) -> Server {
    Server::start_with(|settings, _| hook(settings, &receiver.url(), on))
}

/// A batch with goals `purchase` of these values, and a forecast of `struggle`, in thousandths.
fn told(seed: u64, values: &[f64], forecast: Option<u32>) -> Batch {
    let mut batch = batch(seed, 0);
    batch.names = vec!["purchase".into(), "struggle".into()];
    let goal = |value: &f64| Event { at: 500, what: What::Goal { name: 1, value: *value } };
    batch.events = values.iter().map(goal).collect();
    if let Some(sum_milli) = forecast {
        let bin = Bin { index: (sum_milli / 100).min(9) as u8, count: 1, positives: 0, sum_milli };
        batch.events.push(Event { at: 600, what: What::Forecast { head: 2, bins: vec![bin] } });
    }
    batch
}

fn posted(server: &Server, batch: &Batch) {
    let answer = server.post(&wire::encode(batch));
    assert_eq!(answer.status, 204, "{}", answer.body);
}

fn dead(server: &Server) -> Vec<serde_json::Value> {
    let bearer = format!("Bearer {TOKEN}");
    let answer = server.get("/v1/webhooks/dead", &[("authorization", &bearer)]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["dead"].as_array().unwrap().clone()
}

/// Waits for a condition of the collector's.
#[track_caller]
fn wait(what: &str, holds: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < patience, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_goal_is_told_signed_and_once() {
    let receiver = Receiver::start();
    let server = server(&receiver, &["goal:purchase", "goal:*"]);
    let batch = told(1, &[80.5], None);
    for _ in 0..3 {
        posted(&server, &batch);
    }
    posted(&server, &told(2, &[7.0, 8.0], None));
    let got = receiver.wait(|got| got.len() >= 3);
    let first = got.iter().find(|got| got.json()["value"] == 80.5).unwrap();
    let json = first.json();
    assert_eq!(json["type"], "goal");
    assert_eq!((&json["site"], &json["goal"]), (&"demo".into(), &"purchase".into()));
    assert_eq!(json["visitor"], batch.visitor.to_hex());
    assert_eq!(json["session"], batch.session.to_hex());
    assert_eq!(json["at"], batch.base_ms + 500);

    let (time, digits) = first.signature.split_once(",v1=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{time}.{}", first.body).as_bytes());
    let expected: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digits, expected);
    assert!(time.parse::<u64>().unwrap().abs_diff(crate::support::now_ms() / 1000) < 300);

    // Another batch's news come after the copies, and no copy is told.
    posted(&server, &told(3, &[9.0], None));
    let got = receiver.wait(|got| got.iter().any(|got| got.json()["value"] == 9.0));
    let ids: HashSet<String> = got.iter().map(|got| got.json()["id"].to_string()).collect();
    assert_eq!((got.len(), ids.len()), (4, 4));
}

#[test]
fn an_intent_is_told_once_a_session() {
    let receiver = Receiver::start();
    let server = server(&receiver, &["intent:struggle>=0.8", "goal:end"]);
    let first = told(1, &[], Some(830));
    posted(&server, &first);
    for (seed, forecast) in [(2, 900), (3, 990)] {
        let mut again = told(seed, &[], Some(forecast));
        (again.session, again.visitor) = (first.session, first.visitor);
        posted(&server, &again);
    }
    posted(&server, &told(4, &[1.0], Some(790)));
    let mut machine = told(5, &[1.0], Some(990));
    machine.excluded = 1;
    posted(&server, &machine);
    posted(&server, &told(6, &[], Some(950)));
    let mut end = told(7, &[2.0], None);
    end.names[0] = "end".into();
    posted(&server, &end);
    let got =
        receiver.wait(|got| got.iter().any(|got| got.json()["goal"] == "end") && got.len() >= 3);
    let mut forecasts: Vec<_> =
        got.iter().filter_map(|got| got.json()["forecast"].as_f64()).collect();
    forecasts.sort_by(f64::total_cmp);
    assert_eq!(forecasts, [0.83, 0.95]);
    let json = got.iter().map(Got::json).find(|json| json["forecast"] == 0.83).unwrap();
    assert_eq!((&json["type"], &json["head"]), (&"intent".into(), &"struggle".into()));
    assert_eq!(json["session"], first.session.to_hex());
}

#[test]
fn a_receiver_that_fails_is_tried_again_until_it_is_well() {
    let receiver = Receiver::start();
    let server = server(&receiver, &["goal:*"]);
    let late = Says::Late(Duration::from_secs(8));
    let script = vec![Says::Status(500), Says::Elsewhere("/elsewhere"), late, Says::Status(404)];
    receiver.say(script, Says::Status(204));
    posted(&server, &told(1, &[1.0], None));
    let got = receiver.wait(|got| got.len() >= 5);
    wait("the delivery is over", || {
        let state = rusqlite::Connection::open(server.folder.path().join("state.db")).unwrap();
        let count = "SELECT count(*) FROM deliveries";
        state.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap() == 0
    });
    assert!(got.iter().all(|got| got.path == "/hook"), "a redirect was followed");
    assert!(got.iter().all(|other| other.body == got[0].body), "a copy differs");
    assert_eq!(dead(&server).len(), 0);
}

#[test]
fn what_was_given_up_is_listed_and_sent_again_when_it_is_asked_for() {
    let receiver = Receiver::start();
    receiver.say(Vec::new(), Says::Status(503));
    let server = Server::start_with(|settings, _| {
        hook(settings, &receiver.url(), &["goal:*"]);
        settings.delivery.attempts = 2;
    });
    posted(&server, &told(1, &[1.0], None));
    posted(&server, &told(2, &[2.0], None));
    wait("both are given up", || dead(&server).len() == 2);
    let list = dead(&server);
    assert_eq!((&list[0]["attempts"], &list[0]["error"]), (&2.into(), &"status 503".into()));
    assert_eq!(list[0]["url"], receiver.url());
    assert_eq!(list[0]["event"]["type"], "goal");
    let state = server.folder.path().join("state.db").to_str().unwrap().to_owned();
    let (well, printed, _) = run(&["webhooks", "dead", "--state", &state]);
    assert!(well && printed.lines().count() == 2 && printed.contains("status 503"), "{printed}");
    assert!(!printed.contains(SECRET));

    receiver.say(Vec::new(), Says::Status(200));
    let before = receiver.got().len();
    let bearer = format!("Bearer {TOKEN}");
    let id = list[0]["id"].as_str().unwrap();
    let path = format!("/v1/webhooks/dead/{id}/retry");
    let answer = server.post_with(&path, &[("authorization", &bearer)], b"");
    assert_eq!(answer.status, 202, "{}", answer.body);
    receiver.wait(|got| got.len() > before && got.last().unwrap().json()["id"] == id);
    wait("one is left", || dead(&server).len() == 1);
    server.post_with(&path, &[("authorization", &bearer)], b"").assert_problem(404, "absent");
    server.post_with(&path, &[], b"").assert_problem(401, "token");

    let (well, _, complained) = run(&["webhooks", "retry", "evt_none", "--state", &state]);
    assert!(!well && complained.contains("no delivery evt_none"), "{complained}");
    let (well, printed, _) = run(&["webhooks", "retry", "--all", "--state", &state]);
    assert!(well && printed == "1 queued again\n", "{printed}");
    wait("none is left", || dead(&server).is_empty());
    receiver.wait(|got| got.iter().any(|got| got.json()["id"] == list[1]["id"]));
}

#[test]
fn one_receiver_that_hangs_holds_up_no_other() {
    let (slow, well) = (Receiver::start(), Receiver::start());
    slow.say(Vec::new(), Says::Late(Duration::from_secs(600)));
    let server = Server::start_with(|settings, _| {
        hook(settings, &slow.url(), &["goal:*"]);
        hook(settings, &well.url(), &["goal:*"]);
    });
    for seed in 0..20 {
        posted(&server, &told(seed, &[1.0], None));
    }
    let got = well.wait(|got| got.len() >= 20);
    assert!(slow.got().len() < got.len());
}

#[test]
fn rules_that_cannot_be_are_refused_at_the_start() {
    for (url, rule, said) in [
        ("ftp://crm.example/", "goal:*", "https://"),
        ("https://crm.example/", "purchase", "goal:NAME"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(&folder.path().join("unspoken.db"));
        hook(&mut settings, url, &[rule]);
        let refused = unspoken_collector::prepare(settings).err().unwrap().to_string();
        assert!(refused.contains(said) && refused.contains("webhook 1"), "{refused}");
    }
}

/// A site without webhooks has no state file, so it cannot wait for one.
#[test]
fn who_has_no_webhook_pays_nothing() {
    let server = Server::start();
    posted(&server, &told(1, &[1.0], Some(990)));
    assert!(!server.folder.path().join("state.db").exists());
}

/// The window between the store and the queue: the process died after it wrote the batch down, and
/// before it said that it was stored. The next start stores it and tells of it.
#[test]
fn a_batch_that_was_left_in_between_is_stored_and_told() {
    let receiver = Receiver::start();
    let (before, lost) = (told(1, &[1.0], None), told(2, &[2.0], None));
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    {
        let server = server(&receiver, &["goal:*"]);
        posted(&server, &before);
        receiver.wait(|got| got.len() == 1);
        drop_into(&server.folder.path().join("unspoken.db"), &db);
        drop_into(&server.folder.path().join("state.db"), &folder.path().join("state.db"));
    }
    let state = rusqlite::Connection::open(folder.path().join("state.db")).unwrap();
    state
        .execute(
            "INSERT INTO intents (site, batch, visitor, received_at, owner, body)
             VALUES ('demo', ?1, ?2, ?3, 99, ?4)",
            rusqlite::params![
                lost.id.0.to_be_bytes(),
                lost.visitor.0.to_be_bytes(),
                crate::support::now_ms(),
                wire::encode(&lost)
            ],
        )
        .unwrap();
    let copy = db.clone();
    let server = Server::start_with(|settings, _| {
        settings.db = copy;
        hook(settings, &receiver.url(), &["goal:*"]);
    });
    let got = receiver.wait(|got| got.len() == 2);
    assert_eq!(got[1].json()["value"], 2.0);
    wait("it is stored", || stored(&db, lost.id) == (1, 1));
    // The page had no answer, and sends it again.
    posted(&server, &lost);
    posted(&server, &told(3, &[3.0], None));
    let got = receiver.wait(|got| got.iter().any(|got| got.json()["value"] == 3.0));
    assert_eq!(got.len(), 3, "it was told twice");
}

/// A database as it stands, its log folded in.
fn drop_into(from: &Path, to: &Path) {
    let connection = rusqlite::Connection::open(from).unwrap();
    connection.execute("VACUUM INTO ?1", [to.to_str().unwrap()]).unwrap();
}

const CHILD: &str = "UNSPOKEN_TEST_CHILD";

/// Not a test: the collector that the next test kills, in a process of its own.
#[test]
#[ignore = "run by the test below, as a process that can be killed"]
fn child() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let (folder, url) = told.split_once(' ').unwrap();
    let mut settings = settings(&Path::new(folder).join("unspoken.db"));
    hook(&mut settings, url, &["goal:*"]);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("\nlistening {}", listener.local_addr().unwrap());
        unspoken_collector::launch(settings, listener, std::future::pending()).await.unwrap();
    });
}

struct Process(Child, std::net::SocketAddr);

impl Process {
    fn start(folder: &Path, receiver: &Receiver) -> Process {
        let told = format!("{} {}", folder.display(), receiver.url());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "webhooks::child", "--ignored", "--nocapture"])
            .env(CHILD, told)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening ")?.parse().ok())
            .expect("the collector did not start");
        Process(child, address)
    }
}

impl Drop for Process {
    /// SIGKILL.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn what_was_acknowledged_is_told_though_the_collector_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start();
    let seeds = Arc::new(AtomicU64::new(1));
    let mut acknowledged: Vec<u64> = Vec::new();
    for round in 0..4 {
        // Now and then the receiver is down, so that the queue has something to keep.
        receiver.say(Vec::new(), Says::Status(if round % 2 == 0 { 500 } else { 200 }));
        let collector = Process::start(folder.path(), &receiver);
        let address = collector.1;
        let before = receiver.got().len();
        let posting: Vec<_> = (0..4)
            .map(|_| {
                let seeds = Arc::clone(&seeds);
                std::thread::spawn(move || {
                    let url = format!("http://{address}/v1/batch?key={KEY}");
                    let mut mine = Vec::new();
                    loop {
                        let seed = seeds.fetch_add(1, Ordering::Relaxed);
                        let body = wire::encode(&told(seed, &[seed as f64], None));
                        match send("POST", &url, &[], &body) {
                            Ok(answer) => {
                                assert_eq!(answer.status, 204, "{}", answer.body);
                                mine.push(seed);
                            }
                            Err(_) => return mine,
                        }
                    }
                })
            })
            .collect();
        let goal = seeds.load(Ordering::Relaxed) + 40 + round * 17;
        wait("the collector takes load", || seeds.load(Ordering::Relaxed) >= goal);
        receiver.wait(|got| got.len() > before);
        drop(collector);
        for thread in posting {
            acknowledged.extend(thread.join().unwrap());
        }
    }
    receiver.say(Vec::new(), Says::Status(200));
    let collector = Process::start(folder.path(), &receiver);
    let values = |got: &[Got]| -> HashMap<u64, HashSet<String>> {
        let mut values: HashMap<u64, HashSet<String>> = HashMap::new();
        for got in got {
            let json = got.json();
            let value = json["value"].as_f64().unwrap() as u64;
            values.entry(value).or_default().insert(json["id"].to_string());
        }
        values
    };
    let got = receiver.wait(|got| {
        let told = values(got);
        acknowledged.iter().all(|seed| told.contains_key(seed))
    });
    let told_of = values(&got);
    assert!(told_of.values().all(|ids| ids.len() == 1), "a copy came under another id");
    assert_eq!(post(collector.1, b"x").status, 400, "it still runs");
    drop(collector);
    // Nothing is told of what is not stored. The batches of requests without an answer may be both.
    let db = folder.path().join("unspoken.db");
    for seed in told_of.keys() {
        assert_eq!(stored(&db, told(*seed, &[], None).id), (1, 1), "{seed} is told and not stored");
    }
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
}
