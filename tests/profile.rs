//! Profiles of two tabs come together, and deciding by what they hold allocates nothing.

#![cfg(not(target_arch = "wasm32"))]

use unspoken::attribute::{Attribute, Attributes, Read};
use unspoken::budget::Budget;
use unspoken::id::Rng;
use unspoken::journey;
use unspoken::limit::{Key, Limits, Refusal, Until};
use unspoken::profile::Profile;
use unspoken::reading::Reading;
use unspoken::value::Value;

const NOON: f64 = 1.7e12;

fn profile() -> Profile {
    let mut profile = Profile::open(&Value::Null, NOON, &mut Rng::new(1));
    profile.page("boot", &["hiking".into()], NOON);
    profile.goal("purchase", NOON);
    profile
}

#[test]
fn tabs_agree_whoever_reads_the_other_first() {
    const JOURNEY: &str = r#"{"j":{"states":{"x":[{"on":"e0","to":"y"}],
        "y":[{"on":"e1","to":"x"}]}}}"#;
    struct Nothing;
    impl Attributes for Nothing {
        fn read<'a>(&'a self, _: &'a Attribute) -> Read<'a> {
            Read::Missing
        }
    }
    let journeys = journey::read(&Value::parse(JOURNEY).unwrap(), &mut Reading::default());
    let (mut rng, mut wall) = (Rng::new(11), NOON);
    let mut happen = |profile: &mut Profile, times: u64| {
        for _ in 0..times {
            wall += (rng.draw() % 4_000) as f64 + 0.25;
            let name = format!("e{}", rng.draw() % 6);
            match rng.draw() % 6 {
                0 => profile.goal(&name, wall),
                1 => profile.dismiss(&name, wall),
                2 => profile.fact(&name, &Value::Number(wall), wall),
                3 => profile.tally.saw(Key::of(&[&name]), wall),
                4 => drop(profile.claims.claim(Key::of(&[&name]), wall)),
                _ => drop(profile.page("", &[], wall)),
            }
            profile.log.note(&name, wall, core::slice::from_ref(&name));
            let moves = journey::due(&journeys, &profile.journeys, Some(&name), wall, &Nothing);
            profile.journeys.make(&journeys, &moves);
        }
    };
    /// What both tabs should have alike, as a set of lines.
    fn shared(profile: &Profile) -> Vec<String> {
        let mut lines = Vec::new();
        for (part, value) in profile.to_value().entries() {
            if !matches!(part.as_str(), "session" | "numbers") {
                lines.extend(value.items().iter().map(|row| part.clone() + &row.to_json()));
            }
        }
        lines.sort();
        lines
    }
    for round in 0..100 {
        let mut a = profile();
        happen(&mut a, round * 3);
        let mut b = Profile::from_value(&a.to_value());
        (0..5).for_each(|_| [&mut a, &mut b].into_iter().for_each(|tab| happen(tab, round % 7)));
        let (mut ab, mut ba) = (a.clone(), b.clone());
        assert_eq!(ab.merge(&b.to_value()), shared(&a) != shared(&ab), "news");
        ba.merge(&a.to_value());
        assert_eq!(shared(&ab), shared(&ba), "round {round}");
        assert!(!ab.merge(&b.to_value()) && !ab.merge(&ba.to_value()), "nothing new");
        assert_eq!(shared(&ab), shared(&ba), "round {round}");
    }
}

#[test]
fn what_was_dismissed_outlives_a_full_log_and_is_over() {
    let (mut profile, until) = (profile(), Until::new(true));
    assert_eq!(profile.over(&until, "hero", NOON), None);
    profile.dismiss("hero", NOON);
    for at in 0..500 {
        profile.log.note("click", NOON + f64::from(at), &["click".into()]);
    }
    let read = Profile::from_value(&profile.to_value());
    assert_eq!(read.over(&until, "hero", NOON), Some(Refusal::Dismissed));
}

#[test]
fn deciding_allocates_nothing() {
    let mut profile = profile();
    let (key, named) = (Key::of(&["hero"]), ["click".into()]);
    for at in 0..200 {
        profile.log.note("click", NOON + f64::from(at), &named);
        profile.tally.saw(key, NOON + f64::from(at));
    }
    let text = r#"{"perPage":900,"per":{"count":8,"period":"1d"},"until":{"goal":"signup"}}"#;
    let limits = Limits::read(&Value::parse(text).unwrap(), true, &mut Reading::default());
    let allocated = allocation_counter::measure(|| {
        assert_eq!(profile.log.count("click", Some(1e3), Some("e"), NOON), 128.0);
        assert!(profile.log.sequence(&named, None, None, NOON));
        assert_eq!(limits.refusal(key, &profile.tally, NOON), None);
        assert_eq!(profile.over(&limits.until, "hero", NOON), None);
        assert_eq!(Budget::default().may(&profile.claims, key, NOON), Ok(()));
    });
    assert_eq!(allocated.count_total, 0);
}
