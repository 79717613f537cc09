//! The first-party cookie `unspoken`, which holds the visitor's id and nothing else.
//!
//! Safari removes what a script has stored after seven days without a visit, and so the visitor is a
//! stranger in the next week. A cookie that the site's own server sets is not removed, so where the
//! collector answers under the site's domain it may keep the id there. Scripts have to read it, so it
//! is not `HttpOnly`; nothing is granted by it.
//!
//! Only a page knows whether anything may be kept in its browser: it asks with `cookie=1`. A request
//! that carries the cookie already has it renewed.

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use serde::Deserialize;
use unspoken::id::Id;

use crate::settings::Settings;

/// The cookie's name.
const NAME: &str = "unspoken";
/// How long it is kept, in seconds: 400 days, the longest that browsers allow.
const MAX_AGE: u32 = 34_560_000;

#[derive(Deserialize)]
struct Asked {
    cookie: Option<String>,
}

/// The header for a batch of this visitor, where the page asks for it and the settings allow it.
pub fn of_batch(settings: &Settings, uri: &Uri, visitor: Id) -> Option<HeaderValue> {
    let asked = Query::<Asked>::try_from_uri(uri).ok()?.0.cookie;
    if asked.as_deref() != Some("1") {
        return None;
    }
    header(settings, visitor)
}

/// The header that renews the cookie which a request carries.
pub fn renewed(settings: &Settings, headers: &HeaderMap) -> Option<HeaderValue> {
    let carried = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let visitor = carried
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().strip_prefix(NAME)?.strip_prefix('='))
        .find_map(Id::from_hex)?;
    header(settings, visitor)
}

fn header(settings: &Settings, visitor: Id) -> Option<HeaderValue> {
    if !settings.cookie {
        return None;
    }
    let domain = match &settings.cookie_domain {
        Some(domain) => format!("; Domain={domain}"),
        None => String::new(),
    };
    let visitor = visitor.to_hex();
    let text = format!("{NAME}={visitor}; Max-Age={MAX_AGE}; Path=/{domain}; SameSite=Lax; Secure");
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VISITOR: Id = Id(0xabc);

    fn settings(cookie: bool, domain: Option<&str>) -> Settings {
        let mut settings = Settings::new("x.db", "demo", "pk_known", "token-known").unwrap();
        settings.cookie = cookie;
        settings.cookie_domain = domain.map(str::to_owned);
        settings
    }

    fn carried(cookie: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))])
    }

    #[test]
    fn it_is_set_where_both_sides_want_it() {
        let asks = Uri::from_static("/v1/batch?key=pk&cookie=1");
        let does_not = Uri::from_static("/v1/batch?key=pk&cookie=0");
        let (on, off) = (settings(true, None), settings(false, None));
        let set = of_batch(&on, &asks, VISITOR).unwrap();
        assert_eq!(
            set,
            "unspoken=00000000000000000000000000000abc; Max-Age=34560000; Path=/; SameSite=Lax; Secure"
        );
        assert!(of_batch(&on, &does_not, VISITOR).is_none());
        assert!(of_batch(&on, &Uri::from_static("/v1/batch?key=pk"), VISITOR).is_none());
        assert!(of_batch(&off, &asks, VISITOR).is_none());
        let wide = of_batch(&settings(true, Some("shop.example")), &asks, VISITOR).unwrap();
        assert!(wide.to_str().unwrap().contains("; Domain=shop.example; "));
    }

    #[test]
    fn one_that_is_carried_is_renewed() {
        let on = settings(true, None);
        let good = "a=b; unspoken=00000000000000000000000000000abc; c=d";
        let set = renewed(&on, &carried(good)).unwrap();
        assert!(set.to_str().unwrap().starts_with("unspoken=00000000000000000000000000000abc;"));
        assert!(renewed(&settings(false, None), &carried(good)).is_none());
        for bad in ["unspoken=", "unspoken=abc", "xunspoken=00000000000000000000000000000abc", "a"]
        {
            assert!(renewed(&on, &carried(bad)).is_none(), "{bad}");
        }
        assert!(renewed(&on, &HeaderMap::new()).is_none());
    }
}
