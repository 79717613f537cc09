//! What guards the collector: proxies that are believed, TLS, headers, and what no log and no
//! database may hold.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use unspoken::wire;
use unspoken_collector::settings::Network;

use crate::binary::Binary;
use crate::support::{KEY, Server, TOKEN, batch, post, send};

fn limited(trusted: &[&str]) -> Server {
    let trusted: Vec<_> = trusted.iter().map(|text| Network::parse(text).unwrap()).collect();
    Server::start_with(move |settings, _| {
        settings.rate = 1;
        settings.site_rate = Some(10_000);
        settings.trusted_proxies = trusted;
    })
}

/// Whether the limit of one address was met within some more requests than a burst has.
fn is_limited(server: &Server, header: &str, address: impl Fn(usize) -> String) -> bool {
    let path = format!("/v1/batch?key={KEY}");
    (0..40).any(|at| {
        let address = address(at);
        server.post_with(&path, &[(header, &address)], b"no batch").status == 429
    })
}

#[test]
fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let server = limited(&[]);
    // Anyone may write the header; who is not trusted is not believed.
    assert!(is_limited(&server, "x-forwarded-for", |at| format!("192.0.2.{at}")));

    let server = limited(&["127.0.0.0/8"]);
    assert!(!is_limited(&server, "x-forwarded-for", |at| format!("192.0.2.{at}")));
    assert!(!is_limited(&server, "forwarded", |at| format!("for=198.51.100.{at}")));
    // What the caller wrote before the proxy's entry changes nothing.
    assert!(is_limited(&server, "x-forwarded-for", |at| format!("10.1.1.{at}, 203.0.113.1")));
    // A household of IPv6 is one address.
    assert!(is_limited(&server, "x-forwarded-for", |at| format!("2001:db8::{at}")));
}

#[test]
fn every_answer_has_the_headers_of_a_guarded_server() {
    let server = Server::start();
    for path in ["/healthz", "/dashboard", "/v1/report", "/nothing", "/openapi.json"] {
        let answer = server.get(path, &[]);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        // Over plain HTTP the promise would be a proxy's to make.
        assert_eq!(answer.header("strict-transport-security"), None, "{path}");
    }
    let page = server.get("/dashboard", &[]);
    assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"));
}

/// A certificate that signs itself, made by openssl; none where the machine has no openssl.
fn certificate(folder: &std::path::Path, name: &str) -> Option<()> {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join(format!("{name}.key")))
        .arg("-out")
        .arg(folder.join(format!("{name}.pem")))
        .output();
    made.ok().filter(|made| made.status.success()).map(|_| ())
}

fn secure(cert: &std::path::Path) -> ureq::Agent {
    let pem = std::fs::read(cert).unwrap();
    let root = ureq::tls::Certificate::from_pem(&pem).unwrap();
    let tls = ureq::tls::TlsConfig::builder()
        .root_certs(ureq::tls::RootCerts::new_with_certs(&[root]))
        .build();
    ureq::Agent::config_builder().tls_config(tls).http_status_as_error(false).build().into()
}

