/**
 * What the shop knows: itself, its two categories, its six products.
 * Pages, the compare tables and the scripts' catalogue all read from here.
 */

export const shop = {
  name: "Northing",
  line: "Boots and packs for the long way round.",
  phone: "01632 960 418",
  tel: "+441632960418",
  mail: "bench@northing.example",
  hours: "Monday to Saturday, 9 to 5",
  address: ["4 Station Yard", "Kirkby Hause", "KH7 4NG"],
};

export const categories = {
  boots: {
    slug: "boots",
    name: "Boots",
    one: "boot",
    tags: "boots",
    title: "Three boots, and what each is for",
    intro:
      "One for moving fast, one for walking all year, one for snow. We size them on the same last, so if one fits, they all do.",
    alt: "The three boots side by side on a wooden shelf",
    questions: [
      ["Is there a path?", "Mostly yes: Fell Runner. Mostly no: Drover."],
      ["Will there be snow that stays?", "Then Snowline, and nothing softer."],
      ["Is your pack over 15 kg?", "Drover or Snowline. Weight wants a stiff sole."],
    ],
    short: { "fell-runner": "Dry paths, fast days", drover: "All year, any ground", snowline: "Snow and crampons" },
    rows: [
      ["price", "Price"],
      ["weight", "Weight, one boot"],
      ["upper", "Upper"],
      ["water", "Waterproof"],
      ["sole", "Stiffness"],
      ["crampons", "Crampons"],
      ["mend", "New sole?"],
      ["best", "Best for"],
    ],
    brief: [
      ["price", "Price"],
      ["weight", "Weight"],
      ["water", "Dry feet"],
      ["crampons", "Crampons"],
    ],
  },
  packs: {
    slug: "packs",
    name: "Packs",
    one: "pack",
    tags: "packs",
    title: "Three packs, by the night",
    intro:
      "No nights, one or two, or as many as you like. All three have buckles you can change with cold hands and no tools.",
    alt: "The three packs side by side on a slate ledge",
    questions: [
      ["Sleeping at home?", "Elevenses 18. Anything bigger gets filled."],
      ["One or two nights out?", "Bothy 38, with the mat strapped underneath."],
      ["Carrying a week of food?", "Long Way 60. Get the back length right first."],
    ],
    short: { "elevenses-18": "Home by dark", "bothy-38": "A night or two", "long-way-60": "A week and more" },
    rows: [
      ["price", "Price"],
      ["volume", "Volume"],
      ["weight", "Weight, empty"],
      ["load", "Carries well up to"],
      ["cloth", "Cloth"],
      ["water", "Waterproof"],
      ["backs", "Back lengths"],
      ["mend", "Spare parts"],
      ["best", "Best for"],
    ],
    brief: [
      ["price", "Price"],
      ["volume", "Volume"],
      ["weight", "Weight"],
      ["load", "Carries"],
    ],
  },
};

const bootSizes = ["39", "40", "41", "42", "43", "44", "45", "46"];

