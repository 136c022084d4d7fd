import { encrypted as badlyEncrypted } from "./bad/encrypted.ts";
import { keys } from "./bad/keys.ts";
import { kubernetes } from "./bad/kubernetes.ts";
import { selected } from "./bad/selected.ts";
import { shared } from "./bad/shared.ts";
import { tokens } from "./bad/tokens.ts";
import type { Construct } from "./construct.ts";
import { around } from "./good/around.ts";
import { encrypted } from "./good/encrypted.ts";
import { placeholders } from "./good/placeholders.ts";
import { writtenBySops } from "./written-by-sops.ts";

/** Made here from named constructs. */
export const own: readonly Construct[] = [
  ...kubernetes,
  ...selected,
  ...badlyEncrypted,
  ...shared,
  ...keys,
  ...tokens,
  ...encrypted,
  ...placeholders,
  ...around,
];

/** All constructs, with the files real sops wrote. */
export const corpus: readonly Construct[] = [...own, ...writtenBySops];
