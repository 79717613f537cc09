/** Help: sizes, post and returns, the bench, the phone, and what the site remembers. */
import { repairs, shop } from "../data.mjs";
import { sizeTable } from "../parts.mjs";

const ask = (q, a) => `<details><summary>${q}</summary><div>${a}</div></details>`;

export const help = () => ({
  title: "Help | Northing",
  description: "Sizes, post, returns, mending, and how to reach a person.",
  path: "/help/",
  kind: "help",
  scripts: ["help"],
  body: `<div class="wrap"><header class="plain-head"><h1>Help</h1><p class="lead">The fastest help is a person. ${shop.hours}, on <a href="tel:${shop.tel}">${shop.phone}</a>, or <a href="mailto:${shop.mail}">${shop.mail}</a>.</p></header>
  <div class="help">
    <nav class="help-nav" aria-label="On this page"><ul><li><a href="#sizes">Sizes</a></li><li><a href="#post">Post and returns</a></li><li><a href="#bench">The repair bench</a></li><li><a href="#remembers">What this site remembers</a></li></ul></nav>
    <div class="help-main">
      <section id="sizes" aria-labelledby="h-sizes"><h2 id="h-sizes">Sizes</h2>
        <h3>Boots</h3><p>Put your heel against a wall in the socks you walk in, late in the day. Mark the longest toe, and measure. If you land between two sizes, take the larger: feet swell downhill.</p>${sizeTable("boots", "cap-boots")}
        <h3>Packs</h3><p>Body height is a poor guide. Have somebody run a tape down your spine.</p>${sizeTable("packs", "cap-packs")}</section>
      <section id="post" aria-labelledby="h-post"><h2 id="h-post">Post and returns</h2>
        ${ask("What does post cost?", "<p>Nothing in the UK, both ways. Saturday before noon is £7. We don’t post abroad yet.</p>")}
        ${ask("Can I send back boots I have walked in?", "<p>Yes, within 60 days. Knock the worst of the mud off. We clean them, check them, and sell them as seconds at the workshop door.</p>")}
        ${ask("When do I get my money?", "<p>You pay by invoice after the box arrives, so mostly there is nothing to give back. If you have paid, it is with you in three working days.</p>")}
        ${ask("How does the first-order discount work?", "<p>10% comes off in the cart if this device has not ordered before. There is no code and it doesn’t run out.</p>")}</section>
      <section id="bench" aria-labelledby="h-bench"><h2 id="h-bench">The repair bench</h2>
        <p>Put it in any box with a note that says what hurts. We ring before we do anything that costs money.</p>
        <dl class="price-list">${repairs.map(([what, price]) => `<div><dt>${what}</dt><dd>${price}</dd></div>`).join("")}</dl>
        <p class="address">${shop.address.join(", ")}</p></section>
      <section id="remembers" aria-labelledby="h-remembers"><h2 id="h-remembers">What this site remembers</h2>
        <p>On your device: your cart (for 30 days), what you compare, and that you have ordered. Unspoken keeps a small profile beside it, made of the kinds of thing you looked at, how far your cart got, the notes you closed and which of two texts you got. It never reads what you type.</p>
        <p><strong>See it think</strong>, at the top of every page, shows all of it as it happens.</p>
        <p class="actions"><button class="button ghost" type="button" data-forget>Forget everything on this device</button></p>
        <p class="forgot" role="status" data-forgot></p></section>
    </div>
  </div>
</div>`,
});
