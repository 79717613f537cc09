//! `unspoken serve`: settings in, a running collector out.
//!
//! Its flags are the table of settings (`settings/keys.rs`). It binds the port before anything else,
//! so that a taken port is found before a database is made. It does not put itself in the
//! background.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use tokio::net::TcpListener;

use super::{Failure, logs, print};
use crate::secret::Secret;
use crate::settings::keys::{Form, KEYS, Key};
use crate::settings::{self, Draft, Settings, Start};

/// The variable of `--settings`.
const SETTINGS_VARIABLE: &str = "UNSPOKEN_SETTINGS";

/// What was given as flags; what they mean, and what the file and the environment say, is
/// [`settings::gather`]'s.
pub struct Args {
    settings: Option<PathBuf>,
    check_config: bool,
    given: Vec<(&'static Key, Vec<String>)>,
}

impl clap::FromArgMatches for Args {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Args, clap::Error> {
        let texts = |key: &Key| matches.get_many::<String>(key.flag);
        let given = KEYS.iter().filter_map(|key| Some((key, texts(key)?.cloned().collect())));
        Ok(Args {
            settings: matches.get_one::<PathBuf>("settings").cloned(),
            check_config: matches.get_flag("check-config"),
            given: given.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = <Args as clap::FromArgMatches>::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Args {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("settings").long("settings").value_name("FILE");
        let check = Arg::new("check-config").long("check-config").action(ArgAction::SetTrue);
        let command = command
            // A flag given twice counts as it was given last, so that a script may append to its
            // defaults; lists gather.
            .args_override_self(true)
            .about("Take batches from pages, keep them, and show the dashboard")
            .long_about(
                "Take batches from pages, keep them, and show the dashboard.\n\n\
                 Settings come from defaults, then a TOML file, then variables, then flags; the later \
                 counts. docs/operations.md has them all.",
            )
            .arg(
                file.value_parser(clap::value_parser!(PathBuf)).help(
                    "TOML file of settings; unspoken.toml in the working directory where there is one \
                     [env: UNSPOKEN_SETTINGS]",
                ),
            )
            .arg(check.help("Read all settings, print what holds and where it comes from, and end"));
        KEYS.iter().fold(command, |command, key| {
            let name = match key.form {
                Form::Path => "FILE",
                Form::Address => "ADDRESS",
                Form::Whole(..) => "NUMBER",
                Form::Secret => "SECRET",
                _ => "VALUE",
            };
            let default = key.default.map(|text| format!(" [default: {text}]")).unwrap_or_default();
            let help = format!("{}{default} [env: {}]", key.help, key.variable());
            let arg = Arg::new(key.flag).long(key.flag).value_name(name).help(help);
            command.arg(match key.form {
                Form::Flag => {
                    arg.num_args(0..=1).require_equals(true).default_missing_value("true")
                }
                Form::List => arg.action(ArgAction::Append).value_delimiter(','),
                _ => arg.action(ArgAction::Set),
            })
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        <Args as clap::Args>::augment_args(command)
    }
}

/// Runs until SIGINT or SIGTERM.
pub fn run(args: Args) -> Result<(), Failure> {
    let draft = gather(&args);
    let lines = draft.lines();
    let built = draft.build();
    if args.check_config {
        print::print(&lines)?;
    }
    let start = built.map_err(|mistakes| Failure::new(mistakes.join("\n")))?;
    if args.check_config {
        return Ok(());
    }
    logs::to_stderr(&start.log, start.log_json);
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(start))
}

fn gather(args: &Args) -> Draft {
    let variable = |name: &str| std::env::var(name).ok();
    let named = variable(SETTINGS_VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
    let file = args.settings.clone().or(named);
    let flags = args.given.iter().map(|(key, texts)| (*key, texts.as_slice()));
    settings::gather(file.as_deref(), variable, flags)
}

async fn serve(start: Start) -> Result<(), Failure> {
    let Start { mut settings, listen, metrics, draws_token, .. } = start;
    let listener = bind(listen, "--listen or UNSPOKEN_PORT").await?;
    let address = listener.local_addr()?;
    let metrics = match metrics {
        Some(address) => Some(bind(address, "--metrics-listen").await?),
        None => None,
    };
    let drawn = draw(&mut settings, draws_token)?;
    let signal = stop_signal()?;
    let no_origins = settings.sites.iter().all(|site| site.origins.is_empty());
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let collector = crate::prepare(settings)?;

    println!("collector  {scheme}://{address}");
    println!("dashboard  {scheme}://{address}/dashboard");
    if let Some(token) = drawn {
        println!("token      {token}");
    }
    if let Some(listener) = &metrics {
        println!("metrics    http://{}/metrics", listener.local_addr()?);
    }
    if no_origins {
        tracing::warn!(
            "no page may post yet: name the site's origin with --origin or UNSPOKEN_ORIGIN"
        );
    }
    Ok(collector.run_with_metrics(listener, metrics, signal).await?)
}

/// A token for the collector where none was given, and its text.
fn draw(settings: &mut Settings, draws_token: bool) -> Result<Option<String>, Failure> {
    if !draws_token {
        return Ok(None);
    }
    let (secret, text) = Secret::random()?;
    settings.token = Some(secret);
    Ok(Some(text))
}

async fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(match error.kind() {
            ErrorKind::AddrInUse => format!(
                "{address} is taken: stop the other program, or choose another port with {flag}"
            ),
            _ => format!("cannot listen on {address}: {error}: choose another address with {flag}"),
        })
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
