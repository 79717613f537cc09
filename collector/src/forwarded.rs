//! Who really asks, where a proxy stands before the collector.
//!
//! `Forwarded` (RFC 7239) and `X-Forwarded-For` are lists that each proxy appends to, and that a
//! caller may begin with anything. So they are read from the right, only as far as each entry was
//! written by a proxy that is trusted: the first address that is none of ours is the caller.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

use crate::settings::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Proxies in a row. A longer list is a caller's invention.
const MAX_HOPS: usize = 16;

/// The address that rate limits go by: `peer`, or whom trusted proxies say they speak for.
///
/// Where both headers stand and disagree, one was written by the caller and nothing tells which:
/// then it is the proxy's own address, whose bucket all who try this share.
pub fn caller(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_ours = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_ours(peer) {
        return peer;
    }
    let nearest = |list: Vec<Option<IpAddr>>| {
        let mut last = peer;
        for entry in list.into_iter().rev().take(MAX_HOPS) {
            // `unknown` and names that hide an address say nothing: the proxy stands for them.
            let Some(address) = entry else { return last };
            last = address;
            if !is_ours(address) {
                return address;
            }
        }
        last
    };
    let plain = entries(headers, &X_FORWARDED_FOR).map(|list| nearest(list.map(address).collect()));
    let standard = entries(headers, &header::FORWARDED)
        .map(|list| nearest(list.map(|entry| address(named_for(entry))).collect()));
    match (plain, standard) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => peer,
    }
}

/// The entries of a list header, over all its lines; none where it is absent.
fn entries<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<impl Iterator<Item = &'a str>> {
    headers.contains_key(name).then(|| {
        let lines = headers.get_all(name).iter();
        lines.flat_map(|line| line.to_str().unwrap_or("?").split(','))
    })
}

/// The value of `for` in an entry of `Forwarded`.
fn named_for(entry: &str) -> &str {
    let pairs = entry.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    named.next().map_or("", |(_, value)| value.trim().trim_matches('"'))
}

/// An address as proxies write it: bare, with a port, in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let read = bare.parse::<IpAddr>().ok();
    read.or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip())).map(|it| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn of(peer: &str, lines: &[(&'static str, &'static str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|text| Network::parse(text).unwrap());
        caller(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let list = [("x-forwarded-for", "192.0.2.1")];
        assert_eq!(of("203.0.113.9", &list), "203.0.113.9");
        assert_eq!(of(PROXY, &list), "192.0.2.1");
        assert_eq!(of("::ffff:10.0.0.1", &list), "192.0.2.1");
        assert_eq!(of(PROXY, &[]), PROXY);
    }

    #[test]
    fn the_list_is_read_from_the_right() {
        for (list, expected) in [
            // The caller began the list with what it liked.
            ("1.1.1.1, 192.0.2.1", "192.0.2.1"),
            ("1.1.1.1, 192.0.2.1, 10.9.9.9, fd00::5", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("1.1.1.1, unknown", PROXY),
            ("1.1.1.1, unknown, 10.0.0.7", "10.0.0.7"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("", PROXY),
        ] {
            assert_eq!(of(PROXY, &[("x-forwarded-for", list)]), expected, "{list}");
        }
        let lines = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(of(PROXY, &lines), "192.0.2.1");
    }

    #[test]
    fn forwarded_is_read_too_and_a_quarrel_believes_neither() {
        let standard = r#"for=1.1.1.1;proto=http, For="[2001:db8::1]:4711";by=10.0.0.1"#;
        assert_eq!(of(PROXY, &[("forwarded", standard)]), "2001:db8::1");
        assert_eq!(of(PROXY, &[("forwarded", "for=_hidden")]), PROXY);
        assert_eq!(of(PROXY, &[("forwarded", "proto=https")]), PROXY);
        let both = [("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(of(PROXY, &both), PROXY);
        let agree = [("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "1.1.1.1, 192.0.2.1")];
        assert_eq!(of(PROXY, &agree), "192.0.2.1");
    }
}
