//! One attempt to deliver: signed, within a time limit, to where it is addressed and nowhere else.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::hex;

/// How deliveries are tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// How long one attempt may take, from the name's look-up to the head of the answer.
    pub patience: Duration,
    /// The wait after the first attempt; each further one is 2.5 times as long.
    pub first: Duration,
    /// Attempts until it is given up.
    pub attempts: u32,
}

impl Default for Policy {
    /// 12 attempts, the last some 22 hours after the first: a receiver may be down for a night.
    fn default() -> Policy {
        Policy { patience: Duration::from_secs(10), first: Duration::from_secs(5), attempts: 12 }
    }
}

impl Policy {
    /// The wait after so many attempts; none where that was the last. `chance` from 0 to 1 moves it by
    /// a quarter either way, so that what failed together does not come back together.
    pub fn wait(&self, attempts: u32, chance: f64) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let grown = 2.5_f64.powi(i32::try_from(attempts.saturating_sub(1)).unwrap_or(0));
        Some(self.first.mul_f64(grown * (0.75 + 0.5 * chance)))
    }
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// One line; nothing of the answer's body.
    pub why: String,
    /// How long the receiver asks to be left alone.
    pub wait: Option<Duration>,
}

/// The value of `Unspoken-Signature`: `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of
/// `SECONDS.BODY` under the secret. The time is signed too, so that a receiver may refuse what was
/// recorded and sent again later (Stripe's scheme).
///
/// ```
/// # use unspoken_collector::webhook::signature;
/// assert_eq!(
///     signature("whsec", 1_800_000_000, "{}"),
///     "t=1800000000,v1=77b7eef0d31630eb2979f9c5a7773983688ccf849f9d5a79d0a01c0a8bbaffa0"
/// );
/// ```
pub fn signature(secret: &str, seconds: u64, body: &str) -> String {
    let mut mac = match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mac) => mac,
        // HMAC takes a key of any length.
        Err(_) => return String::new(),
    };
    mac.update(format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex(&mac.finalize().into_bytes()))
}

/// What carries deliveries.
pub fn agent(policy: Policy) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(policy.patience))
        // A receiver that sends us elsewhere is a failure: the address is the owner's word.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("unspoken/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// One attempt. Blocks until it is over. Any 2xx is a success.
pub fn deliver(
    agent: &ureq::Agent,
    url: &str,
    secret: &str,
    seconds: u64,
    body: &str,
) -> Result<(), Refused> {
    let answer = agent
        .post(url)
        .header("content-type", "application/json")
        .header("unspoken-signature", signature(secret, seconds, body))
        .send(body);
    let response = match answer {
        Ok(response) => response,
        Err(error) => {
            let why: String = error.to_string().chars().take(200).collect();
            return Err(Refused { why, wait: None });
        }
    };
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let wait = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    let why = match status.is_redirection() {
        true => format!("status {}: redirects are not followed", status.as_u16()),
        false => format!("status {}", status.as_u16()),
    };
    Err(Refused { why, wait })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_after_a_day() {
        let policy = Policy::default();
        let waits: Vec<f64> =
            (1..12).map(|attempts| policy.wait(attempts, 0.5).unwrap().as_secs_f64()).collect();
        assert_eq!(waits[0], 5.0);
        assert!(waits.windows(2).all(|pair| (pair[1] / pair[0] - 2.5).abs() < 1e-9), "{waits:?}");
        let all: f64 = waits.iter().sum();
        assert!((20.0..26.0).contains(&(all / 3600.0)), "{all} s");
        assert_eq!(policy.wait(12, 0.5), None);
        let of = |chance| policy.wait(2, chance).unwrap().as_secs_f64();
        assert!(of(0.0) < of(0.5) && of(0.5) < of(1.0));
    }
}
