/**
 * Bridges to what a site has already: Google Tag Manager's `dataLayer`, and Segment's `track`.
 *
 * Each tells what Unspoken did and takes goals from what the page tells. Each returns a function that
 * ends it, throws nothing into the page, and never hears itself.
 */
export { type DataLayerOptions, dataLayer } from "./data-layer.js";
export type { Goals } from "./goals.js";
export { type Analytics, type SegmentOptions, segment } from "./segment.js";
