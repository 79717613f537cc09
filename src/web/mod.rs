//! The floor that touches the page: listens, observes, swaps, stores and sends. wasm32 only.
//!
//! Everything here is a guard: dropping the [`driver::Driver`] removes every listener, observer and
//! timer. Nothing here decides: signals go to the engine, effects come back and are carried out.
//! No listener reads layout; rectangles and sizes come from observers.

pub mod clock;
pub mod convert;
pub mod driver;
pub mod host;
pub mod page;
pub mod rate;
pub mod recorder;
pub mod sensor;
pub mod share;
pub mod slots;
pub mod storage;
pub mod transport;
pub mod view;
