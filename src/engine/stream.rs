//! What goes into the stream of level `trace`: what the features of a page view follow from, and
//! nothing else.

use super::Engine;
use crate::signal::Signal;
use crate::stream::{Kind, MAX_NAME_BYTES};
use alloc::string::String;
use alloc::vec::Vec;

/// What the stream was last told, so that only changes travel.
#[derive(Clone, Debug, Default)]
pub(super) struct Streamed {
    sizes: [i32; 4],
    slots: Vec<[i32; 4]>,
}

impl Engine {
    /// Adds a signal, after the layout has taken it.
    pub(super) fn stream(&mut self, signal: &Signal) {
        if self.outbox.streams() {
            self.stream_on(signal);
        }
    }

    #[inline(never)]
    fn stream_on(&mut self, signal: &Signal) {
        let now = self.now;
        let kind = match signal {
            Signal::Move { x, y } => Kind::Move(px(*x), px(*y)),
            Signal::Click { x, y, .. } => Kind::Click(px(*x), px(*y)),
            Signal::Scroll { y, inner: false } => Kind::Scroll(px(*y)),
            Signal::Scroll { y, inner: true } => Kind::Inner(px(*y)),
            Signal::Visibility { visible } => Kind::Visible(*visible),
            Signal::Exit => Kind::Exit,
            Signal::Zoom { scale } => Kind::Zoom(px(*scale * 100.0)),
            Signal::Resize { .. } | Signal::Slot { .. } => return self.stream_places(),
            _ => return,
        };
        self.outbox.stream(now, kind);
    }

    /// A page view begins: where everything stands. The scroll offset ends it, so that a reader
    /// knows what was so before the view from what happened in it.
    pub(super) fn stream_begin(&mut self) {
        if self.outbox.streams() {
            self.stream_anew();
        }
    }

    #[inline(never)]
    fn stream_anew(&mut self) {
        self.streamed = Streamed::default();
        self.stream_places();
        self.outbox.stream(self.now, Kind::Scroll(px(self.layout.scroll)));
        self.outbox.resample();
    }

    /// Sizes and slots that have changed.
    fn stream_places(&mut self) {
        let ([width, height], [page_width, page_height]) =
            (self.layout.viewport, self.layout.document);
        let sizes = [width, height, page_width, page_height].map(px);
        if sizes != self.streamed.sizes {
            self.streamed.sizes = sizes;
            self.outbox.stream(self.now, Kind::Sizes(sizes));
        }
        for (at, region) in self.layout.regions().iter().enumerate() {
            let (rect, slots) = (region.rect.map(px), &mut self.streamed.slots);
            let name = match slots.get_mut(at) {
                Some(known) if *known == rect => continue,
                Some(known) => {
                    *known = rect;
                    String::new()
                }
                None => {
                    slots.push(rect);
                    crate::text::clip(&region.id, MAX_NAME_BYTES).into()
                }
            };
            self.outbox.stream(self.now, Kind::Slot { index: at as u32, name, rect });
        }
    }
}

fn px(value: f64) -> i32 {
    libm::round(value) as i32
}
