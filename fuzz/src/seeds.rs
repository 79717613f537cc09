//! Writes the corpus that fuzzing begins with: whole batches of every kind of event, as the page's
//! encoder writes them, some cut, into the folder that is named (`cargo run --bin seeds FOLDER`).

use std::path::Path;

use unspoken::id::Rng;
use unspoken::stream::{Kind, Point, Writer};
use unspoken::wire::{self, Batch, Bin, Event, What};

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "corpus/batch".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let mut written = 0;
    for seed in 0..64u64 {
        let bytes = wire::encode(&batch(seed));
        std::fs::write(folder.join(format!("batch-{seed}")), &bytes)?;
        written += 1;
        if seed % 8 == 0 {
            std::fs::write(folder.join(format!("cut-{seed}")), &bytes[..bytes.len() / 2])?;
            std::fs::write(folder.join(format!("stream-{seed}")), trace(seed))?;
            written += 2;
        }
    }
    println!("{written} files in {}", folder.display());
    Ok(())
}

/// A batch with as many events as its seed, of kinds in turn.
fn batch(seed: u64) -> Batch {
    let mut rng = Rng::new(seed);
    let kinds = [
        What::Page { path: 1, kind: 2, item: 0 },
        What::Click { slot: 1, role: 2, flags: 3 },
        What::Scroll { percent: 75 },
        What::Dwell { slot: 2, ms: 65_536 },
        What::Fact { name: 1, value: 3 },
        What::Goal { name: 2, value: -80.5 },
        What::Exposure { slot: 1, variant: 3, rule: 2, chance: 500_000 },
        What::Dismiss { slot: 1 },
        What::Lesson { slot: 1, rule: 2, variant: 3, chance: 1, reward: 1, context: vec![0, 2_000] },
        What::Forecast { head: 1, bins: vec![Bin { index: 3, count: 9, positives: 2, sum_milli: 300 }] },
    ];
    let events = kinds.iter().cycle().zip(0u32..).skip(seed as usize).take(seed as usize);
    Batch {
        version: wire::VERSION,
        id: rng.id(),
        visitor: rng.id(),
        session: rng.id(),
        view: 1,
        sequence: seed as u32,
        base_ms: 1_790_000_000_000,
        dropped: 0,
        automation: 3,
        excluded: 0,
        names: ["hero", "buy-now", "größe"].map(str::to_owned).to_vec(),
        events: events.map(|(what, at)| Event { at: at * 250, what: what.clone() }).collect(),
        trace: if seed % 2 == 0 { trace(seed) } else { Vec::new() },
    }
}

fn trace(seed: u64) -> Vec<u8> {
    let mut stream = Writer::default();
    let step = seed as i32;
    let kinds = [
        Kind::Sizes([1_280, 720, 1_280, 4_000]),
        Kind::Slot { index: 0, name: "hero".into(), rect: [0, -20, 300, 200] },
        Kind::Move(10 + step, 20),
        Kind::Scroll(300 * step),
        Kind::Click(10, 20),
        Kind::Inner(5),
        Kind::Visible(false),
        Kind::Exit,
        Kind::Zoom(150),
    ];
    for (kind, at) in kinds.into_iter().zip(0u32..) {
        stream.push(Point { at: at * 50, kind });
    }
    stream.take()
}
