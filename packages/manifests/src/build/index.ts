// What builders of objects and charts share.
export type { ChartOutput, ChartRelease } from "./chart-release.ts";
export { type Defined, defined } from "./defined.ts";
export { mergeValues } from "./merge-values.ts";
export { metadata, type NamespacedOptions, type ObjectOptions } from "./metadata.ts";
export { assertLabel, assertName } from "./names.ts";
