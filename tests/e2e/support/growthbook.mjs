/**
 * GrowthBook's cases in our words: `{ options, feature | run, pick, expected }`, where `options` are those of
 * `init`. The page and the server are asked the same.
 */

/** What GrowthBook's SDK takes as a context, as our options; without a sticky bucket service it keeps none. */
function optionsOf(context, stickyBuckets = false) {
  const { attributes, url, enabled, qaMode, forcedFeatureValues, forcedVariations, ...config } = context;
  const overrides = { url: url ?? "", stickyBuckets };
  if (enabled !== undefined) overrides.enabled = enabled;
  if (qaMode !== undefined) overrides.qaMode = qaMode;
  if (forcedFeatureValues) overrides.features = forcedFeatureValues;
  if (forcedVariations) overrides.variations = forcedVariations;
  // Who has no id there has none here either, and not the pseudonym.
  return { config, attributes: { id: null, ...attributes }, overrides };
}

/** The documents that GrowthBook's SDK would load: those of attributes that its rules assign by. */
function loaded(context, docs) {
  const rules = Object.values(context.features ?? {}).flatMap(({ rules }) => rules ?? []);
  const names = rules
    .filter(({ variations, contextualVariations }) => variations ?? contextualVariations)
    .flatMap(({ hashAttribute, fallbackAttribute }) => [hashAttribute || "id", fallbackAttribute]);
  const isOwn = ({ attributeName: name, attributeValue }) => {
    const own = context.attributes?.[name];
    return own && names.includes(name) && String(own) === attributeValue;
  };
  return [...Object.values(context.stickyBucketAssignmentDocs ?? {}), ...docs.filter(isOwn)];
}

const variations = (count) => Array.from({ length: count }, (_, at) => at);
const featureCase = ([, context, key, expected]) => ({ options: optionsOf(context), feature: key, expected });

/** A case as what is to be asked, and what must come of it. What the API cannot say is `unsayable`. */
export const SECTIONS = {
  feature: featureCase,
  contextualBandit: featureCase,
  run: ([, context, run, ...expected]) => ({
    options: optionsOf(context),
    run,
    pick: ({ value, inExperiment, hashUsed }) => [value, inExperiment, hashUsed],
    expected,
  }),
  stickyBucket: ([, context, docs, feature, result, kept]) => ({
    options: optionsOf(context, loaded(context, docs)),
    feature,
    pick: ({ experimentResult = null }, sticky) => [
      experimentResult,
      Object.fromEntries(sticky.map((doc) => [`${doc.attributeName}||${doc.attributeValue}`, doc])),
    ],
    expected: [result, kept],
  }),
  evalCondition: ([, condition, attributes, expected, savedGroups]) => ({
    options: optionsOf({
      attributes,
      features: { f: { defaultValue: false, rules: [{ condition, force: true }] } },
      savedGroups,
    }),
    feature: "f",
    pick: ({ value }) => value,
    expected,
  }),
  hash: ([seed, id, hashVersion, expected]) => ({
    options: optionsOf({ attributes: { id } }),
    run: { key: seed, variations: [0, 1], seed, hashVersion },
    pick: ({ bucket = null }) => bucket,
    expected,
    unsayable: id === "" && "nobody has an empty id",
  }),
  inNamespace: ([, id, namespace, expected]) => ({
    options: optionsOf({ attributes: { id } }),
    run: { key: "k", variations: [0, 1], namespace },
    pick: ({ inExperiment }) => inExperiment,
    expected,
    unsayable: id === "" && "nobody has an empty id",
  }),
  getQueryStringOverride: ([, key, url, count, expected]) => ({
    // Nobody can be drawn without an id, so who is in was forced.
    options: optionsOf({ url }),
    run: { key, variations: variations(count) },
    pick: ({ inExperiment, variationId }) => (inExperiment ? variationId : null),
    expected,
    unsayable: count < 2 && "an experiment has two variations",
  }),
};

/** Sections of functions that the API does not have. */
export const ELSEWHERE = ["getBucketRange", "chooseVariation", "getEqualWeights"];
