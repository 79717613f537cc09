//! The alarms on simulated days: seldom without a reason, soon with one.

use unspoken::id::Rng;

use super::*;

/// Chance with a seed.
struct Dice(Rng);

impl Dice {
    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        self.0.draw() as f64 / u64::MAX as f64
    }
}

fn put(session: &mut Session, forecast: f64, happened: bool) {
    let tally = &mut session[((forecast * BINS as f64) as usize).min(BINS - 1)];
    tally.count += 1;
    tally.positives += u64::from(happened);
    tally.sum_milli += (forecast * 1000.0).round() as u64;
}

/// Sessions of one forecast each, spread about a base rate of .12; each happens with `drifted` of
/// its forecast.
fn single(dice: &mut Dice, sessions: usize, drifted: impl Fn(f64) -> f64) -> Vec<Session> {
    let one = |dice: &mut Dice| {
        let (mut session, spread) = (Session::default(), dice.share());
        let forecast = 0.02 + 0.3 * spread * spread;
        put(&mut session, forecast, dice.share() < drifted(forecast));
        session
    };
    (0..sessions).map(|_| one(dice)).collect()
}

/// Sessions of many forecasts whose outcomes come in runs of eight, as the ticks before a click.
fn clustered(dice: &mut Dice, sessions: usize) -> Vec<Session> {
    let one = |dice: &mut Dice| {
        let mut session = Session::default();
        for _ in 0..1 + (dice.share() * 12.0) as usize {
            let forecast = 0.02 + 0.16 * dice.share();
            let happened = dice.share() < forecast;
            (0..8).for_each(|_| put(&mut session, forecast, happened));
        }
        session
    };
    (0..sessions).map(|_| one(dice)).collect()
}

fn digests(days: &[Vec<Session>]) -> Vec<Digest> {
    (0..).zip(days).filter_map(|(day, sessions)| Digest::of(20_000 + day, sessions)).collect()
}

/// Alarms of 1,000 days, judged thirty at a time as the route does.
fn alarms(make: impl Fn(&mut Dice) -> Vec<Session>) -> usize {
    let mut dice = Dice(Rng::new(7));
    let month = |dice: &mut Dice| {
        let days: Vec<_> = (0..30).map(|_| make(dice)).collect();
        judge("h", &digests(&days)).days.iter().filter(|day| day.drift).count()
    };
    (0..34).map(|_| month(&mut dice)).sum()
}

/// The z that would use the residuals of the day itself as their variance.
fn self_normalised(sessions: &[Session]) -> f64 {
    let off = |session: &Session| {
        let sums = Sums::of(session);
        sums.outcomes - sums.forecast()
    };
    let (sum, squares) = sessions
        .iter()
        .map(off)
        .fold((0.0, 0.0), |(sum, squares), off| (sum + off, squares + off * off));
    sum / squares.sqrt()
}

#[test]
fn calibrated_days_raise_hardly_an_alarm() {
    let single_days = alarms(|dice| single(dice, 200, |forecast| forecast));
    let small_days = alarms(|dice| single(dice, 40, |forecast| forecast));
    let clustered_days = alarms(|dice| clustered(dice, 100));
    // Rare, and all or nothing: months in which nothing happened say little.
    let rare_days = alarms(|dice| {
        let one = |dice: &mut Dice| {
            let (mut session, happened) = (Session::default(), dice.share() < 0.05);
            (0..6).for_each(|_| put(&mut session, 0.05, happened));
            session
        };
        (0..12).map(|_| one(dice)).collect()
    });
    println!(
        "alarms of 1,020 days: {single_days} single, {small_days} small, {clustered_days} in runs, \
         {rare_days} rare"
    );
    // 27 in 10,000 by the normal law, on each of two alarms at most.
    assert!(single_days.max(small_days).max(clustered_days).max(rare_days) <= 6);
}

#[test]
fn a_base_rate_that_rises_from_12_to_21_percent_is_told_within_a_day_of_200_sessions() {
    let mut dice = Dice(Rng::new(11));
    let (mut told, mut told_next, mut by_residuals, tries) = (0, 0, 0, 1_000);
    for _ in 0..tries {
        let mut days: Vec<_> =
            (0..7).map(|_| single(&mut dice, 200, |forecast| forecast)).collect();
        days.extend((0..2).map(|_| single(&mut dice, 200, |forecast| forecast * 0.21 / 0.12)));
        let head = judge("h", &digests(&days));
        told += usize::from(head.days[7].alarms.contains(&Alarm::Gap));
        told_next += usize::from(head.days[7..].iter().any(|day| day.drift));
        by_residuals += usize::from(self_normalised(&days[7]).abs() >= ALARM_Z);
    }
    println!(
        "of {tries} shifts told on the first day: {told}, by the second: {told_next}; by the day's own residuals: {by_residuals}"
    );
    assert!(told >= tries * 3 / 4, "{told}");
    assert!(told_next >= tries * 9 / 10, "{told_next}");
    assert!(by_residuals < told);
}

