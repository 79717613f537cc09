//! How many steps a backtracking engine may need for a pattern, and so how long a text it may be
//! given.
//!
//! The pattern is read into its position automaton (V. M. Glushkov, "The abstract theory of
//! automata", 1961): one state for each letter or class, and an edge for each way from one to the
//! next. Where two ways lead to the same state (`(a+)+`) the edge stands twice, for a backtracking
//! engine tries both. The most steps from state `p` with `r` letters left are
//!
//! ```text
//! S(p, r) = 1 + max over letters c of the sum of S(q, r - 1), over edges p → q where q takes c
//! ```
//!
//! and an unanchored pattern begins anew at each letter, so a text of `n` letters costs at most the
//! sum of S(start, r) over r up to n. That is a bound for every text: each branch may choose its
//! letters for the worst. It grows exponentially, as a polynomial or not at all, where the ambiguity
//! of the automaton does (A. Weber and H. Seidl, "On the degree of ambiguity of finite automata",
//! 1991; N. Weideman et al., "Analyzing matching time behavior of backtracking regular expression
//! matchers", 2016). The longest text is the last whose cost stays within [`BUDGET`].

use alloc::vec;
use alloc::vec::Vec;
use core::mem::{swap, take};

/// The most steps that one match may take: some tens of ms in a browser, at worst.
pub const BUDGET: f64 = 2.0e7;

/// No pattern is run over longer text, in bytes: an address fits, a book does not.
pub const MOST_TEXT: usize = 4_096;

/// A pattern that would exceed the budget on so short a text already is refused. Ambiguity that
/// doubles the work with each letter, or with every second, comes out at 24 and 34; four wild parts
/// one after the other at 68.
pub const LEAST_TEXT: usize = 48;

/// The most states, counted repeats written out.
const MOST_STATES: usize = 512;

/// A repeat of more than that is counted like one without an end.
const MANY: u32 = 64;

/// The most a repeat may count.
const MOST_REPEATS: u32 = 1_000;

/// How many parts are read at most, repeats read again.
const FUEL: u32 = 4_096;

/// How deep groups may nest: reading them has a stack, of 64 KiB in the page.
const MOST_DEPTH: usize = 16;

/// Why a pattern is refused, for `unspoken check`; the page is told that it is.
#[cfg(not(target_arch = "wasm32"))]
type Why = &'static str;
#[cfg(target_arch = "wasm32")]
type Why = ();

#[cfg(not(target_arch = "wasm32"))]
const fn why(text: &'static str) -> Why {
    text
}
#[cfg(target_arch = "wasm32")]
const fn why(_: &str) -> Why {}

const TOO_LARGE: Why = why("it is too large");
const BROKEN: Why = why("it is not a regular expression");
const REPEAT: Why = why("nothing to repeat");
const ESCAPE: Why = why("an escape of this kind is not known");
/// A pattern that is longer than a pattern may be.
pub const TOO_LONG: Why = why("it is longer than 256 bytes");

/// Letters: ASCII, and all others in 32 buckets.
type Letters = [u32; 5];

/// What a part begins and ends with, and whether it may be empty.
#[derive(Clone, Default)]
struct Part {
    first: Vec<u16>,
    last: Vec<u16>,
    empty: bool,
}

const NOTHING: Part = Part { first: Vec::new(), last: Vec::new(), empty: true };

type Found<T> = Result<T, Why>;

/// The longest text, in letters, that a pattern may be run over; or why it is refused.
#[inline(never)]
pub fn longest(source: &str, ignore_case: bool) -> Found<usize> {
    let text: Vec<char> = source.chars().collect();
    let mut automaton = Automaton { text, ignore_case, ..Automaton::default() };
    let whole = automaton.alternatives(0)?;
    if automaton.at < automaton.text.len() {
        return Err(BROKEN);
    }
    let anchored = source.starts_with('^') && !automaton.is_split;
    automaton.edges.push(whole.first);
    let longest = automaton.affordable(anchored);
    if longest < LEAST_TEXT {
        return Err(const { why("it could take exponential time") });
    }
    Ok(longest)
}

