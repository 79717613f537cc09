//! `unspoken serve`: flags and environment in, a running collector out.
//!
//! It binds the port before anything else, so that a taken port is found before a database is
//! made. It does not put itself in the background, and it speaks plain HTTP: TLS is a reverse
//! proxy's.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::net::TcpListener;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

use super::Failure;
use crate::secret::Secret;
use crate::settings::{DEFAULT_RATE, Settings};

/// The address where neither --listen nor --port says otherwise.
const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4181);

/// Take batches from pages, keep them, and show the dashboard.
///
/// A flag given twice counts as it was given last, so that a script may append to its defaults.
#[derive(clap::Args)]
#[command(args_override_self = true)]
pub struct Args {
    /// Address to listen on [default: 127.0.0.1:4181]
    #[arg(long, env = "UNSPOKEN_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Port on 127.0.0.1, where --listen says nothing
    #[arg(long, env = "UNSPOKEN_PORT")]
    port: Option<u16>,
    /// SQLite file; made where it is absent
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db", value_name = "FILE")]
    db: PathBuf,
    /// Name of the site
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// The site's publishable key, which its pages send
    #[arg(long, env = "UNSPOKEN_KEY", default_value = "pk_demo", hide_env_values = true)]
    key: String,
    /// Token that the report asks for; drawn and printed where none is given
    #[arg(long, env = "UNSPOKEN_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Origin whose pages may post, as `https://shop.example`; may be given several times (in the
    /// environment: separated by commas)
    #[arg(long = "origin", env = "UNSPOKEN_ORIGIN", value_delimiter = ',', value_name = "ORIGIN")]
    origins: Vec<String>,
    /// The site's unspoken.json, served at /v1/config/SITE
    #[arg(long, env = "UNSPOKEN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the built dashboard
    #[arg(
        long,
        env = "UNSPOKEN_DASHBOARD",
        default_value = "dist/dashboard",
        value_name = "FOLDER"
    )]
    dashboard: PathBuf,
    /// Batches a second from one address; four seconds' worth may come at once
    #[arg(long, env = "UNSPOKEN_RATE", default_value_t = DEFAULT_RATE,
          value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Keep the visitor's id in the first-party cookie `unspoken`, for pages that ask for it
    #[arg(long, env = "UNSPOKEN_COOKIE")]
    cookie: bool,
    /// Domain of that cookie, such as shop.example [default: the collector's own host]
    #[arg(long, env = "UNSPOKEN_COOKIE_DOMAIN", value_name = "DOMAIN")]
    cookie_domain: Option<String>,
    /// What is logged on stderr: error, warn, info, debug or trace
    #[arg(long, env = "UNSPOKEN_LOG", default_value = "info")]
    log: LevelFilter,
}

/// Runs until SIGINT or SIGTERM.
pub fn run(args: Args) -> Result<(), Failure> {
    log_to_stderr(args.log);
    let drawn = match args.token {
        Some(_) => None,
        None => Some(Secret::random()?.1),
    };
    let token = args.token.as_deref().or(drawn.as_deref()).unwrap_or_default();
    let mut settings = Settings::new(args.db, &args.site, &args.key, token)?;
    for origin in &args.origins {
        settings.allow_origin(origin)?;
    }
    if let Some(config) = args.config {
        settings.set_config(config);
    }
    settings.dashboard = args.dashboard;
    settings.rate = args.rate;
    settings.cookie = args.cookie;
    settings.cookie_domain = args.cookie_domain;

    let address = args.listen.unwrap_or_else(|| match args.port {
        Some(port) => SocketAddr::new(DEFAULT_LISTEN.ip(), port),
        None => DEFAULT_LISTEN,
    });
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(settings, address, drawn))
}

async fn serve(
    settings: Settings,
    address: SocketAddr,
    drawn_token: Option<String>,
) -> Result<(), Failure> {
    let listener =
        TcpListener::bind(address).await.map_err(|error| cannot_listen(address, &error))?;
    let address = listener.local_addr()?;
    let signal = stop_signal()?;
    let no_origins = settings.sites.iter().all(|site| site.origins.is_empty());
    let collector = crate::prepare(settings)?;

    println!("collector  http://{address}");
    println!("dashboard  http://{address}/dashboard");
    if let Some(token) = drawn_token {
        println!("token      {token}");
    }
    if no_origins {
        tracing::warn!(
            "no page may post yet: name the site's origin with --origin or UNSPOKEN_ORIGIN"
        );
    }
    Ok(collector.run(listener, signal).await?)
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::new(match error.kind() {
        ErrorKind::AddrInUse => format!(
            "{address} is taken: stop the other program, or choose another port with --listen or UNSPOKEN_PORT"
        ),
        _ => format!("cannot listen on {address}: {error}: choose another address with --listen"),
    })
}

/// Resolves at the first SIGINT or SIGTERM. Registered before the address is printed: whoever
/// reads that line may stop us at once.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

fn log_to_stderr(level: LevelFilter) {
    // Other crates speak only of what is wrong with them.
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("unspoken_collector", level)
        .with_target("tower_http", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A second subscriber in one process (a test that calls `run`) is refused; the first stays.
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
}
