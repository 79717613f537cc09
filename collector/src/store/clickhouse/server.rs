//! Talking to ClickHouse over HTTP.
//!
//! Not by the `clickhouse` crate: values go to the server beside the SQL as tables of their own
//! (external data), which every version since 2017 understands, and that crate has no such thing; its
//! `bind` writes values into the text, and its parameters need a server of 2021. What is left of the
//! protocol is one POST. Blocking: there is a thread for writing, and asking has its own anyway.

use std::io::Read;
use std::time::Duration;

use crate::secret::hex;
use crate::store::StoreError;
use crate::store::settings::StoreSettings;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an insert, a look-up or a ping may take.
const SHORT: Duration = Duration::from_secs(60);
/// How long a question or a mutation may take.
const LONG: Duration = Duration::from_secs(15 * 60);
/// A server closes connections that idle, by default after 3 s.
const IDLE: Duration = Duration::from_secs(2);
/// Of an error's text this much is read.
const MAX_ERROR: u64 = 16 * 1024;

/// A table that goes along with a query.
pub struct Table {
    /// The name that the query has for it.
    pub name: &'static str,
    /// `name Type,name Type`, without other spaces or commas.
    pub structure: &'static str,
    /// Its rows as RowBinary.
    pub rows: Vec<u8>,
}

/// A ClickHouse server, or whatever stands before several.
pub struct Server {
    agent: ureq::Agent,
    settings: StoreSettings,
}

impl Server {
    /// Connects to nobody yet.
    pub fn new(settings: &StoreSettings) -> Server {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .max_idle_age(IDLE)
            .build();
        Server { agent: config.into(), settings: settings.clone() }
    }

    /// Runs a statement that answers nothing, outside of any database.
    pub fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.post(&[("query", sql)], None, &[], LONG).map(drop)
    }

    /// Whether it answers, and lets us in.
    pub fn ping(&self) -> Result<(), StoreError> {
        self.post(&[("query", "SELECT 1")], None, &[], CONNECT).map(drop)
    }

    /// Inserts rows as RowBinary. `sql` ends with its format.
    pub fn insert(&self, sql: &str, rows: &[u8]) -> Result<(), StoreError> {
        // The server ends the query's line itself; a second end of line would be data.
        let sql = sql.trim_end();
        let mut query = vec![("database", self.settings.database.as_str()), ("query", sql)];
        if self.settings.cluster.is_some() {
            // Acknowledged when the shard has it, not when this node has noted it down.
            query.push(("insert_distributed_sync", "1"));
        }
        self.post(&query, None, rows, SHORT).map(drop)
    }

    /// Asks, with tables of values beside. The answer is RowBinary, and whole: the server keeps it
    /// back until it is complete, so that an error is told as one.
    pub fn ask(&self, sql: &str, tables: &[Table]) -> Result<Box<dyn Read>, StoreError> {
        let parts: Vec<[(String, &str); 2]> = tables
            .iter()
            .map(|table| {
                [
                    (format!("{}_structure", table.name), table.structure),
                    (format!("{}_format", table.name), "RowBinary"),
                ]
            })
            .collect();
        let mut query = vec![
            ("database", self.settings.database.as_str()),
            ("query", sql),
            ("default_format", "RowBinary"),
            ("wait_end_of_query", "1"),
        ];
        query.extend(parts.iter().flatten().map(|(key, value)| (key.as_str(), *value)));
        // A form of nothing is none to the server.
        let answer = if tables.is_empty() {
            self.post(&query, None, &[], LONG)?
        } else {
            let (boundary, body) = form(tables)?;
            let content = format!("multipart/form-data; boundary={boundary}");
            self.post(&query, Some(&content), &body, LONG)?
        };
        Ok(Box::new(answer.into_reader()))
    }

    fn post(
        &self,
        query: &[(&str, &str)],
        content: Option<&str>,
        body: &[u8],
        patience: Duration,
    ) -> Result<ureq::Body, StoreError> {
        let mut request = self
            .agent
            .post(&self.settings.url)
            .header("X-ClickHouse-User", &self.settings.user)
            .header("X-ClickHouse-Key", self.settings.password.text());
        for (key, value) in query {
            request = request.query(key, value);
        }
        if let Some(content) = content {
            request = request.header("Content-Type", content);
        }
        let request = request.config().timeout_global(Some(patience)).build();
        let response = request.send(body).map_err(|error| self.away(&error))?;
        let status = response.status();
        let body = response.into_body();
        if status.is_success() {
            return Ok(body);
        }
        let mut why = Vec::new();
        let _ = body.into_reader().take(MAX_ERROR).read_to_end(&mut why);
        let why = String::from_utf8_lossy(&why);
        Err(StoreError::Database(format!(
            "ClickHouse answers {status}: {}",
            why.lines().next().unwrap_or_default()
        )))
    }

    fn away(&self, error: &ureq::Error) -> StoreError {
        StoreError::Away(format!("ClickHouse at {} does not answer: {error}", self.settings.url))
    }
}

/// Tables as a form of files, and the text between them. Drawn, so that no value can hold it.
fn form(tables: &[Table]) -> Result<(String, Vec<u8>), StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Database(error.to_string()))?;
    let boundary = format!("unspoken-{}", hex(&bytes));
    let mut body = Vec::new();
    for table in tables {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{0}\"; filename=\"{0}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            table.name
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&table.rows);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((boundary, body))
}
