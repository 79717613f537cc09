//! Keys and tokens: compared in constant time, and never shown by `Debug`.
//!
//! A digest is kept rather than the text, so that a comparison always covers 32 bytes (its
//! duration tells neither content nor length) and a core dump holds no token. This is no password
//! store: a key is long and random, so one round of SHA-256 is enough.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

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

    /// Draws a new secret from the system, and says its text this once.
    pub fn random() -> Result<(Secret, String), getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let text = hex(&bytes);
        Ok((Secret::new(&text), text))
    }

    /// Whether `text` is the secret.
    pub fn matches(&self, text: &str) -> bool {
        let other: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        self.digest.ct_eq(&other).into()
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

/// Lowercase hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
