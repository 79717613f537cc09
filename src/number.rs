//! The larger and the smaller of two numbers, out of line: what `f64::max` and its like become in
//! WebAssembly is long, since a NaN has to give way, and there are threescore of them.

/// The larger; of a number and NaN the number.
#[inline(never)]
pub fn max(a: f64, b: f64) -> f64 {
    a.max(b)
}

/// The smaller; of a number and NaN the number.
#[inline(never)]
pub fn min(a: f64, b: f64) -> f64 {
    a.min(b)
}

/// `x` held between the two; NaN stays.
#[inline(never)]
pub fn clamp(x: f64, least: f64, most: f64) -> f64 {
    if x < least {
        least
    } else if x > most {
        most
    } else {
        x
    }
}

/// `x` held within ±`most`; 0 for what is not a number.
#[inline(never)]
pub fn within(x: f64, most: f64) -> f64 {
    if x.is_nan() { 0.0 } else { clamp(x, -most, most) }
}

/// The nearest whole number; halves away from zero.
#[inline(never)]
pub fn round(x: f64) -> f64 {
    libm::round(x)
}
