//! Where things are: viewport, document, scroll offset, slot rectangles.
//!
//! Filled by signals that observers send; nothing here is ever measured on demand. Bounded to
//! [`MAX_SLOTS`] slots; further ones are not placed and so never focused, but still decided.

use crate::number::{clamp, max};
use crate::signal::Signal;
use alloc::string::String;
use alloc::vec::Vec;

/// The most slots whose place is kept.
pub const MAX_SLOTS: usize = 64;
/// The most tags of a slot that are kept.
pub const MAX_TAGS: usize = 8;

/// A slot's place.
#[derive(Clone, Debug)]
pub struct Region {
    /// The slot's name.
    pub id: String,
    /// `[x, y, width, height]`, CSS px in the page.
    pub rect: [f64; 4],
    /// What a stay in it says about interests.
    pub tags: Vec<String>,
}

impl Region {
    fn contains(&self, x: f64, y: f64) -> bool {
        self.squared_distance(x, y) == 0.0 && self.rect[2] > 0.0 && self.rect[3] > 0.0
    }

    /// Squared distance from a point to the rectangle, 0 inside it.
    fn squared_distance(&self, x: f64, y: f64) -> f64 {
        let [left, top, width, height] = self.rect;
        let dx = max(max(left - x, 0.0), x - left - width);
        let dy = max(max(top - y, 0.0), y - top - height);
        dx * dx + dy * dy
    }
}

/// The page's geometry.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// `[width, height]`, CSS px.
    pub viewport: [f64; 2],
    /// `[width, height]`, CSS px.
    pub document: [f64; 2],
    /// CSS px from the top of the document.
    pub scroll: f64,
    /// Scale of the visual viewport; 0 where nothing was told, and then it is 1.
    pub scale: f64,
    regions: Vec<Region>,
}

impl Layout {
    /// Takes what a signal tells of places and sizes.
    pub fn update(&mut self, signal: &Signal) {
        match signal {
            Signal::Scroll { y, inner: false } => self.scroll = *y,
            Signal::Resize { viewport, document } => {
                (self.viewport, self.document) = (*viewport, *document);
            }
            Signal::Zoom { scale } => self.scale = *scale,
            Signal::Slot { id, rect } => self.place(id, *rect),
            Signal::Tags { slot, tags } => self.tag(slot, tags),
            _ => {}
        }
    }

    /// Places a slot, or moves it.
    pub fn place(&mut self, id: &str, rect: [f64; 4]) {
        if let Some(region) = self.region(id) {
            region.rect = rect;
        }
    }

    /// Tells the tags of a slot, at most [`MAX_TAGS`]; one that has no place yet gets an empty one.
    pub fn tag(&mut self, id: &str, tags: &[String]) {
        if let Some(region) = self.region(id) {
            region.tags = tags[..tags.len().min(MAX_TAGS)].to_vec();
        }
    }

    /// A slot's region, made where it is new and there is room.
    fn region(&mut self, id: &str) -> Option<&mut Region> {
        let known = self.regions.iter().position(|region| region.id == id);
        let at = known.unwrap_or(self.regions.len());
        if known.is_none() && at < MAX_SLOTS {
            self.regions.push(Region { id: id.into(), rect: [0.0; 4], tags: Vec::new() });
        }
        self.regions.get_mut(at)
    }

    /// The placed slots.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The slot under a point of the viewport; the smallest where several lie over each other.
    pub fn hit(&self, x: f64, y: f64) -> Option<usize> {
        let page_y = y + self.scroll;
        let area = |at: &usize| self.regions[*at].rect[2] * self.regions[*at].rect[3];
        (0..self.regions.len())
            .filter(|at| self.regions[*at].contains(x, page_y))
            .min_by(|a, b| area(a).total_cmp(&area(b)))
    }

    /// The slot nearest to a point of the viewport.
    pub fn nearest(&self, x: f64, y: f64) -> Option<usize> {
        let page_y = y + self.scroll;
        let distance = |at: &usize| self.regions[*at].squared_distance(x, page_y);
        (0..self.regions.len())
            .filter(|at| self.regions[*at].rect[2] > 0.0 && self.regions[*at].rect[3] > 0.0)
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// CSS px from a point of the viewport to a slot, 0 inside it.
    pub fn distance(&self, slot: usize, x: f64, y: f64) -> f64 {
        let region = self.regions.get(slot);
        region.map_or(0.0, |region| f64::sqrt(region.squared_distance(x, y + self.scroll)))
    }

    /// How much of the document has come into view at this offset, 0 to 1.
    pub fn depth(&self) -> f64 {
        let height = self.document[1];
        if height <= 0.0 { 0.0 } else { clamp((self.scroll + self.viewport[1]) / height, 0.0, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let mut layout =
            Layout { viewport: [800.0, 600.0], document: [800.0, 2400.0], ..Layout::default() };
        layout.place("a", [0.0, 0.0, 400.0, 100.0]);
        layout.place("b", [0.0, 1000.0, 400.0, 100.0]);
        layout.place("empty", [0.0, 300.0, 0.0, 0.0]);
        layout
    }

    #[test]
    fn points_are_of_the_viewport_and_rectangles_of_the_page() {
        let mut layout = layout();
        assert_eq!(layout.hit(10.0, 10.0), Some(0));
        layout.scroll = 990.0;
        assert_eq!(layout.hit(10.0, 20.0), Some(1));
        assert_eq!(layout.hit(500.0, 20.0), None);
        assert_eq!(layout.nearest(500.0, 20.0), Some(1));
        assert_eq!(layout.nearest(0.0, -690.0), Some(0), "a slot without a box is never near");
    }

    #[test]
    fn depth_is_bounded() {
        let mut layout = layout();
        assert_eq!(layout.depth(), 0.25);
        layout.scroll = 99_999.0;
        assert_eq!(layout.depth(), 1.0);
        assert_eq!(Layout::default().depth(), 0.0);
    }

    #[test]
    fn places_are_bounded() {
        let mut layout = Layout::default();
        for at in 0..200 {
            layout.place(&alloc::format!("s{at}"), [0.0; 4]);
        }
        assert_eq!(layout.regions().len(), MAX_SLOTS);
    }
}
