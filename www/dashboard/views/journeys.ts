/** Journeys: what sessions did step by step, and how many come through a funnel of the reader's own. */

import type { Place } from "../address";
import { sankeyChart } from "../charts/sankeychart";
import { dataTable } from "../datatable";
import { count, counted, percent } from "../format";
import { type JourneyLink, type Journeys, withLists } from "../reports";
import { calmly, common, emptyState, type MakeScreen, reportScreen } from "../screen";
import { note, section } from "../section";
import { spokenName } from "../words";
import { funnel } from "./funnel";

export const make: MakeScreen = (stage) => {
  const builder = funnel(stage);
  const screen = reportScreen<Journeys>(
    stage,
    "Journeys",
    "What visitors did one after another, and how many come through the steps you name.",
    { path: "/v1/report/journeys", query: common, read: withLists<Journeys>("nodes", "links"), every: calmly },
    (report) => {
      builder.offer(names(report));
      // Under the diagram, and there with it: nothing moves when the answer comes.
      return [...draw(report), builder.node];
    },
  );
  return {
    node: screen.node,
    show(place: Place) {
      screen.show(place);
      builder.show(place);
    },
    dispose() {
      screen.dispose();
      builder.dispose();
    },
  };
};

/** Pages and goals that were seen, as steps of a funnel. */
function names({ nodes }: Journeys): readonly string[] {
  return [...new Set(nodes.map(({ name }) => name))].filter(
    (name) => name !== "" && name !== "other" && name !== "end",
  );
}

function draw(report: Journeys): readonly Node[] {
  if (report.sessions === 0 || report.nodes.length === 0) {
    return [
      emptyState(
        "No session in this range.",
        'Steps are page views, by the kind the site names (`<body data-unspoken-page="product">`) or else by path, and goals. They come with the first batch of a visit.',
      ),
    ];
  }
  const node = new Map(report.nodes.map((each) => [each.id, each]));
  const links = [...report.links].sort(
    (a, b) => (node.get(a.from)?.step ?? 0) - (node.get(b.from)?.step ?? 0) || b.sessions - a.sessions,
  );
  const name = (id: string): string => spokenName(node.get(id)?.name ?? id);
  const step = (id: string): number => (node.get(id)?.step ?? 0) + 1;
  return [
    section(
      "sankey",
      "Step by step",
      [
        note(
          `${counted(report.sessions, "session")}. A ribbon is as thick as the sessions that went that way; the pale ones ended there.`,
        ),
        note("The eight most frequent names of a step have a place of their own; the rest is other."),
      ],
      sankeyChart("journey", report),
      dataTable<JourneyLink>({
        id: "journey-table",
        caption: "Sessions from step to step",
        file: "journeys",
        columns: [
          { label: "From", name: "from", cell: (link) => name(link.from) },
          { label: "To", name: "to", cell: (link) => name(link.to) },
          { label: "Step", name: "step", cell: (link) => step(link.from), kind: "number" },
          {
            label: "Sessions",
            name: "sessions",
            cell: (link) => link.sessions,
            text: (link) => count(link.sessions),
            kind: "number",
          },
          {
            label: "Of those",
            name: "share",
            cell: (link) => link.sessions / Math.max(1, node.get(link.from)?.sessions ?? 1),
            text: (link) => percent(link.sessions / Math.max(1, node.get(link.from)?.sessions ?? 1)),
            kind: "number",
          },
        ],
        rows: links,
      }),
    ),
  ];
}
