//! What a page or a tester forces: values, variations, the address, or nothing at all.

use crate::reading::Reading;
use crate::value::Value;
use alloc::string::String;

/// Overrides; the default forces nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct Overrides {
    /// The page's address, whose query may force a variation and which targets are held against.
    pub url: String,
    /// Whether experiments run at all.
    pub enabled: bool,
    /// Only what is forced is assigned.
    pub qa: bool,
    /// Values of features, by key.
    pub features: Value,
    /// Positions of variations, by the experiment's key.
    pub variations: Value,
    /// Whether assignments of a payload's experiments are kept.
    pub keeps: bool,
}

impl Default for Overrides {
    fn default() -> Overrides {
        let (features, variations) = (Value::map(), Value::map());
        Overrides {
            url: String::new(),
            enabled: true,
            qa: false,
            features,
            variations,
            keeps: true,
        }
    }
}

impl Overrides {
    /// Reads `{ url, enabled, qaMode, features, variations, stickyBuckets }`. A list of sticky buckets
    /// is the profile's, see [`super::Sticky::add`]; `false` keeps none.
    #[inline(never)]
    pub fn read(value: &Value, reading: &mut Reading) -> Overrides {
        let mut overrides = Overrides::default();
        let known = "url, enabled, qaMode, features, variations, stickyBuckets";
        reading.fields(value, "an object", known, &mut |key, value, reading| {
            let (kind, fits) = match (key, value) {
                ("url", Value::Text(url)) => {
                    overrides.url = url.clone();
                    ("", true)
                }
                ("enabled", Value::Bool(flag)) => {
                    overrides.enabled = *flag;
                    ("", true)
                }
                ("qaMode", Value::Bool(flag)) => {
                    overrides.qa = *flag;
                    ("", true)
                }
                ("features", Value::Map(_)) => {
                    overrides.features = value.clone();
                    ("", true)
                }
                ("variations", Value::Map(_)) => {
                    overrides.variations = value.clone();
                    ("", true)
                }
                ("stickyBuckets", Value::List(_)) => ("", true),
                ("stickyBuckets", Value::Bool(false)) => {
                    overrides.keeps = false;
                    ("", true)
                }
                ("url", _) => ("a string", false),
                ("enabled" | "qaMode", _) => ("true or false", false),
                ("features" | "variations", _) => ("an object", false),
                ("stickyBuckets", _) => ("a list of documents, or false", false),
                _ => return false,
            };
            if !fits {
                reading.expected(kind, value);
            }
            true
        });
        overrides
    }
}
