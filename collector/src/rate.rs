//! Token buckets: how fast one address, and one site, may post.
//!
//! This keeps one runaway page from filling the disk. It is no defence against a flood from many
//! machines, and behind a reverse proxy every visitor has the proxy's address: forwarded headers
//! are not read, since anyone may write them.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Addresses remembered at once; some 100 bytes each.
const MAX_ADDRESSES: usize = 20_000;
/// A bucket holds the tokens of this many seconds.
const BURST_SECONDS: u32 = 4;

/// Forgetting looks at every address, so a flood of new ones may not cause it each time.
const FORGET_EVERY: Duration = Duration::from_secs(1);

/// The limits of one collector.
#[derive(Debug)]
pub struct Limits {
    per_second: u32,
    addresses: Mutex<Addresses>,
    site_rate: u32,
    sites: Vec<Mutex<Bucket>>,
}

impl Limits {
    /// `per_second` requests for each address and `site_rate` batches for each of `sites` keys,
    /// [`BURST_SECONDS`] times that in a burst.
    pub fn new(per_second: u32, site_rate: u32, sites: usize, now: Instant) -> Limits {
        let bucket = || Mutex::new(Bucket::full(site_rate, now));
        Limits {
            per_second,
            addresses: Mutex::new(Addresses { buckets: HashMap::new(), forgotten_at: now }),
            site_rate,
            sites: std::iter::repeat_with(bucket).take(sites).collect(),
        }
    }

    /// Takes a token of `address`, or says how long to wait for one.
    pub fn take_address(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.bucket(network(address), self.per_second, now).take(self.per_second, now)
    }

    /// Takes a token of the site of that number, or says how long to wait for one.
    pub fn take_site(&self, site: usize, now: Instant) -> Result<(), Duration> {
        let Some(bucket) = self.sites.get(site) else { return Ok(()) };
        bucket.lock().unwrap_or_else(PoisonError::into_inner).take(self.site_rate, now)
    }
}

#[derive(Debug)]
struct Addresses {
    buckets: HashMap<IpAddr, Bucket>,
    forgotten_at: Instant,
}

impl Addresses {
    fn bucket(&mut self, network: IpAddr, per_second: u32, now: Instant) -> &mut Bucket {
        let mut network = network;
        if self.buckets.len() >= MAX_ADDRESSES && !self.buckets.contains_key(&network) {
            if now.saturating_duration_since(self.forgotten_at) >= FORGET_EVERY {
                self.forgotten_at = now;
                self.buckets.retain(|_, bucket| !bucket.is_full(per_second, now));
            }
            if self.buckets.len() >= MAX_ADDRESSES {
                // Strangers then share one bucket: memory stays bounded, and those who were here
                // before keep theirs.
                network = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
            }
        }
        self.buckets.entry(network).or_insert_with(|| Bucket::full(per_second, now))
    }
}

/// What counts as one address: an IPv6 household has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        address => address,
    }
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn full(per_second: u32, now: Instant) -> Bucket {
        Bucket { tokens: burst(per_second), at: now }
    }

    fn tokens_at(&self, per_second: u32, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.tokens + passed * f64::from(per_second)).min(burst(per_second))
    }

    fn is_full(&self, per_second: u32, now: Instant) -> bool {
        self.tokens_at(per_second, now) >= burst(per_second)
    }

    fn take(&mut self, per_second: u32, now: Instant) -> Result<(), Duration> {
        self.tokens = self.tokens_at(per_second, now);
        self.at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - self.tokens) / f64::from(per_second.max(1))))
    }
}

fn burst(per_second: u32) -> f64 {
    f64::from(per_second) * f64::from(BURST_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 1));
    const SAME_HOME: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 2));
    const ELSEWHERE: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 2, 0, 0, 0, 1));

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let start = Instant::now();
        let limits = Limits::new(10, 200, 1, start);
        assert!((0..40).all(|_| limits.take_address(HOME, start).is_ok()));
        let wait = limits.take_address(SAME_HOME, start).expect_err("the 41st");
        assert!(wait > Duration::from_millis(99) && wait < Duration::from_millis(101), "{wait:?}");
        assert!(limits.take_address(ELSEWHERE, start).is_ok());
        let later = start + Duration::from_millis(101);
        assert!(limits.take_address(HOME, later).is_ok());
        assert!(limits.take_address(HOME, later).is_err());
    }

    #[test]
    fn a_site_has_a_limit_of_its_own() {
        let start = Instant::now();
        let limits = Limits::new(1, 20, 2, start);
        assert_eq!((0..1000).filter(|_| limits.take_site(0, start).is_ok()).count(), 80);
        assert!(limits.take_site(1, start).is_ok(), "one site takes nothing from another");
    }

    #[test]
    fn the_number_of_addresses_is_bounded() {
        let start = Instant::now();
        let limits = Limits::new(1, 20, 2, start);
        for n in 0..MAX_ADDRESSES as u128 + 100 {
            let _ = limits.take_address(IpAddr::V6(Ipv6Addr::from_bits(n << 64 | 1)), start);
        }
        assert!(limits.addresses.lock().unwrap().buckets.len() <= MAX_ADDRESSES + 1);
        // Whoever was quiet for a while is forgotten as soon as there is a need.
        let later = start + Duration::from_secs(60);
        assert!(limits.take_address(HOME, later).is_ok());
        assert_eq!(limits.addresses.lock().unwrap().buckets.len(), 1);
    }
}
