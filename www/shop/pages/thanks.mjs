/** After the order: what happens now, and how to look after it. */
import { bySlug, shop } from "../data.mjs";
import { picture } from "../parts.mjs";
import { moreSlot } from "../slots.mjs";

export const thanks = () => ({
  title: "Thank you | Northing",
  description: "Your order is on the bench.",
  path: "/thanks/",
  kind: "thanks",
  scripts: ["thanks"],
  body: `<div class="wrap"><div class="thanks">
    <div class="thanks-say"><h1 data-thanks-title>That’s ordered. Thank you.</h1>
      <p class="lead" data-thanks-lead>Somebody at the bench is reading your label now.</p>
      <p class="thanks-order" data-thanks-order></p>
      <ol class="next" data-thanks-next><li><strong>Today</strong> we check every seam and pack the box.</li><li><strong>In two or three days</strong> it is at your door, unless you are collecting.</li><li><strong>For 60 days</strong> you can send it back, mud and all. Ring <a href="tel:${shop.tel}">${shop.phone}</a> first and we post you a label.</li></ol>
    </div>
    <div class="thanks-art">${picture("parcel.svg", "A boot looking out of a parcel", 480, 320)}</div>
  </div>
  ${moreSlot({ title: "While you’re here", link: `<a href="/compare/">Compare all six</a>`, items: ["fell-runner", "elevenses-18", "long-way-60"].map(bySlug) })}
</div>`,
});
