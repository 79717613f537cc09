//! Whether a head still forecasts what happens, day by day, and when its site should be told.
//!
//! Pure: the store hands over what each session of a day forecast and what came of it. The session
//! is the unit, because the forecasts of one resemble each other: ten moments before one click are
//! one click. Two alarms:
//!
//! **Gap.** With `f` forecasts and `o` outcomes summed over all moments, and
//! `V = Σ f (1 − f)`, the variance of `o` were the moments independent and the forecasts right:
//! `z = (o − f) / √(deff · V)`. `deff` is the design effect of Rao & Scott, "A simple method for
//! the analysis of clustered binary data", Biometrics 48 (1992): by how much the sessions spread
//! more than independent moments would. The square of the day's own residuals is not used as the
//! variance: on a day with few outcomes it is small because they are few, so such a z cries too
//! often when fewer happen than forecast, and too seldom when more do (a test below counts it).
//!
//! **Ranking.** The day's AUC against the mean of the head's earlier days, with the variance of
//! Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53 (1997): DeLong's
//! with sessions as clusters. It assumes that sessions are independent of each other (one visitor's
//! two sessions on one day are not quite) and that there are enough of them for a normal law.

use serde::Serialize;
use unspoken::wire::BINS;

use crate::report::{Reliability, Tally, auc, ece, reliability};

/// A z beyond this is an alarm: by chance 27 in 10,000 judged days of a head, one in a year.
pub const ALARM_Z: f64 = 3.0;
/// A smaller gap is not worth a person's time, however sure: a threshold in a rule rarely stands
/// closer to a forecast than two points.
pub const LEAST_GAP: f64 = 0.02;
/// Fewer sessions, and a few odd ones decide. As many as a normal law is usually asked for.
pub const LEAST_SESSIONS: u64 = 30;
/// Outcomes, and their absence, that the forecasts must promise, counted in independent ones: the
/// rule of five for a normal law in place of a binomial one.
pub const LEAST_EXPECTED: f64 = 5.0;
/// A day with less than that is judged together with the days before it, up to a week.
pub const MOST_JOINED: usize = 7;
/// A smaller fall of the AUC is not worth a person's time either.
pub const LEAST_FALL: f64 = 0.05;
/// Sessions with an outcome, and sessions with its absence, for an AUC's interval to mean much.
pub const LEAST_RANKED: u64 = 10;
/// Sessions with an outcome, and sessions with its absence, from which a design effect is taken.
const LEAST_SPREAD: u64 = 10;
/// Earlier days that an AUC is held against.
pub const LEAST_EARLIER: usize = 3;
/// Ten bins alone move an AUC by about as much, so no interval is believed to be narrower.
const LEAST_AUC_ERROR: f64 = 0.01;
/// 95 % of a normal law.
const Z95: f64 = 1.959964;

/// A session weighs at most as much as this many middling ones of its head and day (by the median
/// of their moments): anyone may post one, and one that claims thousands of moments would drown the
/// others. Few honest sessions are that long, and what they forecast against what came of it stays.
pub const MOST_WEIGHT: u64 = 10;

/// ms of a day.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What one session forecast on one day, and what came of it.
pub type Session = [Tally; BINS];