export const products = [
  {
    slug: "fell-runner",
    name: "Fell Runner",
    category: "boots",
    tags: "hiking boots",
    price: 129,
    line: "Light, grippy, and dry again by lunch.",
    alt: "Fell Runner, a teal mesh ankle boot with yellow laces and deep lugs",
    story: [
      "We made the Fell Runner for people who say they are only going as far as the first cairn. It weighs less than a tin of beans, bends where your foot bends, and drains instead of pretending to be waterproof.",
      "The lugs are deep and set far apart, so peat falls out of them. On tarmac they wear quickly. Please don't buy it for tarmac.",
    ],
    facts: {
      price: "£129",
      weight: "390 g",
      upper: "Ripstop mesh",
      water: "No, drains",
      sole: "2 of 5",
      crampons: "None",
      mend: "No",
      best: "Fast days on dry paths",
    },
    sizes: bootSizes,
    sizeName: "Size (EU)",
  },
  {
    slug: "drover",
    name: "Drover",
    category: "boots",
    tags: "hiking boots leather",
    price: 245,
    line: "One piece of leather, stitched to a sole you can replace.",
    alt: "Drover, a tall brown leather boot with a stitched welt and cream laces",
    story: [
      "The Drover is cut from a single piece of 2.8 mm leather, because a seam is where water gets in. It is stiff for a fortnight. After that it is yours and nobody else's.",
      "The welt is stitched, not glued. When the sole goes, in three years or ten, send the pair back and we put on a new one for £75.",
    ],
    facts: {
      price: "£245",
      weight: "760 g",
      upper: "2.8 mm leather",
      water: "Yes, if waxed",
      sole: "4 of 5",
      crampons: "Flexible (C1)",
      mend: "Yes, £75",
      best: "Every month but the snowy ones",
    },
    sizes: bootSizes,
    sizeName: "Size (EU)",
  },
  {
    slug: "snowline",
    name: "Snowline",
    category: "boots",
    tags: "winter boots",
    price: 310,
    line: "Warm, stiff, and happiest with spikes on.",
    alt: "Snowline, a tall dark blue insulated boot with an orange strap and a zipped gaiter",
    story: [
      "Above the snowline a soft boot is a problem. This one has a full shank, a heel welt for crampons and a gaiter you cannot leave in the car, because it is sewn on.",
      "It is too warm for October and too stiff for the pub. It is meant to be.",
    ],
    facts: {
      price: "£310",
      weight: "940 g",
      upper: "Leather, wool felt",
      water: "Yes, lined",
      sole: "5 of 5",
      crampons: "Heel clip (C2)",
      mend: "Yes, £90",
      best: "Winter hills",
    },
    sizes: bootSizes,
    sizeName: "Size (EU)",
  },
  {
    slug: "elevenses-18",
    name: "Elevenses 18",
    category: "packs",
    tags: "day packs",
    price: 74,
    line: "A coat, a flask, and a sandwich the size of your hand.",
    alt: "Elevenses 18, a small plum-coloured pack with a flask in one side pocket and a map in the other",
    story: [
      "Eighteen litres is what a day needs: a waterproof, a jumper, a flask, lunch, and a map in the pocket you can reach without stopping.",
      "One zip, because two zips is how things fall out. The base is a heavier cloth, since that is the part you put down in puddles.",
    ],
    facts: {
      price: "£74",
      volume: "18 litres",
      weight: "540 g",
      load: "6 kg",
      cloth: "Recycled 210 D",
      water: "Showers",
      backs: "One size",
      mend: "Buckles, zip pull",
      best: "Days out, home by dark",
    },
    sizes: ["One size"],
    sizeName: "Back length",
  },
  {
    slug: "bothy-38",
    name: "Bothy 38",
    category: "packs",
    tags: "overnight packs",
    price: 148,
    line: "Roll the top, strap the mat, go and stay out.",
    alt: "Bothy 38, a green roll-top pack with a yellow sleeping mat strapped below and an enamel mug hung on the side",
    story: [
      "The roll-top keeps rain out without a cover to lose. Full, it holds a bag, a stove and two days of food. Rolled down, it passes for a day pack.",
      "The frame is one bent rod of alloy, taken out in ten seconds. Without it the pack stuffs into its own front pocket.",
    ],
    facts: {
      price: "£148",
      volume: "38 litres",
      weight: "980 g",
      load: "12 kg",
      cloth: "Waxed cotton mix",
      water: "Yes, roll-top",
      backs: "S, M, L",
      mend: "Every part",
      best: "One or two nights out",
    },
    sizes: ["S", "M", "L"],
    sizeName: "Back length",
  },
  {
    slug: "long-way-60",
    name: "Long Way 60",
    category: "packs",
    tags: "expedition packs",
    price: 215,
    line: "Carries a week, and puts it on your hips.",
    alt: "Long Way 60, a tall orange pack with a dark lid, a coil of rope on top, an ice axe and a rolled tent",
    story: [
      "Sixty litres, a proper hip belt, and a back you set once with a screwdriver and then forget. The load sits on your hips, where legs can deal with it.",
      "Loops for an axe, rope and poles. A lid that floats up when you overpack, which you will.",
    ],
    facts: {
      price: "£215",
      volume: "60 litres",
      weight: "1,640 g",
      load: "22 kg",
      cloth: "Recycled 420 D",
      water: "Showers; liner included",
      backs: "S, M, L",
      mend: "Every part",
      best: "A week and more",
    },
    sizes: ["S", "M", "L"],
    sizeName: "Back length",
  },
];

