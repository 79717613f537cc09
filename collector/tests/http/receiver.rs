//! A receiver of webhooks that answers as a test tells it to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What it answers.
#[derive(Clone, Debug)]
pub enum Says {
    Status(u16),
    /// 302 to a path of the same receiver.
    Elsewhere(&'static str),
    /// Nothing for so long, then 200.
    Late(Duration),
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Got {
    pub path: String,
    pub signature: String,
    pub body: String,
}

impl Got {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// It listens until the test's process ends.
pub struct Receiver {
    pub address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    script: Arc<Mutex<(Vec<Says>, Says)>>,
}

impl Receiver {
    /// One that says 200.
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let got = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new((Vec::new(), Says::Status(200))));
        let (all, says) = (Arc::clone(&got), Arc::clone(&script));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (all, says) = (Arc::clone(&all), Arc::clone(&says));
                std::thread::spawn(move || answer(stream.unwrap(), &all, &says));
            }
        });
        Receiver { address, got, script }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What it says to the next requests, one after the other, and then to all others.
    pub fn say(&self, next: Vec<Says>, then: Says) {
        *self.script.lock().unwrap() = (next, then);
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// Waits until `enough` holds of what came.
    #[track_caller]
    pub fn wait(&self, enough: impl Fn(&[Got]) -> bool) -> Vec<Got> {
        let patience = Instant::now() + Duration::from_secs(120);
        loop {
            let got = self.got();
            if enough(&got) {
                return got;
            }
            assert!(Instant::now() < patience, "the receiver waits in vain; it got {got:#?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn answer(mut stream: TcpStream, all: &Mutex<Vec<Got>>, says: &Mutex<(Vec<Says>, Says)>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    let _ = reader.read_line(&mut line);
    let path = line.split(' ').nth(1).unwrap_or("").to_owned();
    let (mut length, mut signature) = (0, String::new());
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).unwrap_or(0) == 0 {
            return;
        }
        let header = header.trim();
        let Some((name, value)) = header.split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "unspoken-signature" => signature = value.trim().to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let said = {
        let mut says = says.lock().unwrap();
        if says.0.is_empty() { says.1.clone() } else { says.0.remove(0) }
    };
    all.lock().unwrap().push(Got { path, signature, body: String::from_utf8(body).unwrap() });
    let head = match said {
        Says::Status(status) => format!("HTTP/1.1 {status} X\r\n"),
        Says::Elsewhere(path) => format!("HTTP/1.1 302 X\r\nLocation: {path}\r\n"),
        Says::Late(wait) => {
            std::thread::sleep(wait);
            "HTTP/1.1 200 X\r\n".to_owned()
        }
    };
    let _ = write!(stream, "{head}Content-Length: 0\r\nConnection: close\r\n\r\n");
}
