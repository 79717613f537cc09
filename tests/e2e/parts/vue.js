/** Small parts of Vue apps, each under a name that the tests mount it by. */
import {
  UnspokenSlot,
  unspokenPlugin,
  useDecision,
  useFeature,
  useIntent,
  useIntents,
  useUnspoken,
} from "unspoken/vue";
import { createApp, createSSRApp, defineComponent, effectScope, onUpdated, ref, shallowReactive } from "vue";

globalThis.updates = {};
const counted = (name, setup, template) =>
  defineComponent({
    template,
    setup() {
      onUpdated(() => {
        globalThis.updates[name] = (globalThis.updates[name] ?? 0) + 1;
      });
      return setup();
    },
  });

const Counter = { template: `<button @click="clicks++">{{ clicks }}</button>`, setup: () => ({ clicks: ref(0) }) };
/** What the tests turn: `window.turn({ … })`. */
const turned = shallowReactive({ name: "hero", gone: false, more: false, as: "section", away: false });
globalThis.turn = (more) => Object.assign(turned, more);

const parts = {
  hooks: {
    template: `<template v-if="!turned.gone"><Rounded /><Above /><All /><Decided /><Featured /><There /></template>`,
    setup: () => ({ turned }),
    components: {
      Rounded: counted(
        "rounded",
        () => ({ value: useIntent("struggle", { precision: 1 }) }),
        `<b id="rounded">{{ value }}</b>`,
      ),
      Above: counted(
        "above",
        () => ({ value: useIntent("struggle", { above: 0.6 }) }),
        `<b id="above">{{ value }}</b>`,
      ),
      All: counted("all", () => ({ value: useIntents() }), `<b id="all">{{ value.struggle }}</b>`),
      Decided: counted(
        "decided",
        () => ({ value: useDecision(() => turned.name) }),
        `<b id="decided">{{ value.variant }}</b>`,
      ),
      Featured: counted("featured", () => ({ value: useFeature("new") }), `<b id="featured">{{ value.on }}</b>`),
      There: {
        template: `<b id="there">{{ value !== null }}</b>`,
        setup: () => ({ value: useUnspoken() }),
      },
    },
  },
  slot: {
    components: { UnspokenSlot, Counter },
    setup: () => ({ turned }),
    template: `<UnspokenSlot v-if="!turned.gone" :name="turned.name" :as="turned.as" class="mine"><Counter />
      <template #help><Counter /></template>
      <template #none></template>
      <template v-if="turned.more" #guide>guide</template>
    </UnspokenSlot>`,
  },
  alive: {
    components: {
      Page: {
        components: { UnspokenSlot },
        template: `<UnspokenSlot name="hero">default<template #help>help</template></UnspokenSlot>`,
      },
    },
    setup: () => ({ turned }),
    template: `<KeepAlive><Page v-if="!turned.away" /></KeepAlive>`,
  },
  taken: {
    components: { UnspokenSlot },
    setup: () => ({ decision: useDecision("hero"), above: useIntent("struggle", { above: 0.6 }) }),
    template: `<UnspokenSlot name="hero">default<template #help>help</template></UnspokenSlot>
      <b id="decided">{{ decision.variant }}</b> <b id="above">{{ above }}</b>`,
  },
};

/** For a server and for the browser that takes its markup over. */
export const make = (part, options, rendered = false) =>
  (rendered ? createSSRApp : createApp)(parts[part]).use(unspokenPlugin, options);

if (typeof document !== "undefined") {
  let app;
  window.mount = (part, options, rendered) => {
    app = make(part, options, rendered);
    app.mount("#app");
  };
  window.unmount = () => app.unmount();
  /** Outside of components: a store, for example. */
  window.scoped = () => {
    const scope = effectScope();
    const value = scope.run(() => useIntent("struggle", { above: 0.6 }));
    return { read: () => value.value, stop: () => scope.stop() };
  };
  window.started = true;
}
