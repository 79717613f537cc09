//! `unspoken key`: draws a key or a token, and prints it with the digest that settings take.

use super::{Failure, print};
use crate::secret::Secret;

/// Draw a key or a token and print its text and its digest.
///
/// The text goes to whoever uses it (the page, or who reads reports); the settings file need only
/// have the digest. Nothing is kept: a text that is lost is drawn anew.
#[derive(clap::Args)]
pub struct Args {
    /// A publishable key of a site, which begins with pk_, in the place of a token
    #[arg(long)]
    publishable: bool,
    /// Print one JSON object: { text, digest }
    #[arg(long)]
    json: bool,
}

/// Draws and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    let (_, drawn) = Secret::random()?;
    let text = if args.publishable { format!("pk_{drawn}") } else { drawn };
    let digest = Secret::new(&text).told();
    print::print(&if args.json {
        serde_json::json!({ "text": text, "digest": digest }).to_string() + "\n"
    } else {
        format!("text    {text}\ndigest  {digest}\n")
    })
}