#[derive(Default)]
struct Automaton {
    text: Vec<char>,
    at: usize,
    fuel: u32,
    ignore_case: bool,
    /// Whether a bar stands outside of all groups.
    is_split: bool,
    /// What each state takes.
    letters: Vec<Letters>,
    /// Where each state leads to.
    edges: Vec<Vec<u16>>,
}

impl Automaton {
    /// The longest text whose cost stays within the budget.
    fn affordable(&self, anchored: bool) -> usize {
        let start = self.letters.len();
        let mut ways: Vec<(usize, Vec<u16>)> = Vec::new();
        for (state, edges) in self.edges.iter().enumerate() {
            let from = ways.len();
            for letter in 0..160 {
                let mut way = Vec::new();
                for next in edges {
                    if self.letters[usize::from(*next)][letter / 32] >> (letter % 32) & 1 > 0 {
                        way.push(*next);
                    }
                }
                if !way.is_empty() && ways[from..].iter().all(|(_, known)| *known != way) {
                    ways.push((state, way));
                }
            }
        }
        let (mut steps, mut fewer) = (vec![1.0; start + 1], vec![1.0; start + 1]);
        let mut total = 0.0;
        for length in 0..MOST_TEXT {
            total = if anchored { steps[start] } else { total + steps[start] };
            if total > BUDGET {
                return length;
            }
            swap(&mut steps, &mut fewer);
            steps.fill(1.0);
            for (state, way) in &ways {
                let mut sum = 1.0;
                for next in way {
                    sum += fewer[usize::from(*next)];
                }
                if sum > steps[*state] {
                    steps[*state] = sum;
                }
            }
        }
        MOST_TEXT
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = text.chars().enumerate().all(|(at, c)| self.text.get(self.at + at) == Some(&c));
        if found {
            self.at += text.len();
        }
        found
    }

    fn alternatives(&mut self, depth: usize) -> Found<Part> {
        let mut whole = self.sequence(depth)?;
        while self.eat("|") {
            self.is_split |= depth == 0;
            let other = self.sequence(depth)?;
            whole.first.extend(other.first);
            whole.last.extend(other.last);
            whole.empty |= other.empty;
        }
        Ok(whole)
    }

    fn sequence(&mut self, depth: usize) -> Found<Part> {
        let mut whole = NOTHING;
        while self.peek().is_some_and(|next| next != '|' && next != ')') {
            let part = self.repeated(depth)?;
            whole = self.join(whole, part);
        }
        Ok(whole)
    }

    fn join(&mut self, mut left: Part, right: Part) -> Part {
        self.connect(&left.last, &right.first);
        if left.empty {
            left.first.extend(right.first);
        }
        let mut last = right.last;
        if right.empty {
            last.extend(take(&mut left.last));
        }
        Part { first: left.first, last, empty: left.empty && right.empty }
    }

    fn connect(&mut self, from: &[u16], to: &[u16]) {
        for state in from {
            self.edges[usize::from(*state)].extend(to);
        }
    }

    fn repeated(&mut self, depth: usize) -> Found<Part> {
        let from = self.at;
        let mut whole = self.atom(depth)?;
        let Some((least, most)) = self.repeat()? else { return Ok(whole) };
        let after = self.at;
        let copies = most.unwrap_or(least).max(1);
        let (mut endless, mut first) = (most.is_none(), whole.first.clone());
        let is_empty = whole.empty || least == 0;
        if copies > MANY {
            endless = true;
        } else {
            // Any copy from the least on may be the last.
            let mut ends = if least <= 1 { whole.last.clone() } else { Vec::new() };
            for copy in 2..=copies {
                self.at = from;
                let next = self.atom(depth)?;
                first.clone_from(&next.first);
                whole = self.join(whole, next);
                if copy >= least {
                    ends.extend(&whole.last);
                }
            }
            if copies > 1 {
                whole.last = ends;
            }
        }
        if endless {
            let last = whole.last.clone();
            self.connect(&last, &first);
        }
        self.at = after;
        whole.empty = is_empty;
        if self.edges.iter().map(Vec::len).sum::<usize>() > 16 * MOST_STATES {
            return Err(TOO_LARGE);
        }
        Ok(whole)
    }

