//! Batches that somebody bent: bytes changed, cut, doubled, lengths that lie. Ten minutes of the same
//! by libFuzzer are in `fuzz/`; this is a short run with a fixed seed, in every test.

use unspoken::id::Rng;
use unspoken::wire::{self, Bin, Event, What};

use crate::support::{Server, batch};

/// Whole batches with every kind of event.
fn whole() -> Vec<Vec<u8>> {
    let kinds = [
        What::Page { path: 1, kind: 1, item: 0 },
        What::Click { slot: 1, role: 2, flags: 3 },
        What::Scroll { percent: 75 },
        What::Dwell { slot: 1, ms: 65_536 },
        What::Fact { name: 1, value: 1 },
        What::Goal { name: 1, value: -80.5 },
        What::Exposure { slot: 1, variant: 1, rule: 1, chance: 500_000 },
        What::Dismiss { slot: 1 },
        What::Lesson { slot: 1, rule: 1, variant: 1, chance: 1, reward: 1, context: vec![0, 9] },
        What::Forecast {
            head: 1,
            bins: vec![Bin { index: 3, count: 9, positives: 2, sum_milli: 300 }],
        },
    ];
    let of = |count: usize| {
        let mut batch = batch(count as u64, 0);
        let stream = kinds.iter().cycle().zip((0u32..).map(|at| at * 250));
        batch.events =
            stream.take(count).map(|(what, at)| Event { at, what: what.clone() }).collect();
        wire::encode(&batch)
    };
    [0, 1, 10, 200].map(of).to_vec()
}

/// Changes a batch in one of six ways.
fn bend(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let mut draw = |most: usize| (rng.id().0 % most.max(1) as u128) as usize;
    let at = draw(bytes.len());
    match draw(6) {
        0 => bytes[at] = draw(256) as u8,
        1 => bytes[at] ^= 1 << draw(8),
        2 => bytes.truncate(at),
        // A list, a map, a text and bytes of four billion.
        3 => bytes
            .splice(at..at, [[0xdd, 0xdf, 0xdb, 0xc6][draw(4)], 255, 255, 255, 255])
            .for_each(drop),
        4 => {
            let end = (at + draw(40)).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece).for_each(drop);
        }
        _ => bytes.splice(at..at, std::iter::repeat_n(0x91, draw(64))).for_each(drop),
    }
}

#[test]
fn a_bent_batch_is_refused_with_a_sentence_or_stands_every_use() {
    let whole = whole();
    let mut rng = Rng::new(6);
    let (mut taken, mut refused) = (0, 0);
    for round in 0..40_000 {
        let mut bytes = whole[round % whole.len()].clone();
        for _ in 0..=round % 4 {
            if !bytes.is_empty() {
                bend(&mut bytes, &mut rng);
            }
        }
        match wire::decode(&bytes) {
            Err(why) => {
                refused += 1;
                assert!(!why.is_empty());
            }
            Ok(batch) => {
                taken += 1;
                let again = wire::encode(&batch);
                if again.len() <= wire::MAX_BATCH_BYTES {
                    let read = wire::decode(&again).expect("what was taken reads again");
                    assert_eq!(wire::encode(&read), again);
                }
            }
        }
    }
    // Else the test bends too much or too little to say anything.
    assert!(taken > 400 && refused > 4_000, "{taken} taken, {refused} refused");
}

/// Lengths that lie, and lists within lists: refused, with a short sentence. (That no room is made for
/// what is not there is the fuzzer's to see, which has a limit of memory.)
#[test]
fn a_length_that_lies_and_lists_without_end_are_refused() {
    let whole = wire::encode(&batch(1, 3));
    let mut bombs: Vec<Vec<u8>> = [0xddu8, 0xdf, 0xdb, 0xc6]
        .iter()
        .flat_map(|marker| {
            let lie = [*marker, 255, 255, 255, 255];
            // In the place of every byte of a batch, as its next field's length.
            (1..whole.len()).map(move |at| (at, lie))
        })
        .map(|(at, lie)| [&whole[..at], &lie].concat())
        .collect();
    bombs.push(vec![0x91; 60_000]);
    bombs.push([&[0x9d, 3][..], &[0x91; 60_000]].concat());
    bombs.push([&[0x9d, 3][..], &[0x81; 60_000]].concat());
    for bomb in bombs {
        let why = wire::decode(&bomb).expect_err("a bomb was taken");
        assert!(!why.is_empty() && why.len() < 500, "{why}");
    }
}

/// Over HTTP each is a 400 and the collector goes on.
#[test]
fn bent_batches_over_http_do_no_harm() {
    let server = Server::start();
    let whole = whole();
    let mut rng = Rng::new(7);
    for round in 0..300 {
        let mut bytes = whole[round % whole.len()].clone();
        bend(&mut bytes, &mut rng);
        let status = server.post(&bytes).status;
        assert!([204, 400].contains(&status), "{status}");
    }
    assert_eq!(server.get("/readyz", &[]).status, 200);
}
