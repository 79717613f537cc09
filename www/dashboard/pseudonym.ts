/**
 * A name for a visitor that people can say: `Amber Heron 4f`.
 *
 * It follows from the identifier alone, so the same visitor has the same name in every session and
 * on every screen, and it says nothing about who they are.
 */

const COLOURS = [
  "Amber",
  "Ash",
  "Azure",
  "Brass",
  "Bronze",
  "Cedar",
  "Chalk",
  "Clay",
  "Cobalt",
  "Copper",
  "Coral",
  "Cream",
  "Dusk",
  "Ember",
  "Fern",
  "Flint",
  "Garnet",
  "Hazel",
  "Indigo",
  "Ivory",
  "Jade",
  "Lilac",
  "Linen",
  "Moss",
  "Ochre",
  "Olive",
  "Opal",
  "Pearl",
  "Plum",
  "Russet",
  "Sage",
  "Slate",
] as const;

const BIRDS = [
  "Auk",
  "Avocet",
  "Bittern",
  "Crake",
  "Crane",
  "Curlew",
  "Dipper",
  "Dove",
  "Dunlin",
  "Eider",
  "Egret",
  "Finch",
  "Gannet",
  "Grebe",
  "Heron",
  "Ibis",
  "Jay",
  "Kestrel",
  "Knot",
  "Lark",
  "Linnet",
  "Martin",
  "Merlin",
  "Oriole",
  "Osprey",
  "Petrel",
  "Pipit",
  "Plover",
  "Rail",
  "Robin",
  "Ruff",
  "Siskin",
  "Snipe",
  "Stilt",
  "Swift",
  "Teal",
  "Tern",
  "Thrush",
  "Wagtail",
  "Wren",
] as const;

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

export function pseudonym(id: string): { readonly name: string; readonly mark: string } {
  const bits = hash(id);
  const colour = COLOURS[bits % COLOURS.length] ?? COLOURS[0];
  const bird = BIRDS[(bits >>> 5) % BIRDS.length] ?? BIRDS[0];
  return { name: `${colour} ${bird}`, mark: (bits >>> 24).toString(16).padStart(2, "0") };
}
