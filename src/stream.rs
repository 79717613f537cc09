//! The stream of level `trace`: cursor, scroll and places at 20 Hz, delta-coded, so that the
//! collector can make a [`crate::trace::Trace`] of a page view again.
//!
//! Each point is a varint of `dt << 2 | kind`, then zigzag varints of what changed: `move` dx dy,
//! `scroll` dy, `click` dx dy. Times are whole ms since the batch's base, positions whole CSS px,
//! each against the point before it. A move at 20 Hz takes three to four bytes. The fourth kind is
//! for what changes seldom: a varint says what it is, and its numbers are absolute.

use alloc::string::String;
use alloc::vec::Vec;

/// The most points one batch may carry: 20 Hz for five minutes.
pub const MAX_POINTS: usize = 6_000;

/// The most bytes of a slot's name, as anywhere on the wire.
pub const MAX_NAME_BYTES: usize = 256;

/// What a point is. Positions and sizes are CSS px.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The cursor is at this place of the viewport.
    Move(i32, i32),
    /// The document is scrolled to here.
    Scroll(i32),
    /// A click at this place of the viewport.
    Click(i32, i32),
    /// Width and height of the viewport, then of the document.
    Sizes([i32; 4]),
    /// A container inside the document is scrolled to here.
    Inner(i32),
    /// The page was hidden (`false`) or shown.
    Visible(bool),
    /// The cursor left the window through its top edge.
    Exit,
    /// Scale of the visual viewport, in percent.
    Zoom(i32),
    /// A slot is here.
    Slot {
        /// Slots of a page view count from 0, in the order they are first told.
        index: u32,
        /// Its name, the first time it is told in a page view; empty later.
        name: String,
        /// `[x, y, width, height]` in the page.
        rect: [i32; 4],
    },
}

/// One sample of the stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Point {
    /// ms since the batch's base.
    pub at: u32,
    /// What it is.
    pub kind: Kind,
}

const SIZES: u32 = 0;
const INNER: u32 = 1;
const HIDDEN: u32 = 2;
#[cfg(not(target_arch = "wasm32"))]
const SHOWN: u32 = 3;
const EXIT: u32 = 4;
const ZOOM: u32 = 5;
/// This number and those above it, less this one, are a slot's index.
const SLOT: u32 = 16;

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
        self.at += dt;
        self.points += 1;
        let head = match point.kind {
            Kind::Move(..) => 0,
            Kind::Scroll(_) => 1,
            Kind::Click(..) => 2,
            _ => 3,
        };
        self.varint(dt << 2 | head);
        match point.kind {
            Kind::Move(x, y) | Kind::Click(x, y) => {
                let (last_x, last_y) = self.pointer;
                self.pointer = (x, y);
                self.numbers(&[x.wrapping_sub(last_x), y.wrapping_sub(last_y)]);
            }
            Kind::Scroll(y) => {
                let last = self.scroll;
                self.scroll = y;
                self.numbers(&[y.wrapping_sub(last)]);
            }
            Kind::Sizes(sizes) => {
                self.varint(SIZES);
                self.numbers(&sizes);
            }
            Kind::Inner(y) => {
                self.varint(INNER);
                self.numbers(&[y]);
            }
            Kind::Visible(visible) => self.varint(HIDDEN + visible as u32),
            Kind::Exit => self.varint(EXIT),
            Kind::Zoom(percent) => {
                self.varint(ZOOM);
                self.numbers(&[percent]);
            }
            Kind::Slot { index, name, rect } => {
                self.varint(SLOT + index);
                self.varint(name.len() as u32);
                self.bytes.extend_from_slice(name.as_bytes());
                self.numbers(&rect);
            }
        }
        true
    }

    fn varint(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn numbers(&mut self, numbers: &[i32]) {
        numbers.iter().for_each(|number| self.varint(zigzag(*number)));
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
#[cfg(not(target_arch = "wasm32"))]
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
        let kind = match head & 3 {
            kind @ (0 | 2) => {
                let [dx, dy] = read_numbers(&mut rest)?;
                pointer = (pointer.0.wrapping_add(dx), pointer.1.wrapping_add(dy));
                let (x, y) = pointer;
                if kind == 0 { Kind::Move(x, y) } else { Kind::Click(x, y) }
            }
            1 => {
                let [dy] = read_numbers(&mut rest)?;
                scroll = scroll.wrapping_add(dy);
                Kind::Scroll(scroll)
            }
            _ => read_seldom(&mut rest)?,
        };
        points.push(Point { at, kind });
    }
    Ok(points)
}