/** The size table of a category: heads, then rows. */
export const sizeTables = {
  boots: {
    caption: "Measure your longer foot, heel to toe, standing up.",
    heads: ["EU", "UK", "US men", "US women", "Foot, mm"],
    rows: [
      ["39", "5½", "6½", "8", "245"],
      ["40", "6½", "7½", "9", "252"],
      ["41", "7½", "8½", "10", "259"],
      ["42", "8", "9", "10½", "265"],
      ["43", "9", "10", "11½", "272"],
      ["44", "9½", "10½", "12", "279"],
      ["45", "10½", "11½", "13", "285"],
      ["46", "11", "12", "13½", "292"],
    ],
  },
  packs: {
    caption: "Measure from the bump at the base of your neck to the top of your hips.",
    heads: ["Back", "Torso, cm", "Hip belt, cm", "Body height, cm"],
    rows: [
      ["S", "38 to 44", "66 to 84", "150 to 168"],
      ["M", "43 to 49", "74 to 98", "165 to 181"],
      ["L", "48 to 54", "84 to 116", "178 to 196"],
    ],
  },
};

/** What we charge for at the repair bench. */
export const repairs = [
  ["New sole, Drover", "£75"],
  ["New sole, Snowline", "£90"],
  ["New hook or eyelet", "£4"],
  ["Zip, any pack", "£22"],
  ["Patch, sewn", "£12"],
  ["Buckle", "free"],
  ["Seam, restitched", "free"],
];

/** Care tips, by what you might own. */
export const care = {
  boots: [
    {
      picture: "care-brush.svg",
      alt: "A boot and a stiff brush",
      title: "Brush, then water",
      text: "Let mud dry and brush it off. Rinse what is left with cold water. No soap.",
    },
    {
      picture: "care-dry.svg",
      alt: "A boot beside a stove that is crossed out",
      title: "Never by the stove",
      text: "Heat shrinks leather and melts glue. Newspaper, a cool room, two days.",
    },
    {
      picture: "care-wax.svg",
      alt: "A boot beside an open tin of wax",
      title: "Wax when rain soaks in",
      text: "If drops no longer bead, rub in a thumb of wax. Twice a year is usual.",
    },
  ],
  packs: [
    {
      picture: "care-rinse.svg",
      alt: "A pack under a cold tap",
      title: "Sponge, don't machine",
      text: "Cold water and a sponge. A washing machine strips the proofing in one go.",
    },
    {
      picture: "care-hang.svg",
      alt: "A pack hung from a peg",
      title: "Hang it open",
      text: "Empty every pocket, undo every zip, and hang it in the shade until dry.",
    },
    {
      picture: "care-patch.svg",
      alt: "A patch sewn onto green cloth",
      title: "Patch small holes early",
      text: "A hole the size of a pea is a five-minute job. Ask us for a free patch.",
    },
  ],
};

export const bySlug = (slug) => products.find((p) => p.slug === slug);
export const inCategory = (slug) => products.filter((p) => p.category === slug);
export const href = (p) => `/${p.category}/${p.slug}/`;
export const pounds = (n) => `£${n}`;
