//! `unspoken publish`: a model file into a site's config, from where visitors get it.

use std::path::PathBuf;

use serde_json::json;
use unspoken::intent::Head;
use unspoken::intent::model::{Model, Shape};

use super::{Failure, print};
use crate::config_file::ConfigFile;

/// Put a model file into an unspoken.json, as `intents.<head>.model`.
///
/// A collector that serves the file (`unspoken serve --config`) hands the new model to each page
/// that opens from then on; no release is needed. The model and the whole config are read first as
/// the page will read them, and nothing is written where either does not hold. The rest of the file
/// stays byte for byte. A calibration that was found for the head's last model is put back to none.
#[derive(clap::Args)]
pub struct Args {
    /// The model file, as `unspoken train` writes it; its head is named in it
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// The site's unspoken.json
    #[arg(long, env = "UNSPOKEN_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// Check and print, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object: { head, bytes, kind, config, changed, written }
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
    let heads = file.heads()?;
    let head = head(&heads, &model)?;
    let before = file.text().to_owned();
    let encoded = format!("\"{}\"", base64(&bytes));
    file.set(&["intents", &model.head, "model"], &encoded)?;
    if head.calibration != [1.0, 0.0] && file.text() != before {
        file.set(&["intents", &model.head, "calibration"], "[1, 0]")?;
    }
    file.check()?;
    let changed = file.text() != before;
    let written = changed && !args.dry_run;
    if written {
        file.write()?;
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
        });
        serde_json::to_string(&told)? + "\n"
    } else {
        let what = format!("{name}: {kind}, {} bytes", bytes.len());
        match (changed, written) {
            (false, _) => format!("{what}; {config} has it already\n"),
            (true, false) => format!("{what}; it would go into {config}, which is fine with it\n"),
            (true, true) => {
                format!("{what}; written to {config}, and live where a collector serves it\n")
            }
        }
    })
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

/// RFC 4648 § 4, with padding.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let byte = |at: usize| u32::from(part.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= part.len() { digit as char } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let known = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, text) in known.iter().enumerate() {
            assert_eq!(base64(&b"foobar"[..length]), *text);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }
}
