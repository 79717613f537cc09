//! A real clickhouse-server on ports of its own, with a folder and a user of its own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use unspoken_collector::secret::Password;
use unspoken_collector::store::settings::{Kind, StoreSettings};

/// Where Debian's package puts it (which no path of a user has), and others.
const PLACES: [&str; 3] = [
    "/usr/sbin/clickhouse-server",
    "/usr/bin/clickhouse-server",
    "/usr/local/bin/clickhouse-server",
];

/// A running server; killed when it is dropped.
pub struct Server {
    folder: TempDir,
    binary: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Server {
    /// Starts one. Without the program the test is skipped, and says so.
    pub fn start() -> Option<Server> {
        let Some(binary) = PLACES.iter().map(PathBuf::from).find(|path| path.is_file()) else {
            eprintln!(
                "skipped: there is no clickhouse-server (Debian: apt-get install clickhouse-server)"
            );
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let (port, tcp) = (free_port(), free_port());
        for name in ["data", "tmp"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let at = folder.path().display();
        let config = format!(
            "<yandex><logger><level>error</level><console>1</console></logger>
             <http_port>{port}</http_port><tcp_port>{tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
             <path>{at}/data/</path><tmp_path>{at}/tmp/</tmp_path><users_config>users.xml</users_config>
             <default_profile>default</default_profile><default_database>default</default_database>
             <mark_cache_size>16777216</mark_cache_size><timezone>America/St_Johns</timezone></yandex>"
        );
        let users = "<yandex><profiles><default><max_memory_usage>500000000</max_memory_usage>
             <max_threads>2</max_threads></default></profiles>
             <users><unspoken><password>a known password</password><networks><ip>127.0.0.1</ip></networks>
             <profile>default</profile><quota>default</quota></unspoken></users>
             <quotas><default></default></quotas></yandex>";
        std::fs::write(folder.path().join("config.xml"), config).unwrap();
        std::fs::write(folder.path().join("users.xml"), users).unwrap();
        let mut server = Server { folder, binary, port, child: None };
        server.again();
        Some(server)
    }

    /// Starts the program, and waits until it answers.
    pub fn again(&mut self) {
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        let child = Command::new(&self.binary)
            .arg(format!("--config-file={}/config.xml", self.folder.path().display()))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let patience = Instant::now() + Duration::from_secs(120);
        while ureq::get(format!("http://127.0.0.1:{}/ping", self.port)).call().is_err() {
            if Instant::now() > patience {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap();
                panic!("clickhouse-server does not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// How a store reaches it.
    pub fn settings(&self, database: &str) -> StoreSettings {
        StoreSettings {
            kind: Kind::Clickhouse,
            url: format!("http://127.0.0.1:{}", self.port),
            database: database.to_owned(),
            user: "unspoken".to_owned(),
            password: Password::new("a known password"),
            ..StoreSettings::default()
        }
    }

    /// What a query answers, as text or whatever its format is.
    pub fn query(&self, sql: &str) -> Vec<u8> {
        self.send(&[("query", sql)], None, &[])
    }

    /// The bytes that a POST answers.
    pub fn send(&self, query: &[(&str, &str)], content: Option<&str>, body: &[u8]) -> Vec<u8> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent
            .post(format!("http://127.0.0.1:{}", self.port))
            .header("X-ClickHouse-User", "unspoken")
            .header("X-ClickHouse-Key", "a known password");
        for (key, value) in query {
            request = request.query(key, value);
        }
        if let Some(content) = content {
            request = request.header("Content-Type", content);
        }
        let mut answer = request.send(body).unwrap();
        let bytes = answer.body_mut().read_to_vec().unwrap();
        assert!(answer.status().is_success(), "{query:?}: {}", String::from_utf8_lossy(&bytes));
        bytes
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
