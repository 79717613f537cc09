//! The pointer and scroll stream of level `trace`: 20 Hz, delta-coded.
//!
//! Each point is a varint of `dt << 2 | kind`, then zigzag varints of what changed: `move` dx dy
//! and `scroll` dy, `click` dx dy. Times are whole ms since the batch's base, positions whole CSS
//! px, each against the point before it. A move at 20 Hz takes three to four bytes.

use alloc::vec::Vec;

/// The most points one batch may carry: 20 Hz for five minutes.
pub const MAX_POINTS: usize = 6_000;

/// What a point is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The cursor is at `x`, `y` of the viewport.
    Move,
    /// The document is scrolled to `y`.
    Scroll,
    /// A click at `x`, `y` of the viewport.
    Click,
}

/// One sample of the stream. `x` is 0 for a scroll.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// ms since the batch's base.
    pub at: u32,
    /// What it is.
    pub kind: Kind,
    /// CSS px.
    pub x: i32,
    /// CSS px.
    pub y: i32,
}

/// Writes points as they come; the buffer is the wire form.
#[derive(Clone, Default, Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    points: usize,
    at: u32,
    pointer: (i32, i32),
    scroll: i32,
}

impl Writer {
    /// Adds a point. Says `false`, and adds nothing, once [`MAX_POINTS`] are in.
    pub fn push(&mut self, point: Point) -> bool {
        if self.points == MAX_POINTS {
            return false;
        }
        let dt = point.at.saturating_sub(self.at).min(u32::MAX >> 2);
        write_varint(&mut self.bytes, dt << 2 | point.kind as u32);
        match point.kind {
            Kind::Move | Kind::Click => {
                write_varint(&mut self.bytes, zigzag(point.x.wrapping_sub(self.pointer.0)));
                write_varint(&mut self.bytes, zigzag(point.y.wrapping_sub(self.pointer.1)));
                self.pointer = (point.x, point.y);
            }
            Kind::Scroll => {
                write_varint(&mut self.bytes, zigzag(point.y.wrapping_sub(self.scroll)));
                self.scroll = point.y;
            }
        }
        self.at += dt;
        self.points += 1;
        true
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes what was written and starts anew, with deltas against zero.
    pub fn take(&mut self) -> Vec<u8> {
        core::mem::take(self).bytes
    }
}

/// Reads a stream back.
pub fn decode(bytes: &[u8]) -> Result<Vec<Point>, &'static str> {
    let mut rest = bytes;
    let mut points = Vec::new();
    let (mut at, mut pointer, mut scroll) = (0u32, (0i32, 0i32), 0i32);
    while !rest.is_empty() {
        if points.len() == MAX_POINTS {
            return Err("more points than a batch may carry");
        }
        let head = read_varint(&mut rest)?;
        at = at.checked_add(head >> 2).ok_or("time overflows")?;
        let point = match head & 3 {
            kind @ (0 | 2) => {
                pointer.0 = pointer.0.wrapping_add(unzigzag(read_varint(&mut rest)?));
                pointer.1 = pointer.1.wrapping_add(unzigzag(read_varint(&mut rest)?));
                let kind = if kind == 0 { Kind::Move } else { Kind::Click };
                Point { at, kind, x: pointer.0, y: pointer.1 }
            }
            1 => {
                scroll = scroll.wrapping_add(unzigzag(read_varint(&mut rest)?));
                Point { at, kind: Kind::Scroll, x: 0, y: scroll }
            }
            _ => return Err("unknown kind of point"),
        };
        points.push(point);
    }
    Ok(points)
}

fn zigzag(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)) as u32
}

fn unzigzag(value: u32) -> i32 {
    (value >> 1) as i32 ^ -((value & 1) as i32)
}

fn write_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn read_varint(rest: &mut &[u8]) -> Result<u32, &'static str> {
    let mut value = 0u32;
    for shift in [0, 7, 14, 21, 28] {
        let (&byte, tail) = rest.split_first().ok_or("ends inside a number")?;
        *rest = tail;
        let part = (byte & 0x7f) as u32;
        if shift == 28 && part > 15 {
            break;
        }
        value |= part << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err("a number is too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_survive_the_round_trip() {
        let points = [
            Point { at: 0, kind: Kind::Move, x: 700, y: 400 },
            Point { at: 50, kind: Kind::Move, x: 690, y: 431 },
            Point { at: 90, kind: Kind::Scroll, x: 0, y: 1200 },
            Point { at: 5_000, kind: Kind::Click, x: -3, y: i32::MAX },
            Point { at: 5_001, kind: Kind::Move, x: i32::MIN, y: 0 },
        ];
        let mut writer = Writer::default();
        assert!(points.iter().all(|point| writer.push(*point)));
        assert_eq!(decode(&writer.take()).unwrap(), points);
        assert!(writer.is_empty());
    }

    #[test]
    fn a_move_at_20_hz_takes_four_bytes_at_most() {
        let mut writer = Writer::default();
        for step in 0..100 {
            writer.push(Point { at: step * 50, kind: Kind::Move, x: step as i32 * 9, y: 40 });
        }
        assert!(writer.len() <= 400, "{}", writer.len());
    }

    #[test]
    fn what_is_cut_or_unknown_is_refused() {
        assert!(decode(&[0x80]).is_err());
        assert!(decode(&[0x03]).is_err());
        assert!(decode(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(decode(&[0x00, 0x02]).is_err());
    }
}
