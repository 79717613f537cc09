//! How often the statistics are wrong, by `unspoken simulate peeking`'s own code.

use unspoken_collector::simulate::peeking::{World, cover, peek};

/// Looks at 100, 200, … visitors.
const VISITORS: usize = 10_000;
const RUNS: usize = 2_000;

/// Most false alarms of 2,000 where at most one in twenty is promised: the promise itself.
const MOST: f64 = 0.05;

#[test]
fn looking_every_hundred_visitors_raises_no_more_false_alarms_than_promised() {
    let worlds =
        [World::Conversion(0.01), World::Conversion(0.05), World::Conversion(0.3), World::Revenue];
    for world in worlds {
        let told = peek(world, RUNS, VISITORS, 11);
        println!("{told:?}");
        assert!(told.sequential <= MOST, "{told:?}");
        // The interval for one look, looked at each time: the test above can fail.
        assert!(told.fixed > 0.25, "{told:?}");
        // Looked at once it does what it promises; 2,000 runs leave half a point of error.
        assert!((0.03..=0.07).contains(&told.last), "{told:?}");
    }
}

#[test]
fn the_published_boundary_around_the_delta_methods_error_is_not_enough_for_few_events() {
    // Why `stats::sequential` asks each lift whether it fits instead.
    for world in [World::Conversion(0.05), World::Revenue] {
        let told = peek(world, RUNS, VISITORS, 11);
        assert!(told.delta > MOST, "{told:?}");
    }
}

#[test]
fn intervals_hold_the_true_lift_as_often_as_they_say() {
    // 4,000 runs: a standard error of a third of a point.
    for told in cover(4_000, 3) {
        println!("{told:?}");
        assert!((0.94..=0.96).contains(&told.fixed), "{told:?}");
        assert!(told.sequential >= 0.95, "{told:?}");
    }
}

#[test]
fn what_was_before_makes_intervals_narrower() {
    let told = cover(200, 5);
    let width = |metric: &str| told.iter().find(|it| it.metric == metric).unwrap().half_width;
    assert!(width("count, CUPED") < 0.75 * width("count, plain"), "{told:?}");
}
