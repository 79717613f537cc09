//! `unspoken pool`: what devices learned, into the site's config as the prior of its bandits.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::json;
use unspoken::bandit::Learn;
use unspoken::host::Native;
use unspoken::reading::Reading;
use unspoken::value::Value;

use super::{Failure, print};
use crate::clock;
use crate::config_file::ConfigFile;
use crate::pool::{LEAST_DECISIONS, Pooled, Told, pool};
use crate::store::lessons;

/// Give every rule with `learn` the prior that all devices' lessons make together.
///
/// Each decision counts from the moment it was seen, and its reward when that comes; half as much
/// after 14 days. A device begins with the prior and goes on learning by itself. Nothing else in the
/// file changes; a rule of which fewer than 20 decisions were told is left alone.
#[derive(clap::Args)]
pub struct Args {
    /// The collector's database: what devices told it
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db", value_name = "FILE")]
    db: PathBuf,
    /// The site in it
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// Lessons from a file instead, a JSON object a line: { at, session, slot, rule, variant,
    /// context, reward, propensity }
    #[arg(long, value_name = "FILE")]
    lessons: Option<PathBuf>,
    /// The site's unspoken.json
    #[arg(long, env = "UNSPOKEN_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// Only this slot
    #[arg(long)]
    slot: Option<String>,
    /// As of this time, in ms since 1970 [default: now]
    #[arg(long, value_name = "MS")]
    now: Option<u64>,
    /// Pool and print, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object: { rules: [{ slot, rule, decisions, rewarded, leftOut, standsOn, prior
    /// }], written }
    #[arg(long)]
    json: bool,
}

/// A rule with `learn`, and what was pooled for it.
struct Line {
    slot: String,
    rule: String,
    /// Its place in the slot's list.
    at: usize,
    learn: Learn,
    pooled: Pooled,
}

impl Line {
    fn is_enough(&self) -> bool {
        self.pooled.decisions >= LEAST_DECISIONS
    }
}

fn from_file(file: &Path) -> Result<Vec<Told>, Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", file.display())))?;
    let mut told = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let lesson: Told = serde_json::from_str(line).map_err(|error| {
            Failure::new(format!("{}, line {}: {error}", file.display(), at + 1))
        })?;
        told.push(lesson);
    }
    Ok(told)
}

/// Pools, writes, and says what was done.
pub fn run(args: Args) -> Result<(), Failure> {
    let told = match &args.lessons {
        Some(file) => from_file(file)?,
        None => {
            super::need_db(&args.db)?;
            lessons(&args.db, &args.site)?
        }
    };
    let now = args.now.unwrap_or_else(clock::now_ms) as f64;
    let mut file = ConfigFile::open(&args.config)?;
    let mut lines = rules(&file, args.slot.as_deref())?;
    if lines.is_empty() {
        let config = args.config.display();
        return Err(Failure::new(format!("{config} has no rule with learn (in that slot)")));
    }
    let before = file.mistakes()?;
    for line in &mut lines {
        let own = |told: &&Told| told.slot == line.slot && told.rule == line.rule;
        line.pooled = pool(&line.learn, told.iter().filter(own), now);
        if line.is_enough() {
            let keys = ["slots", &line.slot, "rules", &line.at.to_string(), "learn", "prior"];
            file.set(&keys, &line.pooled.prior.to_value().to_json())?;
        }
    }
    let found = lines.iter().any(Line::is_enough);
    if let Some(mistake) = file.mistakes()?.iter().find(|mistake| !before.contains(mistake)) {
        return Err(Failure::new(format!("nothing is written: {}", mistake.to_line())));
    }
    let written = found && !args.dry_run;
    if written {
        file.write()?;
    }
    print::print(&if args.json {
        let rules: Vec<_> = lines.iter().map(to_json).collect();
        serde_json::to_string(&json!({ "rules": rules, "written": written }))? + "\n"
    } else {
        let config = args.config.display();
        let mut text: String = lines.iter().map(to_text).collect();
        text += &match (found, written) {
            (true, true) => format!("written to {config}\n"),
            (true, false) => format!("{config} is as it was: --dry-run\n"),
            (false, _) => format!("{config} is as it was\n"),
        };
        text
    })
}