#[test]
fn the_residuals_of_a_day_are_no_variance_for_it() {
    let mut dice = Dice(Rng::new(13));
    let (mut low, mut high) = (0, 0);
    for _ in 0..4_000 {
        let z = self_normalised(&single(&mut dice, 60, |forecast| forecast));
        low += usize::from(z <= -ALARM_Z);
        high += usize::from(z >= ALARM_Z);
    }
    println!("of 4,000 calibrated days of 60 sessions it cries {low} times low, {high} times high");
    assert!(low > 40 && high < 5, "{low} {high}: if it were even, the simpler formula would do");
}

#[test]
fn a_head_that_no_longer_ranks_is_told_though_its_mean_is_right() {
    let mut dice = Dice(Rng::new(17));
    // Well spread, so that there is a ranking to lose.
    let make = |dice: &mut Dice, ranks: bool| -> Vec<Session> {
        let one = |dice: &mut Dice| {
            let (mut session, forecast) = (Session::default(), dice.share());
            put(&mut session, forecast, dice.share() < if ranks { forecast } else { 0.5 });
            session
        };
        (0..200).map(|_| one(dice)).collect()
    };
    let mut days: Vec<_> = (0..6).map(|_| make(&mut dice, true)).collect();
    days.push(make(&mut dice, false));
    let head = judge("h", &digests(&days));
    assert!(head.days[..6].iter().all(|day| !day.drift), "{:?}", head.days);
    assert_eq!(head.days[6].alarms, [Alarm::Ranking]);
}

#[test]
fn the_interval_of_an_auc_holds_it_95_times_in_100() {
    let mut dice = Dice(Rng::new(19));
    // Of clustered sessions, whose moments taken as independent would promise too much.
    let days: Vec<_> =
        (0..400).filter_map(|day| Digest::of(day, &clustered(&mut dice, 100))).collect();
    let truth = days.iter().filter_map(|day| Some(day.ranking?.auc)).sum::<f64>() / 400.0;
    let held = days.iter().filter(|day| {
        day.ranking.is_some_and(|it| (it.auc - truth).abs() <= Z95 * it.variance.sqrt())
    });
    let held = held.count();
    assert!((368..=392).contains(&held), "{held} of 400");
}

#[test]
fn small_days_are_judged_together_and_a_week_at_most() {
    let mut dice = Dice(Rng::new(23));
    let doubled = |forecast: f64| (forecast * 2.5).min(1.0);
    let days: Vec<_> = (0..8).map(|_| single(&mut dice, 12, doubled)).collect();
    let head = judge("h", &digests(&days));
    assert_eq!((head.days[0].z, head.days[0].over), (None, 1));
    let last = &head.days[7];
    assert!(last.z.is_some() && (4..=7).contains(&last.over), "{last:?}");
    assert!(head.days.iter().any(|day| day.alarms == [Alarm::Gap]), "{:?}", head.days);
    let rare: Vec<_> = (0..30).map(|_| single(&mut dice, 2, |_| 0.0)).collect();
    let head = judge("h", &digests(&rare));
    assert!(head.days.iter().all(|day| day.z.is_none() && !day.drift));
}

#[test]
fn a_day_by_hand() {
    let mut sessions = Vec::new();
    for at in 0..40 {
        let mut session = Session::default();
        put(&mut session, 0.25, at < 20);
        sessions.push(session);
    }
    let head = judge("h", &digests(&[sessions]));
    let day = &head.days[0];
    assert_eq!(
        (day.day.as_str(), day.sessions, day.count, day.positives),
        ("2024-10-04", 40, 40, 20)
    );
    assert_eq!((day.forecast, day.observed, day.ece, day.auc), (0.25, 0.5, 0.25, Some(0.5)));
    // (20 − 10) / √(40 / 39 · 40 · .25 · .75)
    assert!((day.z.unwrap() - 10.0 / (7.5f64 * 40.0 / 39.0).sqrt()).abs() < 1e-12);
    assert!(day.drift && day.alarms == [Alarm::Gap] && day.over == 1);
}

#[test]
fn days_have_their_names() {
    for (day, name) in [(0, "1970-01-01"), (11_016, "2000-02-29"), (20_779, "2026-11-22")] {
        assert_eq!(date(day), name);
    }
}

#[test]
fn one_forged_session_does_not_silence_an_alarm() {
    let mut dice = Dice(Rng::new(29));
    let mut sessions = single(&mut dice, 400, |forecast| forecast * 0.21 / 0.12);
    let honest = judge("h", &digests(&[sessions.clone()]));
    assert_eq!(honest.days[0].alarms, [Alarm::Gap]);
    let mut forged = Session::default();
    forged[3] = Tally { count: 20_000, positives: 0, sum_milli: 6_000_000 };
    sessions.push(forged);
    let head = judge("h", &digests(&[sessions.clone()]));
    assert_eq!(head.days[0].alarms, [Alarm::Gap], "{:?}", head.days);
    assert_eq!((head.days[0].sessions, head.days[0].count), (401, 400 + MOST_WEIGHT));
    let kept = weighed(&sessions)[400][3];
    assert_eq!((kept.count, kept.positives, kept.sum_milli), (10, 0, 3_000));
}
