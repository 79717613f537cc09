/** Cart: the script fills the lines from a template; the empty state is written here. */
import { shop } from "../data.mjs";
import { picture, withoutScripts } from "../parts.mjs";
import { leavingSlot, offerSlot } from "../slots.mjs";

export const cart = () => ({
  title: "Cart | Northing",
  description: "What you have picked so far.",
  path: "/cart/",
  kind: "cart",
  scripts: ["cart"],
  outside: leavingSlot(),
  body: `<div class="wrap"><header class="plain-head"><h1>Cart</h1></header>
  ${offerSlot("cart")}
  ${withoutScripts(shop.tel, shop.phone)}
  <div class="cart">
    <section class="cart-main" aria-label="In your cart">
      <ul class="lines" data-lines></ul>
      <div class="empty" data-empty hidden>${picture("empty-cart.svg", "", 480, 320)}<div><h2>Nothing in here yet</h2><p>Not a bad thing. It weighs less.</p><p class="actions"><a class="button" href="/boots/">See the boots</a><a class="button ghost" href="/packs/">See the packs</a></p></div></div>
    </section>
    <section class="sum" aria-labelledby="sum-title" data-sum hidden>
      <h2 id="sum-title">Total</h2>
      <dl><div><dt>Things</dt><dd data-sum-things></dd></div><div data-sum-first-row><dt>First order, 10% off</dt><dd data-sum-first></dd></div><div><dt>Post in the UK</dt><dd>free</dd></div><div class="sum-total"><dt>To pay</dt><dd data-sum-total></dd></div></dl>
      <a class="button wide" href="/checkout/">Check out</a>
      <p class="muted small-text">Kept on this device for 30 days. No account.</p>
    </section>
  </div>
  <template data-line><li class="line">
    <img alt="" width="640" height="640"><div class="line-say"><h2><a></a></h2><p class="muted" data-line-size></p></div>
    <div class="stepper"><button type="button" data-less><span aria-hidden="true">−</span></button><span data-line-count></span><button type="button" data-more><span aria-hidden="true">+</span></button></div>
    <p class="line-price" data-line-price></p><button class="text-button" type="button" data-remove>Remove</button>
  </li></template>
</div>`,
});
