import { fileURLToPath } from "node:url";

/** The tree that makes every mistake. */
export const beforeDir = fileURLToPath(new URL("../../../examples/identity-stack/before", import.meta.url));

/** A tree of the correct forms. */
export const fixturesDir = fileURLToPath(new URL("fixtures", import.meta.url));
