//! What says that a visitor was erased: for the visitor, and for whoever has to show that it was done.

use serde::Serialize;
use unspoken::id::Id;

use crate::secret::hex;
use crate::store::lifecycle::{Erased, Removed, digest};

/// A receipt. It names nobody: the digest can be made from the id, and not the id from the digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Drawn for this receipt, 32 hex digits.
    pub receipt: String,
    /// The site's name.
    pub site: String,
    /// SHA-256 of the id's 32 hex digits, in hex.
    pub visitor: String,
    /// ms since 1970.
    pub at: u64,
    /// Rows by table; zeros where nothing was kept.
    pub removed: Removed,
}

impl Receipt {
    /// Of an erasure at `at` ms since 1970. Fails where the system has no randomness to give.
    pub fn new(
        site: &str,
        visitor: Id,
        at: u64,
        erased: Erased,
    ) -> Result<Receipt, getrandom::Error> {
        let mut drawn = [0; 16];
        getrandom::fill(&mut drawn)?;
        Ok(Receipt {
            receipt: hex(&drawn),
            site: site.to_owned(),
            visitor: hex(&digest(visitor)),
            at,
            removed: erased.removed,
        })
    }
}