#[cfg(not(target_arch = "wasm32"))]
fn read_seldom(rest: &mut &[u8]) -> Result<Kind, &'static str> {
    Ok(match read_varint(rest)? {
        SIZES => Kind::Sizes(read_numbers(rest)?),
        INNER => {
            let [y] = read_numbers(rest)?;
            Kind::Inner(y)
        }
        HIDDEN => Kind::Visible(false),
        SHOWN => Kind::Visible(true),
        EXIT => Kind::Exit,
        ZOOM => {
            let [percent] = read_numbers(rest)?;
            Kind::Zoom(percent)
        }
        slot => {
            let index = slot.checked_sub(SLOT).ok_or("unknown kind of point")?;
            if index as usize >= crate::layout::MAX_SLOTS {
                return Err("more slots than a page view can place");
            }
            let length = read_varint(rest)? as usize;
            if length > MAX_NAME_BYTES {
                return Err("a slot's name is too long");
            }
            let (name, tail) = rest.split_at_checked(length).ok_or("ends inside a name")?;
            *rest = tail;
            let name = core::str::from_utf8(name).map_err(|_| "a slot's name is no text")?;
            Kind::Slot { index, name: name.into(), rect: read_numbers(rest)? }
        }
    })
}

fn zigzag(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)) as u32
}

#[cfg(not(target_arch = "wasm32"))]
fn read_numbers<const N: usize>(rest: &mut &[u8]) -> Result<[i32; N], &'static str> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        let value = read_varint(rest)?;
        *number = (value >> 1) as i32 ^ -((value & 1) as i32);
    }
    Ok(numbers)
}

#[cfg(not(target_arch = "wasm32"))]
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn points_survive_the_round_trip() {
        let slot =
            |index, name: &str| Kind::Slot { index, name: name.into(), rect: [-1, 2, 300, 70_000] };
        let kinds = [
            Kind::Sizes([1280, 720, 1265, 4_000]),
            slot(0, "hero"),
            slot(63, "\u{fc}ber"),
            Kind::Move(700, 400),
            Kind::Move(690, 431),
            Kind::Scroll(1200),
            Kind::Inner(-3),
            Kind::Visible(false),
            Kind::Visible(true),
            slot(0, ""),
            Kind::Exit,
            Kind::Zoom(150),
            Kind::Click(-3, i32::MAX),
            Kind::Move(i32::MIN, 0),
        ];
        let points = (0..).zip(kinds).map(|(at, kind)| Point { at: at * at * 70, kind });
        let points: Vec<Point> = points.collect();
        let mut writer = Writer::default();
        assert!(points.iter().all(|point| writer.push(point.clone())));
        assert_eq!(decode(&writer.take()).unwrap(), points);
        assert!(writer.is_empty());
    }

    #[test]
    fn a_move_at_20_hz_takes_four_bytes_at_most() {
        let mut writer = Writer::default();
        for step in 0..100 {
            writer.push(Point { at: step * 50, kind: Kind::Move(step as i32 * 9, 40) });
        }
        assert!(writer.len() <= 400, "{}", writer.len());
    }

    #[test]
    fn what_is_cut_or_unknown_is_refused() {
        assert!(decode(&[0x80]).is_err());
        assert!(decode(&[0x03]).is_err());
        assert!(decode(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(decode(&[0x00, 0x02]).is_err());
        assert!(decode(&[0x03, 15]).unwrap_err().contains("unknown kind"));
        // A slot past the last, a name past the end, a name that is no text.
        assert!(decode(&[0x03, 80, 0, 0, 0, 0, 0]).unwrap_err().contains("slots"));
        assert!(decode(&[0x03, 16, 9, 0, 0, 0, 0]).unwrap_err().contains("ends inside a name"));
        assert!(decode(&[0x03, 16, 1, 0xff, 0, 0, 0, 0]).unwrap_err().contains("no text"));
    }
}
