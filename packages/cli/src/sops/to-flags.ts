import type { SopsFlags } from "./flags.ts";
import type { FlagValues } from "./grammar.ts";

/** Flags that name keys which are not age keys. */
const OTHER = /^(?:add-|rm-)?(?:kms|gcp-kms|hckms|azure-kv|hc-vault-transit|pgp)$/;

/** The flags of a subcommand together with those that sops takes from in front of it. */
export function toFlags(values: FlagValues, global: FlagValues): SopsFlags {
  const flags: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) flags[camel(name)] = value;
  for (const name of ["config", "indent", "mac-only-encrypted"]) {
    if (global[name] !== undefined) flags[camel(name)] = global[name];
  }
  const others = Object.entries(values).filter(([name, value]) => isOther(name, value));
  return { ...flags, ...(others.length > 0 && { otherKeys: others.map(([name]) => `--${name}`) }) };
}

function isOther(name: string, value: FlagValues[string]): boolean {
  if (name === "keyservice") return true;
  if (name === "enable-local-keyservice") return value === false;
  return OTHER.test(name) && value !== "";
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
