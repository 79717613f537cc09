/**
 * Small helpers for drawing: a seeded random number, points on a curve, wobbly
 * rings, and the wrapper that turns shapes into an SVG file.
 * Everything is deterministic, so two builds give the same bytes.
 */

/** Rounds for short paths. */
export const r = (n) => Math.round(n * 10) / 10;

/** A seeded generator of numbers in 0..1 (mulberry32). */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The point at t on a cubic curve given as [[x, y] × 4]. */
export function cubic([a, b, c, d], t) {
  const u = 1 - t;
  const at = (i) => u * u * u * a[i] + 3 * u * u * t * b[i] + 3 * u * t * t * c[i] + t * t * t * d[i];
  return [r(at(0)), r(at(1))];
}

/** A path through points. */
export const line = (points, close = false) =>
  `M${points.map(([x, y]) => `${r(x)} ${r(y)}`).join("L")}${close ? "Z" : ""}`;

/** A closed smooth path through points (Catmull-Rom as cubics). */
export function smooth(points) {
  const n = points.length;
  let d = `M${r(points[0][0])} ${r(points[0][1])}`;
  for (let i = 0; i < n; i++) {
    const [p0, p1, p2, p3] = [-1, 0, 1, 2].map((k) => points[(i + k + n) % n]);
    d += `C${r(p1[0] + (p2[0] - p0[0]) / 6)} ${r(p1[1] + (p2[1] - p0[1]) / 6)} ${r(p2[0] - (p3[0] - p1[0]) / 6)} ${r(p2[1] - (p3[1] - p1[1]) / 6)} ${r(p2[0])} ${r(p2[1])}`;
  }
  return `${d}Z`;
}

/** Map contours: rings around a summit at (cx, cy), each a little more ragged than the last. */
export function contours({ seed, cx, cy, from = 26, step = 34, rings = 14, stroke, opacity = 0.5, width = 1.5 }) {
  const rnd = random(seed);
  const waves = Array.from({ length: 5 }, (_, k) => ({
    k: k + 1,
    a: ((rnd() - 0.2) * 0.36) / (k * 0.55 + 1),
    p: rnd() * 6.28,
  }));
  let out = "";
  for (let i = 0; i < rings; i++) {
    const radius = from + i * step;
    const points = [];
    for (let j = 0; j < 44; j++) {
      const angle = (j / 44) * Math.PI * 2;
      const swell = waves.reduce((sum, w) => sum + w.a * Math.sin(w.k * angle + w.p + i * 0.11 * w.k), 1);
      points.push([cx + Math.cos(angle) * radius * swell * 1.2, cy + Math.sin(angle) * radius * swell]);
    }
    out += `<path d="${smooth(points)}" stroke-width="${i % 5 === 4 ? width * 1.9 : width}"/>`;
  }
  return `<g fill="none" stroke="${stroke}" stroke-opacity="${opacity}">${out}</g>`;
}

/** An SVG file. */
export const file = (width, height, body, more = "") =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"${more}>${body}</svg>\n`;

/** Shapes moved and scaled. */
export const place = (x, y, scale, body) => `<g transform="translate(${x} ${y}) scale(${scale})">${body}</g>`;