/// The rules with `learn`, nothing pooled yet.
fn rules(file: &ConfigFile, slot: Option<&str>) -> Result<Vec<Line>, Failure> {
    let config = Value::parse(file.text())
        .map_err(|error| Failure::new(format!("the config is no JSON: {}", error.message())))?;
    let mut lines = Vec::new();
    for (name, value) in config.at("slots").entries() {
        if slot.is_some_and(|slot| slot != name) {
            continue;
        }
        for (at, rule) in value.at("rules").items().iter().enumerate() {
            let Some(value) = rule.get("learn") else { continue };
            let mut reading = Reading::on(Rc::new(Native));
            let learn = Learn::read(value, &mut reading);
            let id = rule.text("id").unwrap_or_default().to_owned();
            if let Some(mistake) = reading.into_mistakes().first() {
                let text = format!("slots.{name}.rules[{at}].learn.{}", mistake.to_line());
                return Err(Failure::new(text));
            }
            let pooled = pool(&learn, [], 0.0);
            lines.push(Line { slot: name.clone(), rule: id, at, learn, pooled });
        }
    }
    Ok(lines)
}

fn to_text(line: &Line) -> String {
    let Pooled { decisions, rewarded, left_out, .. } = &line.pooled;
    let name = format!("{}.{}", line.slot, line.rule);
    if !line.is_enough() {
        return format!("{name:<20} left alone: {decisions} decisions of {LEAST_DECISIONS}\n");
    }
    format!("{name:<20} {decisions} decisions, {rewarded} rewarded, {left_out} lessons left out\n")
}

fn to_json(line: &Line) -> serde_json::Value {
    let Pooled { prior, decisions, rewarded, left_out } = &line.pooled;
    let stands = (0..line.learn.variants.len()).map(|arm| prior.stands_on(arm));
    json!({
        "slot": line.slot,
        "rule": line.rule,
        "decisions": decisions,
        "rewarded": rewarded,
        "leftOut": left_out,
        "standsOn": stands.collect::<Vec<f64>>(),
        "prior": line.is_enough().then(|| prior.to_value().as_str().map(str::to_owned)).flatten(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = r#"{
  "version": 1,
  "slots": {
    "hero": { "rules": [
      { "id": "first", "show": "x" },
      { "id": "guide", "learn": { "variants": ["a", "b"], "goal": "buy", "context": ["intent.buy"] } }
    ] }
  }
}
"#;

    fn args(folder: &std::path::Path, lessons: &str) -> Args {
        let (config, file) = (folder.join("unspoken.json"), folder.join("lessons.jsonl"));
        fs::write(&config, CONFIG).unwrap();
        fs::write(&file, lessons).unwrap();
        Args {
            lessons: Some(file),
            db: PathBuf::new(),
            site: "demo".into(),
            config,
            slot: None,
            now: Some(1_000),
            dry_run: false,
            json: true,
        }
    }

    fn lessons(count: usize) -> String {
        let line = |at: usize, reward: usize| {
            format!(
                "{{\"at\":{reward},\"session\":\"s{at}\",\"slot\":\"hero\",\"rule\":\"guide\",\
                 \"variant\":\"a\",\"context\":[1,0.5],\"reward\":{reward},\"propensity\":0.5}}\n"
            )
        };
        let shown: String = (0..count).map(|at| line(at, 0)).collect();
        shown + &(0..count / 2).map(|at| line(at, 1)).collect::<String>()
    }

    #[test]
    fn the_prior_is_written_into_its_rule_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let args = args(folder.path(), &lessons(40));
        let config = args.config.clone();
        run(args).unwrap();
        let text = fs::read_to_string(&config).unwrap();
        let start = text.find(", \"prior\"").unwrap();
        let end = start + text[start..].find("\" }").unwrap() + 1;
        assert_eq!(format!("{}{}", &text[..start], &text[end..]), CONFIG, "nothing else changed");
        let lines = rules(&ConfigFile::open(&config).unwrap(), Some("hero")).unwrap();
        let learn = &lines[0].learn;
        assert!(!learn.is_prior_refused && (learn.prior.stands_on(0) - 40.0).abs() < 1e-3);
        let upon = unspoken::bandit::Posterior::new(learn).estimates(&learn.prior, &[1.0, 0.5]);
        assert!((0.45..0.5).contains(&upon[0].mean), "{upon:?}");
    }

    #[test]
    fn too_few_decisions_leave_the_config_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let args = args(folder.path(), &lessons(LEAST_DECISIONS - 1));
        let config = args.config.clone();
        run(args).unwrap();
        assert_eq!(fs::read_to_string(&config).unwrap(), CONFIG);
    }
}
