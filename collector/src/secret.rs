//! Keys and tokens: compared in constant time, and never shown by `Debug`.
//!
//! A digest is kept rather than the text, so that a comparison always covers 32 bytes (its
//! duration tells neither content nor length) and a core dump holds no token. This is no password
//! store: a key is long and random, so one round of SHA-256 is enough.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// What a digest begins with where a secret's text might stand.
const DIGEST_PREFIX: &str = "sha256:";

/// A key or token.
#[derive(Clone)]
pub struct Secret {
    digest: [u8; 32],
}

impl Secret {
    /// Takes the secret's text and keeps its digest.
    ///
    /// ```
    /// # use unspoken_collector::secret::Secret;
    /// let secret = Secret::new("pk_demo");
    /// assert!(secret.matches("pk_demo"));
    /// assert!(!secret.matches("pk_dem"));
    /// assert_eq!(format!("{secret:?}"), "Secret(redacted)");
    /// ```
    pub fn new(text: &str) -> Secret {
        Secret { digest: Sha256::digest(text.as_bytes()).into() }
    }

    /// Takes a secret as settings give it: its text, or `sha256:` and the 64 hex digits of its
    /// digest, so that no file need hold the text. The error says what is wrong, without the text.
    ///
    /// ```
    /// # use unspoken_collector::secret::Secret;
    /// let drawn = Secret::new("pk_demo");
    /// let told = Secret::given(&drawn.told()).unwrap();
    /// assert!(told.matches("pk_demo"));
    /// assert!(Secret::given("sha256:12").is_err());
    /// ```
    pub fn given(text: &str) -> Result<Secret, &'static str> {
        let Some(digits) = text.strip_prefix(DIGEST_PREFIX) else { return Ok(Secret::new(text)) };
        let mut digest = [0; 32];
        if digits.len() != 64 || !digits.is_ascii() {
            return Err("has not the 64 hex digits that follow \"sha256:\"");
        }
        for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16)
                .map_err(|_| "has not the 64 hex digits that follow \"sha256:\"")?;
        }
        Ok(Secret { digest })
    }

    /// The digest as settings take it: `sha256:` and 64 hex digits.
    pub fn told(&self) -> String {
        format!("{DIGEST_PREFIX}{}", hex(&self.digest))
    }

    /// Draws a new secret from the system, and says its text this once.
    pub fn random() -> Result<(Secret, String), getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let text = hex(&bytes);
        Ok((Secret::new(&text), text))
    }

    /// Whether `text` is the secret.
    pub fn matches(&self, text: &str) -> bool {
        self.equals(&Secret::new(text)).into()
    }

    /// Whether both are the same secret, in constant time.
    pub fn equals(&self, other: &Secret) -> Choice {
        self.digest.ct_eq(&other.digest)
    }

    /// The SHA-256 of the secret, for the store.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("Secret(redacted)")
    }
}

/// A secret that has to be said to somebody else, as a password of a database or what a webhook is
/// signed with. Its text is kept, and never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Keeps the text.
    pub fn new(text: impl Into<String>) -> Password {
        Password(text.into())
    }

    /// The text, for whom it is meant.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("Password(redacted)")
    }
}

/// Lowercase hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