    /// The least and the most of a quantifier, if one stands here.
    fn repeat(&mut self) -> Found<Option<(u32, Option<u32>)>> {
        let found = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.braces() {
                Some(found) => found,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let (least, most) = found;
        self.at += 1;
        self.eat("?");
        let again = self.peek();
        if matches!(again, Some('*' | '+' | '?')) || again == Some('{') && self.braces().is_some() {
            return Err(REPEAT);
        }
        if most.is_some_and(|most| most < least) {
            return Err(const { why("a repeat counts down") });
        }
        if most.unwrap_or(least) > MOST_REPEATS {
            return Err(const { why("a repeat counts too far") });
        }
        Ok(Some((least, most)))
    }

    /// `{2}`, `{2,}` or `{2,5}`; anything else are letters.
    fn braces(&mut self) -> Option<(u32, Option<u32>)> {
        let before = self.at;
        self.at += 1;
        let least = self.count();
        let most = match (least, self.eat(",")) {
            (Some(_), true) => self.count(),
            (least, _) => least,
        };
        let found = least.filter(|_| self.peek() == Some('}'));
        if found.is_none() {
            self.at = before;
        }
        found.map(|least| (least, most))
    }

    fn count(&mut self) -> Option<u32> {
        let mut count = None;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(10)) {
            count = Some((count.unwrap_or(0) * 10 + digit).min(MOST_REPEATS + 1));
            self.at += 1;
        }
        count
    }

    fn atom(&mut self, depth: usize) -> Found<Part> {
        self.fuel += 1;
        if self.fuel > FUEL || depth > MOST_DEPTH {
            return Err(TOO_LARGE);
        }
        let Some(next) = self.peek() else { return Err(BROKEN) };
        match next {
            '(' => return self.group(depth),
            '*' | '+' | '?' => return Err(REPEAT),
            '{' if self.braces().is_some() => return Err(REPEAT),
            _ => self.at += 1,
        }
        let mut letters = [0; 5];
        match next {
            '^' | '$' => return Ok(NOTHING),
            '\\' if matches!(self.peek(), Some('b' | 'B')) => {
                self.at += 1;
                return Ok(NOTHING);
            }
            '\\' => {
                self.escape(&mut letters)?;
            }
            '[' => self.class(&mut letters)?,
            '.' => letters = [!0; 5],
            letter => self.add(letter as u32, letter as u32, &mut letters),
        }
        if self.letters.len() >= MOST_STATES {
            return Err(TOO_LARGE);
        }
        let state = self.letters.len() as u16;
        self.letters.push(letters);
        self.edges.push(Vec::new());
        Ok(Part { first: vec![state], last: vec![state], empty: false })
    }

