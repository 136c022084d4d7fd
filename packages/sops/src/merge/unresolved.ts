import type { DecryptOptions } from "../decrypt.ts";
import { SopsError } from "../errors.ts";
import { decryptBinary } from "../stores/binary-store.ts";
import { formatOf, type SopsFormat } from "../stores/format.ts";
import { sideOf } from "./markers.ts";
import { decryptVersion, openKeys, sameKey, type Version } from "./open-versions.ts";

/** The two sides of an unresolved file; the same twice when it holds no markers. */
export interface Sides {
  readonly ours: Version;
  readonly theirs: Version;
  readonly key: Uint8Array;
  readonly format: SopsFormat;
  readonly file: string | undefined;
  /** Their `documents` are empty then. */
  readonly binary: boolean;
}

/** Opens and verifies both sides. */
export async function openSides(text: string, options: DecryptOptions): Promise<Sides> {
  const { file } = options;
  const format = formatOf(options);
  const binary = format === "binary";
  const verify = options.ignoreMac !== true;
  const [ours, theirs] = await openKeys([sideOf(text, "ours"), sideOf(text, "theirs")], options);
  if (ours === undefined || theirs === undefined) throw new TypeError("two sides are needed");
  if (!sameKey(ours.key, theirs.key)) {
    const what =
      "the two sides have different data keys: git merged the file itself; merge its versions again with idstack secrets resolve";
    throw new SopsError("merge-conflict", what, { file });
  }
  const version = (side: typeof ours): Version => {
    if (!binary) return decryptVersion(side, verify);
    decryptBinary(side.source, side.key, verify);
    return {
      ...side,
      documents: { roots: [], stash: { leaves: new Map(), values: new Map(), comments: new Map() }, digest: "" },
    };
  };
  return { ours: version(ours), theirs: version(theirs), key: ours.key, format, file, binary };
}
