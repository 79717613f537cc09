//! Origins a page may post from: parsed once, compared as browsers send them.

/// Brings an origin into the form a browser's `Origin` header has: lowercase, without a final
/// slash or a default port. The error is a sentence that says what is wrong.
pub fn normalise(text: &str) -> Result<String, String> {
    let bad = |why: &str| {
        Err(format!(
            "the origin \"{text}\" {why}: write it as https://shop.example or http://127.0.0.1:4180, \
             with --origin or UNSPOKEN_ORIGIN"
        ))
    };
    let lower = text.trim().to_ascii_lowercase();
    if lower.contains('*') {
        return bad("has a wildcard, which browsers refuse for beacons, so each origin is named");
    }
    let Some((scheme, rest)) = lower.split_once("://") else {
        return bad("has no scheme");
    };
    if scheme != "http" && scheme != "https" {
        return bad("is neither http nor https");
    }
    let host = rest.strip_suffix('/').unwrap_or(rest);
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ', ',']) || !host.is_ascii() {
        return bad("is not a scheme and a host alone");
    }
    let default_port = if scheme == "http" { ":80" } else { ":443" };
    let host = host.strip_suffix(default_port).unwrap_or(host);
    Ok(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn origins_are_brought_into_the_browsers_form() {
        for (given, expected) in [
            ("http://127.0.0.1:4180", "http://127.0.0.1:4180"),
            ("https://Shop.Example/", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("http://shop.example:80/", "http://shop.example"),
            ("http://[::1]:4180", "http://[::1]:4180"),
        ] {
            assert_eq!(normalise(given).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_with_its_name() {
        for given in
            ["*", "https://*.shop.example", "shop.example", "null", "https://shop.example/a"]
        {
            let error = normalise(given).expect_err(given);
            assert!(error.contains(given), "{error}");
        }
    }
}