/// What is kept of a day's sessions. The sums of two days add up.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    sessions: u64,
    moments: f64,
    outcomes: f64,
    /// In thousandths, as they came: whole numbers add up exactly.
    forecast_milli: f64,
    /// Σ f (1 − f).
    variance: f64,
    moments_squared: f64,
    outcomes_squared: f64,
    product: f64,
    /// Sessions with an outcome, and sessions with its absence.
    with: [u64; 2],
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.sessions += other.sessions;
        self.moments += other.moments;
        self.outcomes += other.outcomes;
        self.forecast_milli += other.forecast_milli;
        self.variance += other.variance;
        self.moments_squared += other.moments_squared;
        self.outcomes_squared += other.outcomes_squared;
        self.product += other.product;
        self.with[0] += other.with[0];
        self.with[1] += other.with[1];
    }

    fn of(session: &Session) -> Sums {
        let mut sums = Sums { sessions: 1, ..Sums::default() };
        for tally in session.iter().filter(|tally| tally.count > 0) {
            let count = tally.count as f64;
            let mean = mean(tally);
            sums.moments += count;
            sums.outcomes += tally.positives as f64;
            sums.forecast_milli += tally.sum_milli as f64;
            // By the bin's mean: at least what its single forecasts would give.
            sums.variance += count * mean * (1.0 - mean);
        }
        sums.moments_squared = sums.moments * sums.moments;
        sums.outcomes_squared = sums.outcomes * sums.outcomes;
        sums.product = sums.moments * sums.outcomes;
        sums.with =
            [sums.outcomes > 0.0, sums.outcomes < sums.moments].map(|is: bool| u64::from(is));
        sums
    }

    /// How much more the sessions' outcomes spread than independent moments would; 1 at least.
    /// Where too few sessions had one to tell, as if each session were all or nothing.
    fn design_effect(&self) -> f64 {
        if self.with[0].min(self.with[1]) < LEAST_SPREAD {
            return self.moments_squared / self.moments;
        }
        let rate = self.outcomes / self.moments;
        let spread =
            self.outcomes_squared - 2.0 * rate * self.product + rate * rate * self.moments_squared;
        let sessions = self.sessions as f64;
        let binomial = self.moments * rate * (1.0 - rate);
        (sessions / (sessions - 1.0) * spread / binomial).max(1.0)
    }

    fn forecast(&self) -> f64 {
        self.forecast_milli / 1000.0
    }

    fn is_enough(&self, design_effect: f64) -> bool {
        self.sessions >= LEAST_SESSIONS
            && self.forecast() / design_effect >= LEAST_EXPECTED
            && (self.moments - self.forecast()) / design_effect >= LEAST_EXPECTED
    }
}

fn mean(tally: &Tally) -> f64 {
    (tally.sum_milli as f64 / 1000.0 / tally.count as f64).min(1.0)
}

/// The sessions with a judged forecast, none of which weighs more than [`MOST_WEIGHT`] allows.
pub fn weighed(sessions: &[Session]) -> Vec<Session> {
    let moments = |session: &Session| session.iter().map(|tally| tally.count).sum::<u64>();
    let mut sessions: Vec<Session> =
        sessions.iter().filter(|session| moments(session) > 0).copied().collect();
    let mut sizes: Vec<u64> = sessions.iter().map(moments).collect();
    sizes.sort_unstable();
    let middle = sizes.len().saturating_sub(1) / 2;
    let most = MOST_WEIGHT * sizes.get(middle).copied().unwrap_or(0);
    for session in &mut sessions {
        let all = moments(session);
        if all > most {
            let share = |part: u64, whole: u64, of: u64| (part * whole + of / 2) / of;
            for tally in session.iter_mut().filter(|tally| tally.count > 0) {
                let count = share(tally.count, most, all);
                // By the rounded count, so that the bin's mean and rate stay.
                tally.positives = share(tally.positives, count, tally.count);
                tally.sum_milli = share(tally.sum_milli, count, tally.count);
                tally.count = count;
            }
        }
    }
    sessions
}

/// How much more these sessions' outcomes spread than independent moments would; 1 at least.
pub fn design_effect(sessions: &[Session]) -> f64 {
    let mut sums = Sums::default();
    sessions.iter().for_each(|session| sums.add(&Sums::of(session)));
    sums.design_effect()
}

/// How well a day's forecasts rank, and the variance of that number.
#[derive(Clone, Copy, Debug)]
struct Ranking {
    auc: f64,
    variance: f64,
}

/// One day of one head, before it is judged.
#[derive(Clone, Debug)]
pub struct Digest {
    day: u64,
    sums: Sums,
    tallies: [Tally; BINS],
    ranking: Option<Ranking>,
}

