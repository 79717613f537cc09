//! Whether an experiment's variants were seen by as many visitors as its weights say.
//!
//! Where they were not, something went wrong on the way: a variant that breaks the page, a slot that
//! is seen in one variant and not in the other. Then the rates below it compare different people.
//! Pearson's chi-square test against the probability that each exposure told. A bandit's changes
//! with what it learns and knows, so such a rule is left out.

use serde::Serialize;

/// Below so many visitors expected in any variant the test says nothing.
const LEAST_EXPECTED: f64 = 5.0;
/// Probabilities this near each other are one; they come in millionths.
const SAME: f64 = 1e-5;
/// Variants that nobody saw are missing where the probabilities leave more than this.
const MISSING: f64 = 0.001;

/// The shares of one rule that draws its variants with fixed probabilities.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ratio {
    /// The rule.
    pub rule: String,
    /// Of the variants that were seen, by name.
    pub shares: Vec<Share>,
    /// Pearson's statistic; None where too few visitors are expected of a variant.
    pub chi_square: Option<f64>,
    /// How probable a statistic at least as large is by chance, 0 to 1.
    pub p: Option<f64>,
}

/// A variant's share of the visitors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Its name.
    pub variant: String,
    /// Visitors who saw it by this rule.
    pub visitors: u64,
    /// The share of visitors it should have, 0 to 1.
    pub expected: f64,
}

/// What was counted of a variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// Its name.
    pub variant: String,
    /// Visitors who saw it.
    pub visitors: u64,
    /// The least probability that an exposure told.
    pub least: f64,
    /// The highest.
    pub most: f64,
}

/// Judges one rule; None where its probabilities are not fixed, or there is nothing to divide.
pub fn judge(rule: &str, variants: &[Counted]) -> Option<Ratio> {
    let told: f64 = variants.iter().map(|it| it.most).sum();
    let fixed = variants.iter().all(|it| it.least > 0.0 && it.most - it.least <= SAME);
    if !fixed || told > 1.0 + MISSING || variants.iter().all(|it| it.most > 1.0 - SAME) {
        return None;
    }
    let visitors = variants.iter().map(|it| it.visitors).sum::<u64>() as f64;
    let mut cells: Vec<(f64, f64)> =
        variants.iter().map(|it| (it.visitors as f64, it.most * visitors)).collect();
    if told < 1.0 - MISSING {
        // Variants that nobody saw: how many is not known, so they are one.
        cells.push((0.0, (1.0 - told) * visitors));
    }
    let enough = cells.iter().all(|(_, expected)| *expected >= LEAST_EXPECTED);
    let chi_square = enough.then(|| {
        cells.iter().map(|(seen, expected)| (seen - expected) * (seen - expected) / expected).sum()
    });
    Some(Ratio {
        rule: rule.to_owned(),
        shares: variants
            .iter()
            .map(|it| Share {
                variant: it.variant.clone(),
                visitors: it.visitors,
                expected: it.most,
            })
            .collect(),
        chi_square,
        p: chi_square.map(|statistic| upper_tail(statistic, cells.len() - 1)),
    })
}

/// The probability that chi-square with so many degrees of freedom is at least `statistic`: the closed
/// form for whole degrees (Abramowitz and Stegun 26.4.4 and 26.4.5).
fn upper_tail(statistic: f64, degrees: usize) -> f64 {
    let half = statistic / 2.0;
    let (mut tail, mut term, mut at) = if degrees.is_multiple_of(2) {
        (0.0, libm::exp(-half), 0.0)
    } else {
        let root = libm::sqrt(half);
        (libm::erfc(root), libm::exp(-half) * root * std::f64::consts::FRAC_2_SQRT_PI, 0.5)
    };
    for _ in 0..degrees / 2 {
        tail += term;
        at += 1.0;
        term *= half / at;
    }
    tail.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(rows: &[(&str, u64, f64, f64)]) -> Vec<Counted> {
        let row = |(variant, visitors, least, most): &(&str, u64, f64, f64)| Counted {
            variant: (*variant).to_owned(),
            visitors: *visitors,
            least: *least,
            most: *most,
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn the_tail_is_that_of_the_tables() {
        // The 5 % and 0.1 % points of chi-square (NIST, table 1.3.6.7.4).
        for (degrees, five, thousandth) in
            [(1, 3.841, 10.828), (2, 5.991, 13.816), (3, 7.815, 16.266), (10, 18.307, 29.588)]
        {
            assert!((upper_tail(five, degrees) - 0.05).abs() < 2e-5, "{degrees}");
            assert!((upper_tail(thousandth, degrees) - 0.001).abs() < 1e-6, "{degrees}");
        }
        assert_eq!((upper_tail(0.0, 1), upper_tail(0.0, 4)), (1.0, 1.0));
        assert!(upper_tail(1e4, 15) < 1e-300);
    }

    #[test]
    fn fair_shares_pass_and_lost_visitors_do_not() {
        let fair = judge("t", &counted(&[("a", 510, 0.5, 0.5), ("b", 490, 0.5, 0.5)])).unwrap();
        assert!((fair.chi_square.unwrap() - 0.4).abs() < 1e-9 && fair.p.unwrap() > 0.5);
        let lost = judge("t", &counted(&[("a", 560, 0.5, 0.5), ("b", 440, 0.5, 0.5)])).unwrap();
        assert!(lost.p.unwrap() < 0.001);
        // Nobody saw the other one: that is the worst there is.
        let gone = judge("t", &counted(&[("a", 100, 0.5, 0.5)])).unwrap();
        assert_eq!((gone.shares.len(), gone.chi_square), (1, Some(100.0)));
        assert!(gone.p.unwrap() < 1e-20);
    }

    #[test]
    fn a_bandit_is_left_out_and_few_say_nothing() {
        let bandit = counted(&[("a", 500, 0.2, 0.8), ("b", 500, 0.1, 0.9)]);
        assert_eq!(judge("l", &bandit), None);
        let few = judge("t", &counted(&[("a", 3, 0.5, 0.5), ("b", 1, 0.5, 0.5)])).unwrap();
        assert_eq!((few.chi_square, few.p), (None, None));
        assert_eq!(few.shares[0].expected, 0.5);
        assert_eq!(judge("t", &[]), None);
        assert_eq!(judge("t", &counted(&[("a", 9, 1.0, 1.0)])), None, "nothing to divide");
    }
}