#[test]
#[cfg(unix)]
fn tls_is_spoken_and_a_renewed_certificate_is_taken_by_sighup() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let made =
        certificate(folder.path(), "first").and_then(|()| certificate(folder.path(), "second"));
    if made.is_none() {
        return eprintln!("left out: there is no openssl here that makes a certificate");
    }
    std::fs::copy(path("first.pem"), path("cert.pem")).unwrap();
    std::fs::copy(path("first.key"), path("cert.key")).unwrap();
    let (cert, key) = (path("cert.pem"), path("cert.key"));
    let more = ["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let mut collector = Binary::start(&path("unspoken.db"), &more);
    let url = format!("https://{}/v1/batch?key={KEY}", collector.address);
    let agent = secure(&path("first.pem"));
    let answer = agent.post(&url).send(&wire::encode(&batch(1, 1))[..]).unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    // Who speaks plain HTTP gets no answer, and does no harm.
    let mut plain = TcpStream::connect(collector.address).unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut told = Vec::new();
    let _ = plain.read_to_end(&mut told);
    assert!(!String::from_utf8_lossy(&told).contains("HTTP/1.1 200"));

    std::fs::copy(path("second.pem"), &cert).unwrap();
    std::fs::copy(path("second.key"), &key).unwrap();
    collector.signal("HUP");
    let url = format!("https://{}/healthz", collector.address);
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !secure(&path("second.pem")).get(&url).call().is_ok_and(|it| it.status() == 200) {
        assert!(std::time::Instant::now() < patience, "the new certificate is not served");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    // Rubbish leaves the good one in service.
    std::fs::write(&cert, "rubbish").unwrap();
    collector.signal("HUP");
    assert_eq!(secure(&path("second.pem")).get(&url).call().unwrap().status(), 200);
}

#[test]
fn a_certificate_that_does_not_hold_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cert.pem");
    std::fs::write(&file, "no certificate").unwrap();
    let db = folder.path().join("unspoken.db");
    let (file, db) = (file.to_str().unwrap(), db.to_str().unwrap());
    let serve = ["serve", "--listen", "127.0.0.1:0", "--db", db, "--tls-cert", file];
    let (well, _, told) = crate::support::run(&serve);
    assert!(!well && told.contains("tls.cert without tls.key"), "{told}");
    let (well, _, told) = crate::support::run(&[&serve[..], &["--tls-key", file]].concat());
    assert!(!well && told.contains("cert.pem") && told.contains("PEM"), "{told}");
}

/// What no log and no database may hold, with everything logged that can be.
#[test]
#[cfg(unix)]
fn no_address_no_agent_and_no_secret_is_logged_or_stored() {
    for format in ["text", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("unspoken.db");
        // "0.0.0.0/0": every caller is believed, so that forwarded addresses come in too.
        let more = ["--log", "trace", "--log-format", format, "--trusted-proxy", "0.0.0.0/0"];
        let collector = Binary::start(&db, &more);
        let address = collector.address;
        let headers = [
            ("x-forwarded-for", "203.0.113.77"),
            ("user-agent", "Distinct-Agent/7.7"),
            ("referer", "https://referrer.example/secret-path"),
        ];
        let url = format!("http://{address}/v1/batch?key={KEY}");
        assert_eq!(send("POST", &url, &headers, &wire::encode(&batch(1, 2))).unwrap().status, 204);
        assert_eq!(send("POST", &url, &headers, b"no batch").unwrap().status, 400);
        assert_eq!(post(address, b"again").status, 400);
        let report = format!("http://{address}/v1/report?minutes=5");
        for token in [TOKEN, "wrong-token-of-a-guess"] {
            let bearer = format!("Bearer {token}");
            let headers = [headers[0], headers[1], headers[2], ("authorization", &bearer)];
            send("GET", &report, &headers, &[]).unwrap();
        }
        let (well, log) = collector.terminate();
        assert!(well && log.contains("/v1/batch"), "{log}");
        if format == "json" {
            for line in log.lines() {
                let line: serde_json::Value = serde_json::from_str(line).expect(line);
                assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
            }
        }
        // The collector's own address stands in no line either, so a visitor's cannot be hidden by it.
        let mut kept = log.into_bytes();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            kept.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        let kept = String::from_utf8_lossy(&kept);
        assert!(kept.contains("hero"), "the batch is nowhere, so this test shows nothing");
        let secrets = [KEY, TOKEN, "wrong-token-of-a-guess"];
        let private = ["127.0.0.1", "203.0.113.77", "Distinct-Agent", "referrer.example"];
        for word in secrets.iter().chain(&private) {
            assert!(!kept.contains(word), "{word} is kept in {format}");
        }
    }
}
