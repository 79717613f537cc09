/** A page that sells places at a pottery evening, with two slots. */
import { useState } from "react";
import { Slot, useDecision, useIntent, useUnspoken } from "unspoken/react";

const EVENINGS = ["Tue 1 Dec", "Thu 3 Dec", "Tue 8 Dec"];
const PRICE = 48;

export function App() {
  return (
    <main>
      <header>
        <p className="mark">Kiln Lane</p>
        <h1>Pottery evenings</h1>
      </header>
      <Slot
        name="welcome"
        as="section"
        className="welcome"
        variants={{
          beginner: (
            <>
              <h2>Your first bowl, from a lump to the rim</h2>
              <p>Eight people, two teachers. We centre the clay with you, and nobody minds a wobble.</p>
            </>
          ),
          regular: (
            <>
              <h2>The wheel is yours until ten</h2>
              <p>Stoneware or porcelain, your own glaze, and a shelf in the kiln on Saturday.</p>
            </>
          ),
        }}
      >
        <h2>Two hours at the wheel</h2>
        <p>Clay, tools, firing and tea are included. Your bowl is ready a fortnight later.</p>
      </Slot>
      <Experience />
      <Booking />
      <Slot
        name="help"
        as="aside"
        className="help"
        variants={{
          phone: (
            <p>
              Something in the way? Call <a href="tel:+441632960961">01632 960961</a>, we book it for you.
            </p>
          ),
        }}
      >
        <p>Cancel up to two days before, at no cost.</p>
      </Slot>
      <Readings />
    </main>
  );
}

/** Asks, and tells what was said: what follows from it is decided in unspoken.json. */
function Experience() {
  const unspoken = useUnspoken();
  return (
    <fieldset className="asked">
      <legend>Have you thrown a pot before?</legend>
      <button type="button" onClick={() => unspoken?.fact("thrown", "never")}>
        Never
      </button>
      <button type="button" onClick={() => unspoken?.fact("thrown", "often")}>
        Often
      </button>
    </fieldset>
  );
}

/** State of its own, which no swap elsewhere touches. */
function Booking() {
  const [places, setPlaces] = useState(1);
  const [evening, setEvening] = useState(EVENINGS[0]);
  return (
    <form className="booking" onSubmit={(event) => event.preventDefault()}>
      <label>
        Evening
        <select value={evening} onChange={(event) => setEvening(event.target.value)}>
          {EVENINGS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <div className="places">
        <button type="button" aria-label="One place fewer" onClick={() => setPlaces(Math.max(1, places - 1))}>
          −
        </button>
        <output aria-label="Places">{places}</output>
        <button type="button" aria-label="One place more" onClick={() => setPlaces(Math.min(8, places + 1))}>
          +
        </button>
      </div>
      <button type="submit" id="book">
        Book for £{places * PRICE}
      </button>
    </form>
  );
}

/** What the hooks answer. */
function Readings() {
  const { variant, reason } = useDecision("welcome");
  const buy = useIntent("buy", { precision: 1 });
  const stuck = useIntent("struggle", { above: 0.6 });
  return (
    <footer>
      <p>
        Likely to book: <b id="buy">{buy.toFixed(1)}</b>.{" "}
        <span id="stuck">{stuck ? "Stuck." : "Finding the way."}</span>
      </p>
      <p>
        Shown: <b id="variant">{variant}</b>
      </p>
      <p>{reason}</p>
    </footer>
  );
}
