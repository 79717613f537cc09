/**
 * Checkout in two steps on one page: details (a form the browser validates), then
 * review with the real #order button. No field has a name, so nothing typed can end
 * up in an address, and the details stay in this tab.
 */
import { shop } from "../data.mjs";
import { picture, withoutScripts } from "../parts.mjs";

const field = ({
  id,
  label,
  type = "text",
  auto,
  need = true,
  hint = "",
  mode = "",
  message = "",
  narrow = false,
  pattern = "",
}) => `<div class="field${narrow ? " narrow" : ""}">
  <label for="${id}">${label}${need ? "" : ' <span class="muted">(if you like)</span>'}</label>
  ${hint ? `<p class="hint" id="${id}-hint">${hint}</p>` : ""}
  <input id="${id}" type="${type}" autocomplete="${auto}"${mode ? ` inputmode="${mode}"` : ""}${pattern ? ` pattern="${pattern}"` : ""}${need ? " required" : ""} data-message="${message}" aria-describedby="${hint ? `${id}-hint ` : ""}${id}-error">
  <p class="error" id="${id}-error"></p></div>`;

export const checkout = () => ({
  title: "Checkout | Northing",
  description: "Where to send it.",
  path: "/checkout/",
  kind: "checkout",
  scripts: ["checkout"],
  body: `<div class="wrap"><header class="plain-head"><h1>Checkout</h1>
    <ol class="steps" aria-label="Steps"><li data-step="details" aria-current="step">Details</li><li data-step="review">Review</li></ol></header>
  ${withoutScripts(shop.tel, shop.phone)}
  <div class="empty" data-empty hidden>${picture("empty-cart.svg", "", 480, 320)}<div><h2>Nothing to check out</h2><p>Your cart is empty. Put something in it and come back.</p><p class="actions"><a class="button" href="/boots/">See the boots</a><a class="button ghost" href="/packs/">See the packs</a></p></div></div>
  <div class="checkout" data-checkout>
    <div>
    <section data-details aria-labelledby="details-title">
      <h2 id="details-title">Where should it go?</h2>
      <p class="note">This is a demo. Make something up: nothing you type leaves this tab.</p>
      <div class="problems" data-problems tabindex="-1" role="alert" hidden><h3 data-problems-title></h3><ul></ul></div>
      <form data-form action="/checkout/" method="get" autocomplete="on">
        ${field({ id: "name", label: "Full name", auto: "name", message: "Write the name for the label." })}
        ${field({ id: "email", label: "Email", type: "email", auto: "email", hint: "For the tracking number, and nothing else.", message: "Write an email address, like ann@example.com." })}
        ${field({ id: "street", label: "House and street", auto: "street-address", message: "Write the house and the street." })}
        <div class="pair">${field({ id: "town", label: "Town", auto: "address-level2", message: "Write the town." })}
        ${field({ id: "postcode", label: "Postcode", auto: "postal-code", narrow: true, pattern: "\\s*[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\\s*[0-9][A-Za-z]{2}\\s*", message: "Write a UK postcode, like LA22 9BD." })}</div>
        ${field({ id: "phone", label: "Phone", type: "tel", auto: "tel", need: false, mode: "tel", hint: "Only if the driver gets lost." })}
        <fieldset class="ways"><legend>How should it travel?</legend>
          <label class="way"><input type="radio" name="way" value="post" checked form="none"><span><strong>Post</strong><span class="muted">Two or three days</span></span><span>free</span></label>
          <label class="way"><input type="radio" name="way" value="saturday" form="none"><span><strong>Saturday, before noon</strong><span class="muted">If you go out on Sunday</span></span><span>£7</span></label>
          <label class="way"><input type="radio" name="way" value="collect" form="none"><span><strong>Collect from the workshop</strong><span class="muted">${shop.address.slice(0, 2).join(", ")}</span></span><span>free</span></label>
        </fieldset>
        <button class="button wide" type="submit">Review your order</button>
      </form>
    </section>
    <section data-review aria-labelledby="review-title" hidden>
      <h2 id="review-title" tabindex="-1">Is this right?</h2>
      <dl class="review"><div><dt>Send to</dt><dd data-review-to></dd></div><div><dt>Tracking to</dt><dd data-review-mail></dd></div><div><dt>Travels by</dt><dd data-review-way></dd></div><div><dt>You pay</dt><dd>By invoice in the box, within 14 days. If it doesn't fit, send it back and tear up the invoice.</dd></div></dl>
      <p class="actions"><button class="button wide" type="button" id="order">Place the order</button><button class="button ghost" type="button" data-back>Change the details</button></p>
    </section>
    </div>
    <section class="sum" aria-labelledby="sum-title">
      <h2 id="sum-title">Your order</h2>
      <ul class="sum-lines" data-sum-lines></ul>
      <dl><div data-sum-first-row><dt>First order, 10% off</dt><dd data-sum-first></dd></div><div><dt>Travel</dt><dd data-sum-way>free</dd></div><div class="sum-total"><dt>To pay</dt><dd data-sum-total></dd></div></dl>
    </section>
  </div>
</div>`,
});
