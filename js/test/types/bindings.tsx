/**
 * Bindings as the types see them: what stands here has to compile, and each line after
 * `@ts-expect-error` must not. Run by `tsc`; nothing of it is ever executed.
 */
import { createApp, h, ref } from "vue";
import "../../src/element/index.js";
import { Slot, UnspokenProvider, useDecision, useFeature, useIntent, useUnspoken } from "../../src/react/index.js";
import * as svelte from "../../src/svelte/index.js";
import type { Unspoken } from "../../src/types.js";
import * as vue from "../../src/vue/index.js";

declare const starting: Promise<Unspoken>;

export function React() {
  const stuck: boolean = useIntent("struggle", { above: 0.6 });
  const likely: number = useIntent("buy", { precision: 1 });
  const shade: string | null = useFeature<string>("shade").value;
  const decision = useDecision("hero");
  useUnspoken()?.goal("seen", { value: likely });
  return (
    <UnspokenProvider instance={starting} initial={[decision]}>
      <Slot name="hero" className={shade ?? ""} variants={{ help: stuck ? <b /> : "help", none: null }} />
      <Slot name="link" as="a" href="/" ref={(node: Element | null) => void node} />
      {/* @ts-expect-error a slot has a name */}
      <Slot>default</Slot>
      {/* @ts-expect-error a `div` has no address */}
      <Slot name="hero" href="/" />
      {/* @ts-expect-error variants are things to render */}
      <Slot name="hero" variants={{ help: () => "help" }} />
    </UnspokenProvider>
  );
}

// @ts-expect-error one reading or the other
useIntent("struggle", { above: 0.6, precision: 1 }).toFixed();

const initial: vue.Initial = { hero: "help", foot: { variant: "guide", reason: "asked" } };
createApp({}).use(vue.unspokenPlugin).use(vue.unspokenPlugin, { instance: starting, initial });
h(vue.UnspokenSlot, { name: "hero", as: "section" }, { default: () => "default", help: () => "help" });
// @ts-expect-error a slot has a name
h(vue.UnspokenSlot, { as: "section" });
export const inVue: [boolean, number, string, number | null] = [
  vue.useIntent(ref("struggle"), { above: () => 0.6 }).value,
  vue.useIntent("buy").value,
  vue.useDecision(() => "hero").value.variant,
  vue.useFeature<number>("price").value.value,
];
// @ts-expect-error what it answers is not the component's to change
vue.useIntent("buy").value = 1;

svelte.setUnspoken({ instance: null, initial });
const mine = svelte.slot("hero", () => ["help"]);
mine.attach(document.body)();
export const inSvelte: [boolean, number, string, string] = [
  svelte.intent("struggle", { above: 0.6 }).current,
  svelte.intent("buy", { precision: 1 }).current,
  svelte.decision("hero").current.variant,
  mine.current,
];
export const props: svelte.SlotProps = { name: "hero", as: "section", class: "wide" };
// @ts-expect-error a slot has a name
export const nameless: svelte.SlotProps = { as: "section" };
// @ts-expect-error it is read, and not written
svelte.intent("buy").current = 1;

const element = document.createElement("unspoken-slot");
element.addEventListener("unspoken-decision", ({ detail }) => detail.variant);
element.addEventListener("click", ({ type }) => type);
// @ts-expect-error an exposure has no reason
element.addEventListener("unspoken-exposure", ({ detail }) => detail.reason);
