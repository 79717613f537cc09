//! A log with a known truth, made here, and the alarms.

use super::*;

fn chance(rng: &mut Rng) -> f64 {
    (rng.draw() >> 11) as f64 / (1u64 << 53) as f64
}

/// Synthetic: two contexts, three arms; the log draws by `behaviour`, the judged policy is `target`.
fn synthetic(count: usize, model: [[f64; 3]; 2], behaviour: [[f64; 3]; 2]) -> (Vec<Row>, f64) {
    let truth = [[0.1, 0.3, 0.5], [0.4, 0.2, 0.1]];
    let target = [[0.1, 0.2, 0.7], [0.6, 0.3, 0.1]];
    let mut rng = Rng::new(23);
    let mut rows = Vec::new();
    for at in 0..count {
        let context = at % 2;
        let draw = chance(&mut rng);
        let [a, b, _] = behaviour[context];
        let arm = if draw < a { 0 } else { 1 + usize::from(draw >= a + b) };
        let value = (0..3).map(|arm| target[context][arm] * model[context][arm]).sum();
        rows.push(Row {
            reward: f64::from(u8::from(chance(&mut rng) < truth[context][arm])),
            propensity: behaviour[context][arm],
            target: target[context][arm],
            expected: model[context][arm],
            value,
        });
    }
    let value = |context: usize| -> f64 {
        (0..3).map(|arm| target[context][arm] * truth[context][arm]).sum()
    };
    (rows, (value(0) + value(1)) / 2.0)
}

const EVEN: [[f64; 3]; 2] = [[0.5, 0.3, 0.2], [0.2, 0.4, 0.4]];
const TRUTH: [[f64; 3]; 2] = [[0.1, 0.3, 0.5], [0.4, 0.2, 0.1]];
const WRONG: [[f64; 3]; 2] = [[0.9, 0.9, 0.9], [0.9, 0.9, 0.9]];

fn values(judged: &Judged) -> [f64; 4] {
    std::array::from_fn(|at| judged.estimates[at].value)
}

#[test]
fn the_four_agree_with_the_truth_of_a_synthetic_log_and_their_intervals_hold_it() {
    let (rows, truth) = synthetic(20_000, TRUTH, EVEN);
    let judged = judge(&rows, None, 1).unwrap();
    for estimate in &judged.estimates {
        assert!((estimate.value - truth).abs() < 0.012, "{truth}: {estimate:?}");
        assert!(estimate.low <= truth + 1e-12 && truth <= estimate.high + 1e-12, "{estimate:?}");
    }
    assert_eq!(judged.weights.alarms, [""; 0]);
    // A good model makes DR surer than IPW.
    let width = |at: usize| judged.estimates[at].high - judged.estimates[at].low;
    assert!(width(3) < width(0), "{judged:?}");
}

#[test]
fn a_wrong_model_misleads_dm_and_not_dr() {
    let (rows, truth) = synthetic(20_000, WRONG, EVEN);
    let [_, _, dm, dr] = values(&judge(&rows, None, 1).unwrap());
    assert!((dm - 0.9).abs() < 1e-9 && (dr - truth).abs() < 0.02, "{dm} {dr} {truth}");
}

#[test]
fn figures_of_three_rows_are_those_worked_out_by_hand() {
    let row =
        |reward, propensity, target| Row { reward, propensity, target, expected: 0.5, value: 0.25 };
    let rows = [row(1.0, 0.5, 0.25), row(0.0, 0.5, 0.5), row(1.0, 0.1, 0.4)];
    // Weights 0.5, 1, 4.
    let judged = judge(&rows, None, 1).unwrap();
    let near = |found: [f64; 4], wanted: [f64; 4]| {
        assert!(
            found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12),
            "{found:?} {wanted:?}"
        );
    };
    near(values(&judged), [1.5, 4.5 / 5.5, 0.25, 0.25 + (0.25 - 0.5 + 2.0) / 3.0]);
    assert!((judged.weights.effective - 5.5 * 5.5 / 17.25).abs() < 1e-12);
    // Cut to 2: weights 0.5, 1, 2.
    let cut = judge(&rows, Some(2.0), 1).unwrap();
    near(values(&cut), [2.5 / 3.0, 2.5 / 3.5, 0.25, 0.25 + (0.25 - 0.5 + 1.0) / 3.0]);
    assert_eq!(cut.weights, judged.weights, "alarms are of the weights as they were");
    assert!(judge(&[], None, 1).is_none());
}

#[test]
fn a_log_that_says_little_raises_its_alarm() {
    let alarms = |rows: &[Row]| judge(rows, None, 1).unwrap().weights.alarms;
    // It hardly ever drew what the policy prefers.
    let rare = [[0.97, 0.02, 0.01], [0.01, 0.02, 0.97]];
    assert!(alarms(&synthetic(4_000, TRUTH, rare).0).contains(&"overlap"));
    // A few rows.
    let (rows, _) = synthetic(15, TRUTH, EVEN);
    let few = alarms(&rows);
    assert!(few.contains(&"single") && few.contains(&"rewards"), "{few:?}");
    // The log says it drew half as often as it did.
    let (mut rows, _) = synthetic(4_000, TRUTH, EVEN);
    rows.iter_mut().for_each(|row| row.propensity /= 2.0);
    assert_eq!(alarms(&rows), ["mean"]);
}

#[test]
fn the_bootstrap_is_drawn_from_its_seed() {
    let (rows, _) = synthetic(300, TRUTH, EVEN);
    assert_eq!(judge(&rows, None, 7), judge(&rows, None, 7));
    let low = |seed| judge(&rows, None, seed).unwrap().estimates[0].low;
    assert_ne!(low(7), low(8));
}