impl Digest {
    /// Of the sessions of day `day`, counted from 1970 in UTC. `None` where nothing was forecast.
    pub fn of(day: u64, sessions: &[Session]) -> Option<Digest> {
        let sessions = &weighed(sessions)[..];
        let (mut sums, mut tallies) = (Sums::default(), [Tally::default(); BINS]);
        for session in sessions {
            sums.add(&Sums::of(session));
            for (all, one) in tallies.iter_mut().zip(session) {
                all.count += one.count;
                all.positives += one.positives;
                all.sum_milli += one.sum_milli;
            }
        }
        (sums.moments > 0.0).then(|| Digest {
            day,
            sums,
            ranking: ranking(&tallies, sessions),
            tallies,
        })
    }
}

/// The AUC over all moments and its variance over sessions, after Obuchowski (1997).
fn ranking(tallies: &[Tally; BINS], sessions: &[Session]) -> Option<Ranking> {
    let area = auc(tallies)?;
    let no = |tally: &Tally| (tally.count - tally.positives) as f64;
    let yes = |tally: &Tally| tally.positives as f64;
    let (positives, negatives): (f64, f64) =
        (tallies.iter().map(yes).sum(), tallies.iter().map(no).sum());
    // The share of all moments without the outcome that a moment of each bin stands above, and of
    // all with it that it stands below; its own bin counts half.
    let (mut above, mut below) = ([0.0; BINS], [0.0; BINS]);
    let (mut passed_no, mut passed_yes) = (0.0, 0.0);
    for (at, tally) in tallies.iter().enumerate() {
        above[at] = (passed_no + no(tally) / 2.0) / negatives;
        below[at] = (positives - passed_yes - yes(tally) / 2.0) / positives;
        passed_no += no(tally);
        passed_yes += yes(tally);
    }
    let (mut with, mut without, mut all) = (0u64, 0u64, 0u64);
    let (mut of_yes, mut of_no, mut both) = (0.0, 0.0, 0.0);
    for session in sessions {
        let count = |part: &dyn Fn(&Tally) -> f64| session.iter().map(part).sum::<f64>();
        let placed = |shares: &[f64; BINS], part: &dyn Fn(&Tally) -> f64| {
            session.iter().zip(shares).map(|(tally, share)| part(tally) * share).sum::<f64>()
        };
        let off_yes = placed(&above, &yes) - count(&yes) * area;
        let off_no = placed(&below, &no) - count(&no) * area;
        with += u64::from(count(&yes) > 0.0);
        without += u64::from(count(&no) > 0.0);
        all += u64::from(session.iter().any(|tally| tally.count > 0));
        of_yes += off_yes * off_yes;
        of_no += off_no * off_no;
        both += off_yes * off_no;
    }
    if with.min(without) < LEAST_RANKED {
        return None;
    }
    let unbiased = |count: u64| count as f64 / (count as f64 - 1.0);
    let variance = unbiased(with) * of_yes / (positives * positives)
        + unbiased(without) * of_no / (negatives * negatives)
        + 2.0 * unbiased(all) * both / (positives * negatives);
    Some(Ranking { auc: area, variance: variance.max(LEAST_AUC_ERROR * LEAST_AUC_ERROR) })
}

/// Why a day raises an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Alarm {
    /// More, or less, happens than is forecast.
    Gap,
    /// Moments are ranked worse than on earlier days.
    Ranking,
}

/// One day of one head, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Day {
    /// `2026-11-22`, UTC.
    pub day: String,
    /// Sessions with a judged forecast.
    pub sessions: u64,
    /// Forecasts that met their outcome; of one session at most as many as [`MOST_WEIGHT`] allows.
    pub count: u64,
    /// How many came true.
    pub positives: u64,
    /// Area under the ROC curve; none where all, or none, came true.
    pub auc: Option<f64>,
    /// The ends of its 95 % interval over sessions; none where too few say anything.
    pub auc_low: Option<f64>,
    /// See `auc_low`.
    pub auc_high: Option<f64>,
    /// Expected calibration error, 0 to 1.
    pub ece: f64,
    /// Mean forecast, 0 to 1.
    pub forecast: f64,
    /// The share that came true, 0 to 1.
    pub observed: f64,
    /// Bins with a forecast in them, lowest first.
    pub bins: Vec<Reliability>,
    /// The gap between outcomes and forecasts in its standard errors, positive where more happened;
    /// none where there is too little to judge by.
    pub z: Option<f64>,
    /// Days that `z` was judged over: this one, and as many before it as it took.
    pub over: usize,
    /// An alarm was raised.
    pub drift: bool,
    /// Which.
    pub alarms: Vec<Alarm>,
}

