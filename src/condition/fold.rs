//! Upper and lower case, without the tables of std (11 KB in the module) and without allocating.
//!
//! The scripts that have two cases and that people write today: Latin with its marks, Greek,
//! Cyrillic, Armenian, Georgian, full-width Latin. What is left out stays as it is.

use alloc::string::String;

/// First and last capital, the step between capitals, and what makes each small.
const CAPITALS: [(u16, u16, u16, i16); 34] = [
    (0x41, 0x5a, 1, 32),
    (0xc0, 0xd6, 1, 32),
    (0xd8, 0xde, 1, 32),
    (0x100, 0x12e, 2, 1),
    (0x132, 0x136, 2, 1),
    (0x139, 0x147, 2, 1),
    (0x14a, 0x176, 2, 1),
    (0x178, 0x178, 1, -121),
    (0x179, 0x17d, 2, 1),
    (0x1cd, 0x1db, 2, 1),
    (0x1de, 0x1ee, 2, 1),
    (0x1f8, 0x21e, 2, 1),
    (0x222, 0x232, 2, 1),
    (0x386, 0x386, 1, 38),
    (0x388, 0x38a, 1, 37),
    (0x38c, 0x38c, 1, 64),
    (0x38e, 0x38f, 1, 63),
    (0x391, 0x3a1, 1, 32),
    (0x3a3, 0x3ab, 1, 32),
    // The sigma that ends a word is a sigma.
    (0x3c2, 0x3c2, 1, 1),
    (0x3d8, 0x3ee, 2, 1),
    (0x400, 0x40f, 1, 80),
    (0x410, 0x42f, 1, 32),
    (0x460, 0x480, 2, 1),
    (0x48a, 0x4be, 2, 1),
    (0x4c0, 0x4c0, 1, 15),
    (0x4c1, 0x4cd, 2, 1),
    (0x4d0, 0x52e, 2, 1),
    (0x531, 0x556, 1, 48),
    (0x10a0, 0x10c5, 1, 7264),
    (0x1e00, 0x1e94, 2, 1),
    (0x1e9e, 0x1e9e, 1, -7615),
    (0x1ea0, 0x1efe, 2, 1),
    (0xff21, 0xff3a, 1, 32),
];

/// The small letter of a capital; anything else unchanged.
fn small(letter: char) -> u32 {
    let code = letter as u32;
    for (first, last, step, by) in CAPITALS {
        let (first, last) = (u32::from(first), u32::from(last));
        if code >= first && code <= last && (code - first).is_multiple_of(u32::from(step)) {
            return code.wrapping_add_signed(i32::from(by));
        }
    }
    code
}

/// The text in small letters.
pub fn lower(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        out.push(char::from_u32(small(letter)).unwrap_or(letter));
    }
    out
}

/// Whether two texts are the same but for case.
pub fn same(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.chars(), right.chars());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || small(one) == small(other) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_small_is_what_unicode_makes_small() {
        let mut known = 0;
        for code in 0..0x1_0000 {
            let Some(letter) = char::from_u32(code) else { continue };
            let is_final_sigma = letter == 'ς';
            if small(letter) != code && !is_final_sigma {
                known += 1;
                let mut lower = letter.to_lowercase();
                assert_eq!((lower.next(), lower.next()), (char::from_u32(small(letter)), None));
            }
        }
        assert!(known > 500, "{known}");
    }

    #[test]
    fn case_does_not_matter_and_letters_do() {
        assert!(
            same("Straße ÄÖÜ", "sTRAßE äöü") && same("ΟΔΟΣ", "οδος") && same("ЖЁЛТЫЙ", "жёлтый")
        );
        assert!(!same("a", "b") && !same("a", "aa") && !same("é", "e") && same("", ""));
    }
}
