//! Where in the text of a document each path stands: line and column.
//!
//! A scanner over text that is known to be JSON. It keeps what the parser throws away, and finds
//! keys that stand twice in one object.

use std::collections::HashMap;

/// Line and column of every entry and element, by path.
#[derive(Debug, Default)]
pub struct Places {
    by_path: HashMap<String, (usize, usize)>,
    /// Paths of keys that their object has already.
    pub doubled: Vec<String>,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    row: usize,
    /// Where the row begins.
    from: usize,
    places: Places,
}

impl Places {
    /// Scans a text.
    pub fn of(text: &str) -> Places {
        let (bytes, places) = (text.as_bytes(), Places::default());
        let mut scanner = Scanner { bytes, text, at: 0, row: 1, from: 0, places };
        scanner.value("");
        scanner.places
    }

    /// Where a path stands, or the nearest thing above it.
    pub fn find(&self, path: &str) -> Option<(usize, usize)> {
        let mut path = path;
        while !path.is_empty() {
            if let Some(place) = self.by_path.get(path) {
                return Some(*place);
            }
            path = &path[..path.rfind(['.', '[']).unwrap_or(0)];
        }
        None
    }
}

impl Scanner<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn blanks(&mut self) {
        while self.peek().is_ascii_whitespace() {
            if self.peek() == b'\n' {
                (self.row, self.from) = (self.row + 1, self.at + 1);
            }
            self.at += 1;
        }
    }

    fn place(&self) -> (usize, usize) {
        (self.row, self.text[self.from..self.at].chars().count() + 1)
    }

    /// A text with its quotation marks.
    fn quoted(&mut self) -> &str {
        let from = self.at;
        self.at += 1;
        while self.at < self.bytes.len() && self.peek() != b'"' {
            self.at += 1 + usize::from(self.peek() == b'\\');
        }
        self.at = (self.at + 1).min(self.bytes.len());
        &self.text[from..self.at]
    }

    fn value(&mut self, path: &str) {
        self.blanks();
        match self.peek() {
            b'{' => self.object(path),
            b'[' => self.list(path),
            b'"' => {
                self.quoted();
            }
            _ => {
                while !matches!(self.peek(), b',' | b'}' | b']' | 0) && !self.is_blank() {
                    self.at += 1;
                }
            }
        }
        self.blanks();
    }

    fn is_blank(&self) -> bool {
        self.peek().is_ascii_whitespace()
    }

    fn object(&mut self, path: &str) {
        self.at += 1;
        self.blanks();
        while self.peek() == b'"' {
            let place = self.place();
            let key: String = serde_json::from_str(self.quoted()).unwrap_or_default();
            let inner = if path.is_empty() { key } else { format!("{path}.{key}") };
            if self.places.by_path.insert(inner.clone(), place).is_some() {
                self.places.doubled.push(inner.clone());
            }
            self.blanks();
            self.at += 1; // The colon.
            self.value(&inner);
            self.comma();
        }
        self.at += 1;
    }

    fn list(&mut self, path: &str) {
        self.at += 1;
        self.blanks();
        let mut count = 0;
        while !matches!(self.peek(), b']' | 0) {
            let inner = format!("{path}[{count}]");
            self.places.by_path.insert(inner.clone(), self.place());
            self.value(&inner);
            self.comma();
            count += 1;
        }
        self.at += 1;
    }

    fn comma(&mut self) {
        if self.peek() == b',' {
            self.at += 1;
        }
        self.blanks();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_line_and_column() {
        let text =
            "{\n  \"a\": [1, {\"b\\\"\": \"]}\\\\\"}],\n  \"é\": {\"c.d\": -1e3}, \"f\": []\n}";
        let places = Places::of(text);
        for (path, place) in [
            ("a", (2, 3)),
            ("a[0]", (2, 9)),
            ("a[1]", (2, 12)),
            ("a[1].b\"", (2, 13)),
            ("é", (3, 3)),
            ("é.c.d", (3, 9)),
            ("f", (3, 23)),
            ("a[1].b\".x.y[3]", (2, 13)),
        ] {
            assert_eq!(places.find(path), Some(place), "{path}");
        }
        assert_eq!(places.find(""), None);
        assert_eq!(Places::of(r#"{"a":{"b":1,"b":2},"c":{"b":1}}"#).doubled, ["a.b"]);
    }
}
