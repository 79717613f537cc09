/** What the tests turn. */
export const turned = $state({ name: "hero", gone: false, more: false, as: "section", hooks: true });