/// A head and its days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Head {
    /// Its name.
    pub head: String,
    /// Days with a judged forecast, oldest first.
    pub days: Vec<Day>,
}

/// Judges a head's days, oldest first.
pub fn judge(head: &str, digests: &[Digest]) -> Head {
    let mut all = Sums::default();
    digests.iter().for_each(|digest| all.add(&digest.sums));
    let usual = all.design_effect();
    let mut earlier: Vec<Ranking> = Vec::new();
    let days = digests.iter().enumerate().map(|(at, digest)| {
        let gap = gap(&digests[..=at], usual);
        let falls = digest.ranking.is_some_and(|now| has_fallen(now, &earlier));
        // A day that has fallen is not what later ones are held against.
        earlier.extend(digest.ranking.filter(|_| !falls));
        let mut alarms = Vec::new();
        if gap.alarms {
            alarms.push(Alarm::Gap);
        }
        if falls {
            alarms.push(Alarm::Ranking);
        }
        day(digest, &gap, alarms)
    });
    Head { head: head.to_owned(), days: days.collect() }
}

fn day(digest: &Digest, gap: &Gap, alarms: Vec<Alarm>) -> Day {
    let (sums, bins) = (&digest.sums, reliability(&digest.tallies));
    let end = |side: f64| {
        let ranking = digest.ranking?;
        Some((ranking.auc + side * Z95 * ranking.variance.sqrt()).clamp(0.0, 1.0))
    };
    Day {
        day: date(digest.day),
        sessions: sums.sessions,
        count: sums.moments as u64,
        positives: sums.outcomes as u64,
        auc: auc(&digest.tallies),
        auc_low: end(-1.0),
        auc_high: end(1.0),
        ece: ece(&bins),
        forecast: sums.forecast() / sums.moments,
        observed: sums.outcomes / sums.moments,
        bins,
        z: gap.z,
        over: gap.over,
        drift: !alarms.is_empty(),
        alarms,
    }
}

struct Gap {
    z: Option<f64>,
    over: usize,
    alarms: bool,
}

/// The gap of the last of `digests`, with as many before it as it takes to judge.
fn gap(digests: &[Digest], usual: f64) -> Gap {
    let last = digests.last().map_or(0, |digest| digest.day);
    let mut sums = Sums::default();
    for digest in digests.iter().rev() {
        let over = (last - digest.day) as usize + 1;
        if over > MOST_JOINED {
            break;
        }
        sums.add(&digest.sums);
        let is_known = sums.with[0].min(sums.with[1]) >= LEAST_SPREAD;
        let effect = if is_known { sums.design_effect().max(usual) } else { usual };
        if sums.is_enough(effect) && sums.variance > 0.0 {
            let off = sums.outcomes - sums.forecast();
            let z = off / (effect * sums.variance).sqrt();
            let alarms = z.abs() >= ALARM_Z && (off / sums.moments).abs() >= LEAST_GAP;
            return Gap { z: Some(z), over, alarms };
        }
    }
    Gap { z: None, over: 1, alarms: false }
}

/// Against the earlier days' mean, each weighted by how sure it is.
fn has_fallen(now: Ranking, earlier: &[Ranking]) -> bool {
    if earlier.len() < LEAST_EARLIER {
        return false;
    }
    let weight: f64 = earlier.iter().map(|day| 1.0 / day.variance).sum();
    let usual = earlier.iter().map(|day| day.auc / day.variance).sum::<f64>() / weight;
    let fall = usual - now.auc;
    fall >= LEAST_FALL && fall >= ALARM_Z * (now.variance + 1.0 / weight).sqrt()
}

/// Day `day` from 1970 as `2026-11-22`, by Howard Hinnant's `civil_from_days`.
pub fn date(day: u64) -> String {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{of_month:02}")
}

#[cfg(test)]
mod tests;