    fn group(&mut self, depth: usize) -> Found<Part> {
        self.at += 1;
        let looks = ["?=", "?!", "?<=", "?<!"].iter().any(|mark| self.eat(mark));
        if !looks && !self.eat("?:") && self.eat("?") {
            // A name.
            let named = self.eat("<") && self.peek().is_some_and(|letter| !letter.is_ascii_digit());
            let from = self.at;
            while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
                self.at += 1;
            }
            if !named || self.at == from || !self.eat(">") {
                return Err(const { why("a group of this kind is not known") });
            }
        }
        let mut inner = self.alternatives(depth + 1)?;
        if !self.eat(")") {
            return Err(BROKEN);
        }
        if looks {
            // What is looked at is not taken: nothing follows upon it.
            inner.last.clear();
            inner.empty = true;
        }
        Ok(inner)
    }

    /// Reads what follows a backslash; a class answers `None`, a letter its code.
    fn escape(&mut self, letters: &mut Letters) -> Found<Option<u32>> {
        let Some(next) = self.peek() else { return Err(BROKEN) };
        self.at += 1;
        let mut class: Letters = [0; 5];
        let ranges: &[(char, char)] = match next.to_ascii_lowercase() {
            'd' => &[('0', '9')],
            'w' => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            's' => &[('\t', '\r'), (' ', ' ')],
            _ => &[],
        };
        for (from, to) in ranges {
            self.add(*from as u32, *to as u32, &mut class);
        }
        if !ranges.is_empty() {
            if next.is_ascii_uppercase() {
                invert(&mut class);
            } else if next == 's' {
                class[4] = !0;
            }
            (0..5).for_each(|at| letters[at] |= class[at]);
            return Ok(None);
        }
        let code = match next {
            'n' => 10,
            'r' => 13,
            't' => 9,
            'f' => 12,
            'v' => 11,
            '0' => 0,
            'x' => self.hex(2)?,
            'u' => self.hex(4)?,
            '1'..='9' | 'k' => return Err(const { why("it refers back to a group") }),
            letter if letter.is_ascii_alphabetic() => {
                return Err(ESCAPE);
            }
            letter => letter as u32,
        };
        self.add(code, code, letters);
        Ok(Some(code))
    }

    fn hex(&mut self, digits: usize) -> Found<u32> {
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.peek().and_then(|next| next.to_digit(16));
            code = code * 16 + digit.ok_or(ESCAPE)?;
            self.at += 1;
        }
        Ok(code)
    }

    fn class(&mut self, letters: &mut Letters) -> Found<()> {
        let negated = self.eat("^");
        if self.peek() == Some(']') {
            return Err(const { why("a class of no letters") });
        }
        while !self.eat("]") {
            if self.eat("[:") {
                return Err(const { why("a class of this kind is not known") });
            }
            let from = self.member(letters)?;
            let is_range = self.peek() == Some('-') && self.text.get(self.at + 1) != Some(&']');
            if is_range && from.is_some() {
                self.at += 1;
                let to = self.member(letters)?;
                match (from, to) {
                    (Some(from), Some(to)) if from > to => {
                        return Err(const { why("a range counts down") });
                    }
                    (Some(from), Some(to)) => self.add(from, to, letters),
                    _ => self.add(0x2d, 0x2d, letters),
                }
            }
        }
        if negated {
            invert(letters);
        }
        Ok(())
    }

    fn member(&mut self, letters: &mut Letters) -> Found<Option<u32>> {
        let Some(next) = self.peek() else { return Err(BROKEN) };
        self.at += 1;
        if next == '\\' {
            if self.eat("b") {
                self.add(8, 8, letters);
                return Ok(Some(8));
            }
            return self.escape(letters);
        }
        self.add(next as u32, next as u32, letters);
        Ok(Some(next as u32))
    }

    /// Adds the letters from `from` to `to`.
    fn add(&self, from: u32, to: u32, letters: &mut Letters) {
        for code in from..=to.min(127) {
            letters[code as usize / 32] |= 1 << (code % 32);
            if self.ignore_case && char::from_u32(code).is_some_and(|c| c.is_ascii_alphabetic()) {
                letters[code as usize / 32] |= 1 << ((code ^ 32) % 32);
                letters[(code ^ 32) as usize / 32] |= 1 << ((code ^ 32) % 32);
            }
        }
        if to > 127 {
            let from = from.max(128);
            if self.ignore_case || to - from > 31 {
                letters[4] = !0;
            } else {
                (from..=to).for_each(|code| letters[4] |= 1 << (code % 32));
            }
        }
    }
}

/// All other letters. Of those past ASCII only buckets are known, so any may be among them.
fn invert(letters: &mut Letters) {
    (0..4).for_each(|at| letters[at] = !letters[at]);
    letters[4] = !0;
}
