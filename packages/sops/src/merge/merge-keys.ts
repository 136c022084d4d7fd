import type { PluginOptions } from "../age/plugin.ts";
import { SopsError } from "../errors.ts";
import { newDataKey } from "../internal/data-key.ts";
import type { WrappedGroups } from "../keys/key-groups.ts";
import type { MasterKey } from "../keys/master-key.ts";
import type { Side } from "./conflict.ts";
import { shape } from "./key-shape.ts";
import { mergeGroups } from "./merge-groups.ts";
import { type Opened, sameKey } from "./open-versions.ts";
import { wrapMerged } from "./wrap-merged.ts";

/** The metadata of a merged file. */
export interface KeysMerged {
  readonly key: Uint8Array;
  /** The side whose selection rule holds; its layout is kept, too. */
  readonly frame: Side;
  /** Undefined when those of the frame are right as they are. */
  readonly keys: WrappedGroups | undefined;
}

export interface Three {
  readonly base: Opened | undefined;
  readonly ours: Opened;
  readonly theirs: Opened;
}

export interface KeyMergeOptions extends PluginOptions {
  readonly file?: string | undefined;
  readonly masterKeys?: readonly MasterKey[] | undefined;
  /** Decides where both sides changed the rule or the key groups; without it that is an error. */
  readonly favor?: Side | undefined;
}

/**
 * Merges the metadata: recipients as a set, the rule as one value. After a rotation the result's data key is a new one, that no
 * removed recipient ever had.
 */
export async function mergeKeys(three: Three, options: KeyMergeOptions): Promise<KeysMerged> {
  const frame = ruleSide(three, options);
  const wanted = mergeGroups(three, options);
  const key = dataKey(three);
  const side = three[frame];
  const right = sameKey(key, side.key) && JSON.stringify(shape(side.source.metadata)) === JSON.stringify(wanted);
  return { key, frame, keys: right ? undefined : await wrapMerged(three, wanted, key, options) };
}

function ruleSide({ base, ours, theirs }: Three, { favor, file }: KeyMergeOptions): Side {
  const rule = (version: Opened | undefined) =>
    version && JSON.stringify([version.source.selector.option, version.source.metadata.macOnlyEncrypted]);
  const [was, mine, yours] = [rule(base), rule(ours), rule(theirs)];
  if (mine === yours || was === yours) return "ours";
  if (was === mine) return "theirs";
  if (favor !== undefined) return favor;
  const shown = ({ source }: Opened) => {
    const only = source.metadata.macOnlyEncrypted ? " with mac_only_encrypted" : "";
    return `${source.selector.option[1]}: ${source.selector.option[2]}${only}`;
  };
  throw new SopsError(
    "merge-conflict",
    `both sides changed which values are encrypted: ours has ${shown(ours)}, theirs ${shown(theirs)}; take one side as a whole and repeat the other's changes`,
    { file },
  );
}

/**
 * Sides with different data keys get a new one. Whoever knows nothing but the recipients can write a side under a data key
 * of their own, with a valid MAC: what the other side holds must not be sealed under that.
 */
function dataKey({ ours, theirs }: Three): Uint8Array {
  return sameKey(ours.key, theirs.key) ? ours.key : newDataKey();
}
