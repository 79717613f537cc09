/**
 * Where the ribbons of a Sankey diagram run: pure arithmetic, in shares of the height and steps across.
 *
 * Nodes of a step stand in the order of their sessions, those that only end last. A ribbon leaves its node in the
 * order of where it goes and arrives in the order of where it came from, so that few cross.
 */

import type { JourneyLink, JourneyNode } from "../reports";

export interface Placed {
  readonly node: JourneyNode;
  readonly top: number;
  readonly height: number;
}

export interface Ribbon {
  readonly link: JourneyLink;
  readonly from: Placed;
  readonly to: Placed;
  /** The upper edge where it leaves and where it arrives. */
  readonly leaves: number;
  readonly arrives: number;
  readonly height: number;
}

export interface Layout {
  readonly steps: number;
  readonly placed: readonly Placed[];
  readonly ribbons: readonly Ribbon[];
}

/** `gap` px between nodes, `height` px in all. */
export function layout(
  nodes: readonly JourneyNode[],
  links: readonly JourneyLink[],
  height: number,
  gap: number,
): Layout {
  const steps = Math.max(0, ...nodes.map(({ step }) => step + 1));
  const columns = Array.from({ length: steps }, (_, step) =>
    nodes
      .filter((node) => node.step === step && node.sessions > 0)
      .sort((a, b) => rank(a) - rank(b) || b.sessions - a.sessions || a.name.localeCompare(b.name)),
  );
  // One scale for all columns: a ribbon is as thick where it ends as where it began.
  const perSession = Math.min(
    ...columns
      .filter((column) => column.length > 0)
      .map((column) => (height - gap * (column.length - 1)) / sum(column)),
  );
  const placed = new Map<string, Placed>();
  for (const column of columns) {
    let top = 0;
    for (const node of column) {
      const tall = node.sessions * perSession;
      placed.set(node.id, { node, top, height: tall });
      top += tall + gap;
    }
  }
  const drawn = links.flatMap((link) => {
    const [from, to] = [placed.get(link.from), placed.get(link.to)];
    return from && to && link.sessions > 0 ? [{ link, from, to }] : [];
  });
  const [left, arrived] = [new Map<string, number>(), new Map<string, number>()];
  const [leaves, arrives] = [new Map<JourneyLink, number>(), new Map<JourneyLink, number>()];
  for (const { link, from } of [...drawn].sort((a, b) => a.to.top - b.to.top)) {
    leaves.set(link, from.top + stack(left, link.from, link.sessions * perSession));
  }
  for (const { link, to } of [...drawn].sort((a, b) => a.from.top - b.from.top)) {
    arrives.set(link, to.top + stack(arrived, link.to, link.sessions * perSession));
  }
  const ribbons = drawn.map((each) => ({
    ...each,
    leaves: leaves.get(each.link) ?? 0,
    arrives: arrives.get(each.link) ?? 0,
    height: each.link.sessions * perSession,
  }));
  return { steps, placed: [...placed.values()], ribbons };
}

/** Sessions that end, and the rest that has no name of its own, stand below. */
function rank({ name }: JourneyNode): number {
  return name === "end" ? 2 : name === "other" ? 1 : 0;
}

function sum(nodes: readonly JourneyNode[]): number {
  return nodes.reduce((total, { sessions }) => total + sessions, 0);
}

/** Where the next ribbon begins in its node; keeps that it stands there. */
function stack(used: Map<string, number>, id: string, height: number): number {
  const at = used.get(id) ?? 0;
  used.set(id, at + height);
  return at;
}
