import { SopsError, type SopsErrorDetails } from "../errors.ts";
import type { AgeKey, KeyGroup, OtherKey, SopsMetadata } from "../metadata.ts";
import { SELECTION_FIELDS, type Selection } from "../selection.ts";
import { fromData, toData } from "./data-tree.ts";
import { emitScalar, quote } from "./emit.ts";
import { parseTimestamp } from "./go-time.ts";
import { str } from "./scalar.ts";
import type { Selector } from "./selector.ts";
import type { MapNode } from "./tree.ts";

/** The version written into new files: the layout is that of sops 3.13. */
const VERSION = "3.13.3";
const OTHER_KEYS = ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp"] as const;

/** Reads a `sops` block of any layout from 3.7 on. Types are taken weakly, as sops takes them. */
export function readMetadataBlock(block: MapNode, where: SopsErrorDetails): SopsMetadata {
  const fields = toData(block);
  const groups = keyGroups(fields, where);
  const selection: Record<string, string> = {};
  for (const [field, name] of SELECTION_FIELDS) {
    const value = fields[name];
    if (typeof value === "string" && value !== "") selection[field] = value;
  }
  const mac = fields["mac"];
  return {
    age: groups.flatMap(({ age }) => age),
    otherKeys: [...new Set(groups.flatMap(({ otherKeys }) => otherKeys))],
    keyGroups: groups.length,
    groups,
    shamirThreshold: groups.length > 1 ? threshold(fields["shamir_threshold"], where) : undefined,
    selection: selection as Selection,
    macOnlyEncrypted: asBoolean(fields["mac_only_encrypted"], where),
    lastModified: lastModified(fields["lastmodified"], where),
    mac: typeof mac === "string" && mac !== "" ? mac : undefined,
    version: versionOf(fields["version"], where),
  };
}

/** Keys at the top win over groups, as in sops; at least one group, which may be empty. */
function keyGroups(fields: Record<string, unknown>, where: SopsErrorDetails): readonly KeyGroup[] {
  const top = keyGroup(fields, where);
  if (top.age.length + top.otherKeys.length > 0) return [top];
  const groups = asList(fields["key_groups"]).map((group) => keyGroup(asRecord(group), where));
  return groups.length === 0 ? [top] : groups;
}

function keyGroup(keys: Record<string, unknown>, where: SopsErrorDetails): KeyGroup {
  return {
    age: asList(keys["age"]).map((entry) => ageKey(entry, where)),
    otherKeys: OTHER_KEYS.filter((name) => asList(keys[name]).length > 0),
    others: OTHER_KEYS.flatMap((kind) => asList(keys[kind]).map((entry) => otherKey(kind, asRecord(entry)))),
  };
}

function otherKey(kind: string, { enc, context, ...rest }: Record<string, unknown>): OtherKey {
  const given = Object.entries(asRecord(context)).map(([name, value]) => [name, String(value)] as const);
  return {
    kind,
    enc: typeof enc === "string" ? enc : "",
    fields: textsOf(rest),
    ...(given.length === 0 ? {} : { context: Object.fromEntries(given) }),
  };
}

function textsOf(fields: Record<string, unknown>): Record<string, string> {
  // An unquoted time is no string.
  const texts = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return Object.fromEntries(
    texts.filter((field): field is [string, string] => typeof field[1] === "string" && field[1] !== ""),
  );
}

function threshold(value: unknown, where: SopsErrorDetails): number | undefined {
  if (value === undefined || value === null || value === "" || Number(value) === 0) return undefined;
  const count = Number(value);
  if (Number.isInteger(count) && count > 0) return count;
  throw new SopsError("invalid-metadata", "shamir_threshold of the sops block is no number", where);
}

export interface NewMetadata {
  readonly age: readonly AgeKey[];
  /** None for binary files, which are encrypted as a whole. */
  readonly option: Selector["option"] | undefined;
  readonly macOnlyEncrypted: boolean;
  readonly lastModified: string;
  readonly mac: string;
}

/** The same as a tree, for the formats that are not YAML. */
export function metadataTree({ age, option, macOnlyEncrypted, lastModified, mac }: NewMetadata): MapNode {
  const fields: Record<string, unknown> = {
    age: age.map(({ enc, recipient }) => ({ enc, recipient })),
    ...(option === undefined ? {} : { [option[1]]: option[2] }),
    lastmodified: lastModified,
    mac,
    version: VERSION,
    ...(macOnlyEncrypted ? { mac_only_encrypted: true } : {}),
  };
  const sorted = Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return fromData(sorted) as MapNode;
}

/** The block as sops 3.13 writes it: keys in alphabetical order, indented by four, `lastmodified` quoted. */
export function emitMetadataBlock(metadata: NewMetadata, pad = ""): string {
  const fields: Record<string, string> = {
    age: metadata.age.length === 0 ? " []\n" : `\n${metadata.age.map((key) => emitAgeKey(key, pad)).join("")}`,
    ...(metadata.option && { [metadata.option[1]]: ` ${emitScalar(str(metadata.option[2]))}\n` }),
    lastmodified: ` ${quote(metadata.lastModified)}\n`,
    mac: ` ${metadata.mac}\n`,
    version: ` ${VERSION}\n`,
  };
  if (metadata.macOnlyEncrypted) fields["mac_only_encrypted"] = " true\n";
  const lines = Object.keys(fields).sort();
  return `${pad}sops:\n${lines.map((name) => `${pad}    ${name}:${fields[name]}`).join("")}`;
}

function emitAgeKey({ recipient, enc }: AgeKey, pad: string): string {
  const armor = enc.trimEnd().split("\n");
  const body = armor.map((line) => `${pad}            ${line}\n`).join("");
  return `${pad}        - enc: |\n${body}${pad}          recipient: ${recipient}\n`;
}

function ageKey(value: unknown, where: SopsErrorDetails): AgeKey {
  const { recipient, enc } = asRecord(value);
  if (typeof recipient === "string" && typeof enc === "string") return { recipient, enc };
  throw new SopsError("invalid-metadata", "an age entry of the sops block lacks recipient or enc", where);
}

/** sops refuses files without a semantic version; those of its first releases count as one, whatever they look like. */
function versionOf(value: unknown, where: SopsErrorDetails): string {
  const version = typeof value === "string" ? value : "";
  if (SEMVER.test(version.replace(/^v/, "")) || version.startsWith("1.")) return version;
  throw new SopsError("invalid-metadata", "version of the sops block is missing or no version", where);
}

const SEMVER =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
/** Go's RFC 3339, which is stricter than YAML's timestamps. */
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)$/;

function lastModified(value: unknown, where: SopsErrorDetails): string {
  const text = value instanceof Date ? value.toISOString() : value;
  const time = typeof text === "string" && RFC3339.test(text) ? parseTimestamp(text) : undefined;
  if (time === undefined) throw new SopsError("invalid-metadata", "lastmodified of the sops block is no time", where);
  return time.replace(/\.\d+/, "");
}

function asBoolean(value: unknown, where: SopsErrorDetails): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(String(value))) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(String(value))) return false;
  throw new SopsError("invalid-metadata", "mac_only_encrypted of the sops block is neither true nor false", where);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
