//! What `unspoken::bandit` promises: mistakes told, propensities true, rewards once, documents small.

use unspoken::attribute::{Attribute, Attributes, Read};
use unspoken::bandit::{
    Awaiting, Context, Learn, Lesson, MAX_DECISIONS, MAX_POSTERIORS, MEMORY, Method, Posterior,
    Posteriors, choose,
};
use unspoken::id::Rng;
use unspoken::reading::Reading;
use unspoken::value::Value;

fn read(json: &str) -> (Learn, Vec<String>) {
    let mut reading = Reading::new("learn");
    let learn = Learn::read(&Value::parse(json).unwrap(), &mut reading);
    (learn, reading.into_mistakes().iter().map(|mistake| mistake.to_line()).collect())
}

struct Told(Vec<(&'static str, Value)>);

impl Attributes for Told {
    fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
        self.0.iter().find(|(name, _)| *name == attribute.name()).map(|(_, value)| value).into()
    }
}

fn learn(variants: usize, size: usize) -> Learn {
    let names: Vec<String> = (0..variants).map(|at| format!("\"v{at}\"")).collect();
    let terms: Vec<String> = (1..size).map(|at| format!("\"a{at}\"")).collect();
    let (names, terms) = (names.join(","), terms.join(","));
    let (learn, mistakes) =
        read(&format!(r#"{{"variants":[{names}],"goal":"buy","context":[{terms}]}}"#));
    assert_eq!(mistakes, [""; 0]);
    learn
}

#[test]
fn a_learn_is_read_with_its_defaults() {
    let (learn, mistakes) = read(
        r#"{ "variants": ["default", "guide", "offer"], "goal": "add_to_cart", "within": "10m",
             "value": { "most": 200 }, "method": "linucb", "explore": 0.1,
             "context": ["intent.buy", "device.type", { "attribute": "age", "scale": 100 },
                         { "attribute": "plan", "values": ["free", "pro"] }] }"#,
    );
    assert_eq!(mistakes, [""; 0]);
    assert_eq!((learn.size(), learn.within, learn.most), (7, 600_000.0, Some(200.0)));
    assert_eq!((learn.method, learn.explore, learn.arm("offer")), (Method::LinUcb, 0.1, Some(2)));
    let told = Told(vec![
        ("intent.buy", Value::Number(0.25)),
        ("device.type", "tablet".into()),
        ("age", Value::Number(1_000.0)),
        ("plan", "pro".into()),
    ]);
    assert_eq!(learn.context(&told).numbers(), [1.0, 0.25, 0.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(learn.context(&Told(vec![])).numbers(), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!((learn.reward(Some(50.0)), learn.reward(Some(1e9))), (0.25, 1.0));
    assert_eq!((learn.reward(None), learn.reward(Some(-3.0))), (0.0, 0.0));

    let (plain, mistakes) = read(r#"{"variants":["a","b"],"goal":"g"}"#);
    assert_eq!(mistakes, [""; 0]);
    assert_eq!((plain.method, plain.explore, plain.within), (Method::Thompson, 0.05, 1_800_000.0));
    assert_eq!((plain.reward(Some(7.0)), plain.size()), (1.0, 1));
    let wanted = Told(vec![("x", Value::Bool(true))]);
    let (flag, _) = read(r#"{"variants":["a","b"],"goal":"g","context":["x"]}"#);
    assert_eq!(flag.context(&wanted).numbers(), [1.0, 1.0]);
}

#[test]
fn each_mistake_has_its_place_and_mend() {
    for (json, wanted) in [
        ("3", "learn: expected an object, got a number"),
        (r#"{"variants":["a","b"]}"#, "learn: it has no goal"),
        (r#"{"variants":[],"goal":"g"}"#, "learn.variants: expected 2 to 8 variants"),
        (r#"{"goal":"g"}"#, "learn: it has no variants"),
        (r#"{"variants":["a"],"goal":"g"}"#, "learn.variants: expected 2 to 8 variants"),
        (
            r#"{"variants":["a","b","a"],"goal":"g"}"#,
            "learn.variants[2]: the variant a stands here twice",
        ),
        (
            r#"{"variants":["a",""],"goal":"g"}"#,
            "learn.variants[1]: expected the name of a variant, 1 to 256 bytes",
        ),
        (
            r#"{"variants":["a","b"],"goal":7}"#,
            "learn.goal: expected the name of a goal, 1 to 256 bytes",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","within":"8d"}"#,
            "learn.within: expected a duration from \"1s\" to \"7d\"",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","within":"8x"}"#,
            "learn.within: \"8x\" is no duration; write \"90s\"",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","explore":0.6}"#,
            "learn.explore: expected a number above 0, at most 1 / the number of variants",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","explore":0}"#,
            "learn.explore: expected a number above 0, at most 1 / the number of variants",
        ),
        (r#"{"variants":["a","b"],"goal":"g","value":{}}"#, "learn.value: it has no most"),
        (
            r#"{"variants":["a","b"],"goal":"g","value":{"most":0}}"#,
            "learn.value.most: expected a number above 0",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","method":"greedy"}"#,
            "learn.method: expected thompson or linucb",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","context":["profile.colour"]}"#,
            "learn.context[0]: there is no attribute profile.colour",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","context":[{"attribute":"x","values":[1]}]}"#,
            "learn.context[0].values: expected a list of texts",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","context":["a","b","c","d","e","f","device.type"]}"#,
            "learn.context: more than 7 numbers: each listed text of values is one",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","prior":1}"#,
            "learn.prior: expected the text that unspoken pool writes, got a number",
        ),
        (
            r#"{"variants":["a","b"],"goal":"g","goel":1}"#,
            "learn.goel: unknown key; did you mean goal?",
        ),
    ] {
        let (_, mistakes) = read(json);
        assert_eq!(mistakes, [wanted], "{json}");
    }
    assert_eq!(read("{}").1, ["learn: it has no variants", "learn: it has no goal"]);
    let (learn, mistakes) = read(r#"{"variants":["a","b"],"goal":"g","prior":"AAAA"}"#);
    assert_eq!(mistakes, [""; 0], "a damaged prior does not cost the rule");
    assert!(learn.is_prior_refused && learn.prior == Posterior::new(&learn));
}

/// A posterior that has seen something of everything.
fn taught(learn: &Learn, lessons: usize) -> Posterior {
    let (mut posterior, mut rng) = (Posterior::new(learn), Rng::new(7));
    for at in 0..lessons {
        let mut numbers = vec![1.0];
        (1..learn.size()).for_each(|_| numbers.push((rng.draw() % 1_000) as f64 / 1_000.0));
        let reward = f64::from(u8::from(rng.draw().is_multiple_of(5)));
        posterior.learn(at % learn.variants.len(), &numbers, reward, MEMORY);
    }
    posterior
}

#[test]
fn eight_arms_of_eight_numbers_are_under_two_kilobytes_and_read_back_to_the_bit() {
    let learn = learn(8, 8);
    let posterior = taught(&learn, 3_000);
    let kept = posterior.to_value();
    let size = kept.to_json().len();
    assert!((1_800..2_048).contains(&size), "{size} bytes");
    assert_eq!(Posterior::from_value(&learn, &kept), Some(posterior));
    assert_eq!(Posterior::new(&learn).to_value(), Value::Null);
}

#[test]
fn what_is_damaged_or_of_another_goal_or_context_is_not_believed() {
    let learn = learn(3, 4);
    let Value::Text(kept) = taught(&learn, 60).to_value() else { panic!("no text") };
    let from = |learn: &Learn, text: &str| Posterior::from_value(learn, &Value::from(text));
    assert!(from(&learn, &kept).is_some());
    for at in 0..kept.len() {
        let mut bytes = kept.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let broken = String::from_utf8(bytes).unwrap();
        assert!(from(&learn, &broken).is_none(), "byte {at}");
        assert!(from(&learn, &kept[..at]).is_none(), "cut at {at}");
    }
    let mut other = learn.clone();
    other.goal = "signup".into();
    assert!(from(&other, &kept).is_none());
    assert!(from(&self::learn(3, 5), &kept).is_none());
    assert!(Posterior::from_value(&learn, &Value::Null).is_none());
}

#[test]
fn arms_are_known_by_name_when_the_config_changes() {
    let before = learn(3, 2);
    let kept = taught(&before, 90).to_value();
    let mut after = before.clone();
    after.variants = vec!["new".into(), "v2".into(), "v0".into()];
    let read = Posterior::from_value(&after, &kept).unwrap();
    let whole = Posterior::from_value(&before, &kept).unwrap();
    let stands: Vec<f64> = (0..3).map(|arm| read.stands_on(arm)).collect();
    assert_eq!(stands, [0.0, whole.stands_on(2), whole.stands_on(0)]);
}

#[test]
fn shares_are_a_distribution_with_a_floor_and_arms_come_as_often_as_they_say() {
    for method in [Method::Thompson, Method::LinUcb] {
        let mut learn = learn(4, 3);
        learn.method = method;
        let known = taught(&learn, 40);
        let context = Context::of(&[1.0, 0.3, 0.9]);
        let mut rng = Rng::new(3);
        let shares = learn.shares(&known, &context, &mut rng);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{shares:?}");
        assert!(shares.iter().all(|share| *share >= learn.explore), "{shares:?}");
        let (mut counts, trials) = ([0.0; 4], 40_000);
        for _ in 0..trials {
            let chosen = choose(&shares, &mut rng);
            assert_eq!(chosen.propensity, shares[chosen.arm]);
            counts[chosen.arm] += 1.0 / f64::from(trials);
        }
        for (count, share) in counts.iter().zip(&shares) {
            assert!((count - share).abs() < 0.01, "{counts:?} {shares:?}");
        }
    }
}

/// What weights by 1 / propensity are for: the sum over decisions estimates what each arm brings,
/// though arms are chosen by what is known and the draws are counted.
#[test]
fn logged_propensities_weigh_rewards_without_bias() {
    let learn = learn(3, 2);
    let brings = [0.3, 0.6, 0.1];
    let (mut rng, mut sums, mut count) = (Rng::new(5), [0.0; 3], 0.0);
    for _ in 0..2_000 {
        let mut known = Posterior::new(&learn);
        for _ in 0..50 {
            let context = Context::of(&[1.0, f64::from(u8::from(rng.draw() & 1 == 0))]);
            let chosen = learn.choose(&known, &context, &mut rng);
            let hit = (rng.draw() >> 11) as f64 / (1u64 << 53) as f64;
            let reward = f64::from(u8::from(hit < brings[chosen.arm]));
            known.learn(chosen.arm, context.numbers(), reward, MEMORY);
            sums[chosen.arm] += reward / chosen.propensity;
            count += 1.0;
        }
    }
    for (sum, brings) in sums.iter().zip(&brings) {
        assert!((sum / count - brings).abs() < 0.02, "{} for {brings}", sum / count);
    }
}

#[test]
fn the_same_seed_draws_the_same_on_every_machine() {
    let learn = learn(3, 3);
    let known = taught(&learn, 40);
    let mut rng = Rng::new(11);
    let shares = learn.shares(&known, &Context::of(&[1.0, 0.5, -0.5]), &mut rng);
    let bits: Vec<u64> = shares.iter().map(|share| share.to_bits()).collect();
    assert_eq!(bits, BITS);
    assert_eq!(rng.draw(), AFTER, "and leaves the generator where it was");
}

/// By libm's `log1p` and sums in a fixed order; a change of either shows here.
const BITS: [u64; 3] = [4604786363060767949, 4596233042205972890, 4589702822746285670];
const AFTER: u64 = 5305198519766086330;

#[test]
fn an_estimate_is_that_of_the_ridge_regression() {
    let learn = learn(2, 2);
    let mut known = Posterior::new(&learn);
    known.add(0, &[1.0, 1.0], 1.0, 1.0);
    known.add(0, &[1.0, 0.0], 1.0, 0.0);
    // A = [[2, 1], [1, 1]] + I, b = [1, 1]: A⁻¹ b = [0.2, 0.4], xᵀ A⁻¹ x = 0.6 at x = (1, 1).
    let estimates = known.estimates(&learn.prior, &[1.0, 1.0]);
    assert!((estimates[0].mean - 0.6).abs() < 1e-12);
    // Two lessons leave more variance of rewards than is explored by, which is 0.06.
    assert!((estimates[0].deviation - f64::sqrt(0.06 * 0.6)).abs() < 1e-12);
    assert!((estimates[1].deviation - f64::sqrt(0.06 * 2.0)).abs() < 1e-12);
    // Of 100 lessons of one arm, 3 rewarded: A = 101, b = 3, and what is left over is
    // (2 / 4 + 3 - 9 / 101) / 102, by the 100 and the 2 of a coin that every posterior begins with.
    let mut rare = Posterior::plain(1, 1);
    rare.add(0, &[1.0], 100.0, 3.0);
    let noise = (0.5 + 3.0 - 9.0 / 101.0) / 102.0;
    let found = rare.estimates(&Posterior::plain(1, 1), &[1.0])[0].deviation;
    assert!((found - f64::sqrt(noise / 101.0)).abs() < 1e-12, "{found}");
    // A reward that comes later is the same as one that came at once.
    let mut late = Posterior::new(&learn);
    late.add(0, &[1.0, 1.0], 1.0, 0.0);
    late.add(0, &[1.0, 0.0], 1.0, 0.0);
    late.add(0, &[1.0, 1.0], 0.0, 1.0);
    assert_eq!(late, known);
    // As a prior it says the same.
    let upon = Posterior::new(&learn).estimates(&known, &[1.0, 1.0]);
    assert_eq!(upon, estimates);
}

#[test]
fn rubbish_teaches_nothing_and_estimates_stay_finite() {
    let learn = learn(2, 3);
    let mut known = taught(&learn, 20);
    let before = known.clone();
    known.add(0, &[1.0, f64::NAN, 0.0], 1.0, 1.0);
    known.add(0, &[1.0, 0.0, 0.0], 1.0, f64::INFINITY);
    known.add(0, &[1.0], 1.0, 1.0);
    known.add(9, &[1.0, 0.0, 0.0], 1.0, 1.0);
    assert_eq!(known, before);
    // Forged: no sum of squares looks like this.
    known.add(0, &[1.0, 1.0, 1.0], -1e6, 1e6);
    let shares = learn.shares(&known, &Context::of(&[1.0, 1.0, -1.0]), &mut Rng::new(1));
    assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{shares:?}");
}

#[test]
fn what_was_learned_long_ago_gives_way() {
    let learn = learn(2, 1);
    let mut known = Posterior::new(&learn);
    let mean = |known: &Posterior| known.estimates(&learn.prior, &[1.0])[0].mean;
    (0..5_000).for_each(|_| known.learn(0, &[1.0], 1.0, MEMORY));
    assert!(known.stands_on(0) <= MEMORY && mean(&known) > 0.99, "{}", mean(&known));
    assert_eq!(known.lessons(), 5_000.0);
    (0..3_000).for_each(|_| known.learn(0, &[1.0], 0.0, MEMORY));
    assert!(mean(&known) < 0.06, "{}", mean(&known));
}

#[test]
fn posteriors_are_bounded_and_of_two_tabs_the_one_with_more_lessons_stays() {
    let learn = learn(2, 2);
    let lesson = |key: &str, reward| Lesson {
        key: key.to_string(),
        arm: 1,
        context: Context::of(&[1.0, 0.5]),
        propensity: 0.5,
        reward,
    };
    let mut mine = Posteriors::default();
    mine.learn(&lesson("hero.guide", 1.0), &learn);
    let mut theirs = mine.clone();
    theirs.learn(&lesson("hero.guide", 0.0), &learn);
    theirs.learn(&lesson("banner.sale", 0.0), &learn);
    mine.merge(theirs.clone());
    assert_eq!(mine.get("hero.guide", &learn).lessons(), 2.0, "not three: one was shared");
    assert_eq!(mine.get("banner.sale", &learn).lessons(), 1.0);
    mine.merge(theirs);
    assert_eq!(mine.get("hero.guide", &learn).lessons(), 2.0, "merging twice changes nothing");
    let read = Posteriors::from_value(&Value::parse(&mine.to_value().to_json()).unwrap());
    assert_eq!(read, mine);
    for at in 0..20 {
        mine.learn(&lesson(&format!("slot.{at}"), 0.0), &learn);
    }
    assert_eq!(mine.to_value().items().len(), MAX_POSTERIORS);
    assert_eq!(mine.get("slot.19", &learn).lessons(), 1.0);
    assert_eq!(mine.get("slot.0", &learn).lessons(), 0.0);
    let rubbish = Value::parse(r#"[["a"],[1,2,3],["hero.guide",9,"AAAA"]]"#).unwrap();
    assert_eq!(Posteriors::from_value(&rubbish).get("hero.guide", &learn), Posterior::new(&learn));
}

const NOON: f64 = 1.7e12;
const MINUTE: f64 = 60_000.0;

fn one() -> [(&'static str, Learn); 1] {
    [("hero.guide", learn(2, 2))]
}

fn decided() -> Awaiting {
    let mut awaiting = Awaiting::default();
    awaiting.decided("hero.guide", "v1", &Context::of(&[1.0, 0.12345]), 0.7, NOON);
    awaiting
}

#[test]
fn a_goal_within_the_window_is_rewarded_once() {
    let rules = one();
    let rules = &rules[..];
    let mut awaiting = decided();
    assert!(awaiting.goal("buy", None, rules, NOON).is_empty(), "nobody has seen it yet");
    let shown = awaiting.exposed("hero.guide", rules, NOON + MINUTE).unwrap();
    assert_eq!((shown.arm, shown.reward, shown.propensity), (1, 0.0, 0.7));
    assert!(awaiting.exposed("hero.guide", rules, NOON + 2.0 * MINUTE).is_none(), "counts once");
    assert!(awaiting.goal("signup", None, rules, NOON + 3.0 * MINUTE).is_empty());
    let lessons = awaiting.goal("buy", None, rules, NOON + 31.0 * MINUTE);
    assert_eq!((lessons.len(), lessons[0].arm, lessons[0].reward), (1, 1, 1.0));
    assert_eq!(lessons[0].context.numbers(), [1.0, 0.1235]);
    assert!(awaiting.goal("buy", None, rules, NOON + 31.0 * MINUTE).is_empty());
    assert!(awaiting.due(rules, NOON + 99.0 * MINUTE).is_empty(), "it has taught already");
    assert_eq!(awaiting.standing("hero.guide").unwrap().variant, "v1", "and goes on standing");
    assert!(awaiting.exposed("hero.guide", rules, NOON + 99.0 * MINUTE).is_none());
}

#[test]
fn a_window_that_passes_teaches_nothing_came_also_on_the_next_visit() {
    let rules = one();
    let rules = &rules[..];
    let mut awaiting = decided();
    awaiting.exposed("hero.guide", rules, NOON);
    assert!(awaiting.due(rules, NOON + 30.0 * MINUTE).is_empty());
    awaiting.renew();
    assert!(awaiting.standing("hero.guide").is_none(), "a new session draws anew");
    let json = Value::parse(&awaiting.to_value().to_json()).unwrap();
    let mut later = Awaiting::from_value(&json);
    assert_eq!(later, awaiting);
    assert!(later.goal("buy", None, rules, NOON + 31.0 * MINUTE).is_empty(), "too late");
    let lessons = later.due(rules, NOON + 1e9);
    assert_eq!((lessons.len(), lessons[0].reward), (1, 0.0));
    assert!(later.due(rules, NOON + 2e9).is_empty());
    // A tab that slept through it knows the decision as waiting still.
    later.merge(awaiting);
    assert!(later.due(rules, NOON + 2e9).is_empty(), "it does not teach twice");
}

#[test]
fn what_was_not_seen_or_is_gone_from_the_config_or_is_a_machines_teaches_nothing() {
    let rules = one();
    let mut unseen = decided();
    assert!(unseen.due(&rules[..], NOON + 1e9).is_empty());
    let mut gone = decided();
    gone.exposed("hero.guide", &rules[..], NOON);
    let mut other = rules.clone();
    other[0].1.variants = vec!["v0".into(), "v9".into()];
    assert!(gone.clone().goal("buy", None, &other[..], NOON + MINUTE).is_empty());
    assert!(gone.clone().due(&other[..], NOON + 1e9).is_empty());
    assert!(gone.due(&[] as &[(&str, Learn)], NOON + MINUTE).is_empty());
    assert!(gone.goal("buy", None, &rules[..], NOON + MINUTE).is_empty(), "forgotten");
    let mut machine = decided();
    machine.exposed("hero.guide", &rules[..], NOON);
    machine.clear();
    assert!(machine.goal("buy", None, &rules[..], NOON + MINUTE).is_empty());
    let mut back = decided();
    back.exposed("hero.guide", &rules[..], NOON);
    assert!(back.due(&rules[..], NOON - 1e9).is_empty(), "a clock that was set back");
    assert!(back.due(&rules[..], NOON + 1e9).is_empty());
}

#[test]
fn two_tabs_share_a_decision_and_its_one_lesson() {
    let rules = one();
    let rules = &rules[..];
    let mut mine = decided();
    let mut theirs = mine.clone();
    mine.exposed("hero.guide", rules, NOON);
    assert_eq!(mine.goal("buy", None, rules, NOON + MINUTE).len(), 1);
    theirs.exposed("hero.guide", rules, NOON + 1.0);
    theirs.merge(mine);
    assert!(theirs.goal("buy", None, rules, NOON + MINUTE).is_empty());
    // Both tabs drew before they knew of each other: the earlier one stands in both.
    let (mut a, mut b) = (decided(), Awaiting::default());
    b.decided("hero.guide", "v0", &Context::of(&[1.0, 0.0]), 0.3, NOON + 5.0);
    a.merge(b.clone());
    b.merge(decided());
    assert_eq!(a.standing("hero.guide"), b.standing("hero.guide"));
    assert_eq!(a.standing("hero.guide").unwrap().variant, "v1");
}

#[test]
fn a_full_list_takes_no_decision_more_and_makes_room_where_nothing_waits() {
    let mut awaiting = Awaiting::default();
    let rule = learn(2, 1);
    let names: Vec<String> = (0..40).map(|at| format!("slot.{at}")).collect();
    let rules: Vec<(&str, Learn)> =
        names.iter().map(|name| (name.as_str(), rule.clone())).collect();
    let context = Context::of(&[1.0]);
    for name in &names[..MAX_DECISIONS] {
        awaiting.decided(name, "v0", &context, 0.5, NOON);
    }
    awaiting.decided("slot.20", "v0", &context, 0.5, NOON);
    assert!(awaiting.standing("slot.0").is_none() && awaiting.standing("slot.20").is_some());
    for name in &names {
        awaiting.exposed(name, &rules[..], NOON);
    }
    awaiting.decided("slot.21", "v0", &context, 0.5, NOON);
    assert!(awaiting.standing("slot.21").is_none(), "all the others wait for their reward");
    assert_eq!(awaiting.to_value().items().len(), MAX_DECISIONS);
    assert_eq!(awaiting.due(&rules[..], NOON + 1e9).len(), MAX_DECISIONS);
    for rubbish in ["null", "[[]]", r#"[["a","b",2,0,0,0,1]]"#, r#"[["a","b",0,0,0,0]]"#] {
        let read = Awaiting::from_value(&Value::parse(rubbish).unwrap());
        assert_eq!(read, Awaiting::default(), "{rubbish}");
    }
}
