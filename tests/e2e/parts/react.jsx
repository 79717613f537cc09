/** Small parts of React apps, each under a name that the tests mount it by. */
import { StrictMode, Suspense, use, useState } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Slot, UnspokenProvider, useDecision, useFeature, useIntent, useIntents, useUnspoken } from "unspoken/react";

window.renders = {};
const count = (name) => {
  window.renders[name] = (window.renders[name] ?? 0) + 1;
};

/** What the tests turn: `window.turn({ … })` renders anew with it. */
function Turned({ children }) {
  const [props, setProps] = useState({});
  window.turn = (more) => flushSync(() => setProps((before) => ({ ...before, ...more })));
  return children(props);
}

function Counter() {
  const [clicks, setClicks] = useState(0);
  return (
    <button type="button" onClick={() => setClicks(clicks + 1)}>
      {clicks}
    </button>
  );
}

function Rounded() {
  count("rounded");
  return <b id="rounded">{useIntent("struggle", { precision: 1 })}</b>;
}
function Above() {
  count("above");
  return <b id="above">{String(useIntent("struggle", { above: 0.6 }))}</b>;
}
function All() {
  count("all");
  return <b id="all">{JSON.stringify(useIntents())}</b>;
}
function Decided() {
  count("decided");
  return <b id="decided">{useDecision("hero").variant}</b>;
}
function Featured() {
  count("featured");
  return <b id="featured">{String(useFeature("new").on)}</b>;
}
function There() {
  return <b id="there">{String(useUnspoken() === window.puppet)}</b>;
}

const parts = {
  hooks: () => (
    <Turned>
      {({ gone }) =>
        gone ? null : (
          <>
            <Rounded />
            <Above />
            <All />
            <Decided />
            <Featured />
            <There />
          </>
        )
      }
    </Turned>
  ),
  slot: () => (
    <Turned>
      {({ name = "hero", more = {}, gone, as = "section" }) =>
        gone ? null : (
          <Slot
            name={name}
            as={as}
            className="mine"
            ref={(node) => {
              window.referred = node?.localName ?? null;
            }}
            variants={{ help: <Counter />, none: null, ...more }}
          >
            <Counter />
          </Slot>
        )
      }
    </Turned>
  ),
  suspense: () => (
    <Turned>
      {({ waiting }) => (
        <Suspense fallback={<p id="fallback">one moment</p>}>
          <Slot name="hero" variants={{ help: <p>help</p> }}>
            <p>default</p>
          </Slot>
          {waiting ? <Waits on={waiting} /> : null}
        </Suspense>
      )}
    </Turned>
  ),
  promised: () => (
    <Turned>
      {({ instance = null }) => (
        <UnspokenProvider instance={instance}>
          <Slot name="hero" variants={{ help: "help" }}>
            default
          </Slot>
          <Above />
          <There />
        </UnspokenProvider>
      )}
    </Turned>
  ),
  refless: () => (
    <Slot name="hero" as={({ children }) => <p>{children}</p>}>
      default
    </Slot>
  ),
  stale: () => (
    <UnspokenProvider initial={{ hero: "gone" }}>
      <Slot name="hero" variants={{ help: "help" }}>
        default
      </Slot>
    </UnspokenProvider>
  ),
  initial: () => (
    <UnspokenProvider initial={{ hero: "help", foot: { variant: "help", shown: "default" } }}>
      <Slot name="hero" variants={{ help: <p>help</p> }}>
        <p>default</p>
      </Slot>
      <Slot name="foot" variants={{ help: "help" }}>
        default
      </Slot>
      <Decided />
    </UnspokenProvider>
  ),
};

function Waits({ on }) {
  use(on);
  return null;
}

let root;
window.mount = (name, strict) => {
  root = createRoot(document.getElementById("app"));
  const Part = parts[name];
  flushSync(() => root.render(strict ? <StrictMode>{<Part />}</StrictMode> : <Part />));
};
window.unmount = () => flushSync(() => root.unmount());
window.started = true;
