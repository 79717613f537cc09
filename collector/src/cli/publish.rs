//! `unspoken publish`: a model file into a site's config, from where visitors get it.

use std::path::{Path, PathBuf};

use serde_json::json;
use unspoken::base64::encode;
use unspoken::intent::model::{Model, Shape, sigmoid};
use unspoken::intent::{Head, Outcome, Source};

use super::{Failure, print};
use crate::calibrate::LEAST_SESSIONS;
use crate::clock;
use crate::config_file::ConfigFile;
use crate::drift::DAY_MS;
use crate::train::compare::{Compared, Pair, compare};
use crate::train::from_store::{PageSample, can_forecast, pages};

/// Put a model file into an unspoken.json, as `intents.<head>.model`.
///
/// A collector that serves the file (`unspoken serve --config`) hands the new model to each page
/// that opens from then on; no release is needed. The model and the whole config are read first as
/// the page will read them, and nothing is written where either does not hold; mistakes elsewhere that
/// stood in the config before are told and stay. The rest of the file stays byte for byte. A calibration that was found for the head's last model is put back to none.
#[derive(clap::Args)]
pub struct Args {
    /// The model file, as `unspoken train` writes it; its head is named in it
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// The site's unspoken.json
    #[arg(long, env = "UNSPOKEN_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// Refuse a model that did worse than the present one on this database's last sessions; only
    /// for heads whose outcome is a goal within the session
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The site in the database
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// Days that are compared on; train on what came before them
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=92))]
    days: u64,
    /// Publish it though it did worse, or though too little could be compared
    #[arg(long)]
    force: bool,
    /// Check and print, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object: { head, bytes, kind, config, changed, written, compared }
    #[arg(long)]
    json: bool,
}

/// Checks, writes, and says what was done.
pub fn run(args: Args) -> Result<(), Failure> {
    let shown = args.model.display();
    let bytes = std::fs::read(&args.model)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}")))?;
    let model = Model::read(&bytes).map_err(|error| {
        Failure::new(format!("{shown} is no model this program reads: {}", error.message()))
    })?;
    let mut file = ConfigFile::open(&args.config)?;
    let (heads, mistakes) = (file.heads()?, file.mistakes()?);
    let head = head(&heads, &model)?;
    let compared = args.db.as_deref().map(|db| against(db, &args, head, &model)).transpose()?;
    if let Some(sentence) = compared.as_ref().and_then(|it| it.refusal()).filter(|_| !args.force) {
        return Err(Failure::new(format!("{sentence}; --force publishes it all the same")));
    }
    let before = file.text().to_owned();
    let encoded = format!("\"{}\"", encode(&bytes));
    file.set(&["intents", &model.head, "model"], &encoded)?;
    if head.calibration != [1.0, 0.0] && file.text() != before {
        file.set(&["intents", &model.head, "calibration"], "[1, 0]")?;
    }
    let stay = file.check_head(&model.head, &mistakes)?;
    let changed = file.text() != before;
    let written = changed && !args.dry_run;
    if written {
        file.write()?;
    }
    for mistake in &stay {
        eprintln!("{}: a mistake that stood there before: {mistake}", args.config.display());
    }
    let kind = match model.shape {
        Shape::Logistic(_) => "logistic",
        Shape::Trees { .. } => "trees",
        Shape::Network { .. } => "network",
    };
    let (config, name) = (args.config.display().to_string(), &model.head);
    print::print(&if args.json {
        let told = json!({
            "head": name, "bytes": bytes.len(), "kind": kind, "config": config,
            "changed": changed, "written": written,
            "compared": compared.as_ref().and_then(|it| it.figures).map(|it| json!({
                "visitors": it.visitors, "present": it.present, "new": it.new, "worse": it.worse,
            })),
        });
        serde_json::to_string(&told)? + "\n"
    } else {
        let what = format!("{name}: {kind}, {} bytes", bytes.len());
        let what = match compared.as_ref().and_then(|it| it.figures) {
            Some(it) => format!("{what}; log-loss {:.4}, {:.4} before", it.new, it.present),
            None => what,
        };
        match (changed, written) {
            (false, _) => format!("{what}; {config} has it already\n"),
            (true, false) => format!("{what}; it would go into {config}, which is fine with it\n"),
            (true, true) => {
                format!("{what}; written to {config}, and live where a collector serves it\n")
            }
        }
    })
}

/// What the last sessions say of the two models.
struct Against {
    sessions: usize,
    figures: Option<Compared>,
}

impl Against {
    /// Why the new model is not to be published; none where nothing speaks against it.
    fn refusal(&self) -> Option<String> {
        let figures = self.figures.filter(|_| self.sessions >= LEAST_SESSIONS);
        let Some(Compared { present, new, worse, .. }) = figures else {
            let (sessions, least) = (self.sessions, LEAST_SESSIONS);
            return Some(format!("{sessions} sessions to compare on, and it takes {least}"));
        };
        (worse >= WORSE).then(|| {
            let share = 100.0 * worse;
            format!(
                "the new model did worse in {share:.0} % of the draws: log-loss {new:.4}, {present:.4} before"
            )
        })
    }
}

/// In as many draws the new model has to do worse to be refused.
const WORSE: f64 = 0.95;

fn against(db: &Path, args: &Args, head: &Head, new: &Model) -> Result<Against, Failure> {
    super::need_db(db)?;
    let cannot = |why: &str| {
        Failure::new(format!(
            "{}: the store cannot compare its models, since {why}; leave out --db",
            head.name
        ))
    };
    let (Outcome::Goal(goal), None) = (&head.outcome, head.within) else {
        return Err(cannot("its outcome is no goal within the session"));
    };
    let Source::Model(present) = &head.source else {
        return Err(cannot("what stands is a rule"));
    };
    if !can_forecast(present) || !can_forecast(new) {
        return Err(cannot("they read more than the session's features"));
    }
    let now = clock::now_ms();
    let mut pages = pages(db, &args.site, goal, now)?;
    pages.retain(|page| page.at >= now.saturating_sub(args.days * DAY_MS));
    let [slope, shift] = head.calibration;
    let pair = |page: &PageSample| Pair {
        visitor: page.visitor,
        present: sigmoid(slope * present.logit(&page.features) + shift),
        new: new.forecast(&page.features),
        happened: page.happened,
    };
    let pairs: Vec<Pair> = pages.iter().map(pair).collect();
    let sessions = pages.chunk_by(|a, b| a.session == b.session).count();
    Ok(Against { sessions, figures: compare(&pairs, 1) })
}

/// The head that the model is for, as the config has it now.
fn head<'a>(heads: &'a [Head], model: &Model) -> Result<&'a Head, Failure> {
    heads.iter().find(|head| head.name == model.head).ok_or_else(|| {
        let names: Vec<&str> = heads.iter().map(|head| head.name.as_str()).collect();
        Failure::new(format!(
            "the model is of the head {0}, which this site does not have: declare it with \
             \"intents\": {{ \"{0}\": {{ \"outcome\": …, \"within\": … }} }}; the site has {1}",
            model.head,
            names.join(", ")
        ))
    })
}
