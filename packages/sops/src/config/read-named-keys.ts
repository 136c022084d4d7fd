import { dataOf } from "../internal/data-tree.ts";
import { entriesOf, entryOf, type MapNode, type TreeNode } from "../internal/tree.ts";
import { keyName, type NamedKey } from "../keys/named-key.ts";
import { type ConfigPath, type ConfigReader, isNull, textOf } from "./config-reader.ts";

type Parsed = NamedKey | string;

/** The keys of a rule that are not age keys, by their field; each takes one text and says what is wrong with it. */
const FLAT: Readonly<Record<string, (text: string) => Parsed>> = {
  pgp: pgpKey,
  kms: amazonKey,
  gcp_kms: (text) => ({ kind: "gcp_kms", id: { resource_id: text.replaceAll(" ", "") } }),
  hckms: huaweiKey,
  azure_keyvault: azureKey,
  hc_vault_transit_uri: vaultKey,
};

/** Fields of the mappings that stand for keys in a key group. */
const KMS_FIELDS = ["arn", "role", "context", "aws_profile"];
const GROUPED: Readonly<Record<string, readonly [fields: readonly string[], read: (entry: Entry) => Parsed]>> = {
  kms: [KMS_FIELDS, ({ arn, role, aws_profile }) => (arn ? amazonKeyOf(arn, role, aws_profile) : "arn is missing")],
  gcp_kms: [
    ["resource_id"],
    ({ resource_id: id }) =>
      id ? { kind: "gcp_kms", id: { resource_id: id.replaceAll(" ", "") } } : "resource_id is missing",
  ],
  hckms: [["key_id"], ({ key_id: id }) => (id ? huaweiKey(id) : "key_id is missing")],
  azure_keyvault: [
    ["vaultUrl", "key", "version"],
    ({ vaultUrl, key, version }) =>
      vaultUrl && key
        ? { kind: "azure_kv", id: { vaultUrl, key, ...(version ? { version } : {}) } }
        : "vaultUrl or key is missing",
  ],
};
type Entry = Readonly<Record<string, string | undefined>>;

/** Fields of a rule that hold keys which are not age keys. */
export const OTHER_FIELDS = Object.keys(FLAT);

/** The keys beside `age` of a rule without key groups. */
export function readFlatKeys(reader: ConfigReader, rule: MapNode, path: ConfigPath): NamedKey[] {
  const profile = reader.text(rule, "aws_profile", path);
  return OTHER_FIELDS.flatMap((name) => {
    const keys = texts(reader, rule, name, path, name === "hckms" ? "list" : "list or text").flatMap((text) =>
      checked(reader, FLAT[name]?.(text), text, rule, path, name),
    );
    return name === "kms" && profile !== undefined
      ? keys.map((key) => ({ ...key, id: { ...key.id, aws_profile: profile } }))
      : keys;
  });
}

/** The keys beside `age` of a key group. */
export function readGroupKeys(reader: ConfigReader, group: MapNode, path: ConfigPath): NamedKey[] {
  const pgp = texts(reader, group, "pgp", path, "list").flatMap((text) =>
    checked(reader, FLAT["pgp"]?.(text), text, group, path, "pgp"),
  );
  const mapped = Object.entries(GROUPED).flatMap(([name, [fields, read]]) =>
    reader.list(group, name, path).flatMap((node, index) => {
      const at = [...path, name, index];
      const map = reader.map(node, `a key of ${name}`, at);
      reader.fields(map, fields, at);
      if (map !== node) return [];
      const entry = Object.fromEntries(
        fields.map((field) => [field, field === "context" ? undefined : reader.text(map, field, at)]),
      );
      const keys = checked(reader, read(entry), "", map, at);
      const context = contextOf(reader, map, at);
      return context === undefined ? keys : keys.map((key) => ({ ...key, context }));
    }),
  );
  const vault = texts(reader, group, "hc_vault", path, "list").flatMap((text) =>
    checked(reader, vaultKey(text), text, group, path, "hc_vault"),
  );
  return unique([...pgp, ...mapped, ...vault]);
}

/** Each key once, as sops does. */
export function unique(keys: readonly NamedKey[]): NamedKey[] {
  return [...new Map(keys.map((key) => [keyName(key), key])).values()];
}

/** A field that is a list of texts, or one text with commas where sops takes that. */
function texts(
  reader: ConfigReader,
  map: MapNode,
  name: string,
  path: ConfigPath,
  form: "list" | "list or text",
): string[] {
  const node = entryOf(map, name)?.value;
  if (node === undefined || isNull(node)) return [];
  if (node.kind === "map" || (node.kind === "leaf" && form === "list")) {
    const what = form === "list" ? `${name} is a list here` : `${name} is a list, or a text with commas`;
    reader.report("config-invalid", "error", what, node, [...path, name]);
    return [];
  }
  const leaves = node.kind === "leaf" ? [node] : reader.list(map, name, path);
  return leaves.flatMap((leaf, index) => {
    if (leaf.kind !== "leaf" || leaf.scalar.type !== "str") {
      const message = `${name} holds something that is not a text`;
      reader.report("config-invalid", "error", message, leaf, [...path, name, ...(leaf === node ? [] : [index])]);
    }
    return (textOf(leaf) ?? "")
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  });
}

function checked(
  reader: ConfigReader,
  parsed: Parsed | undefined,
  text: string,
  map: MapNode,
  path: ConfigPath,
  name?: string,
): NamedKey[] {
  if (typeof parsed === "object") return [parsed];
  const node: TreeNode = (name === undefined ? undefined : entryOf(map, name)?.value) ?? map;
  // A private key in the wrong place must not travel on in a message.
  const shown = text === "" || SECRET.test(text) ? "the key" : text;
  const message = `${shown} cannot be used: ${parsed}`;
  reader.report("config-invalid-key", "error", message, node, name === undefined ? path : [...path, name]);
  return [];
}

function contextOf(reader: ConfigReader, map: MapNode, path: ConfigPath): Readonly<Record<string, string>> | undefined {
  const node = entryOf(map, "context")?.value;
  if (node === undefined || isNull(node)) return undefined;
  const context = reader.map(node, "an encryption context", [...path, "context"]);
  return Object.fromEntries(entriesOf(context).map(({ key, value }) => [key, String(dataOf(value))]));
}

const SECRET = /AGE-|-----|hvs\.|^s\.\w{24}/;

function pgpKey(text: string): Parsed {
  const fp = text.replaceAll(" ", "");
  return SECRET.test(text) ? "a PGP key is named by its fingerprint" : { kind: "pgp", id: { fp } };
}

/** `arn:…` or `arn:…+arn:…`, where the second is the role to take on. */
function amazonKey(text: string): Parsed {
  const joined = text.replaceAll(" ", "");
  const at = joined.indexOf("+arn:");
  return at > 0 ? amazonKeyOf(joined.slice(0, at), joined.slice(at + 1)) : amazonKeyOf(joined);
}

function amazonKeyOf(arn: string, role?: string, profile?: string): Parsed {
  const known = /^arn:aws[\w-]*:kms:[^:]+:\d+:(?:key|alias)\/.+$/.test(arn);
  if (!known) return "a key of AWS KMS is named like arn:aws:kms:REGION:ACCOUNT:key/ID";
  return { kind: "kms", id: { arn, ...(role ? { role } : {}), ...(profile ? { aws_profile: profile } : {}) } };
}

function huaweiKey(text: string): Parsed {
  const valid = /^[^:\s]+:[^:\s]+$/.test(text);
  return valid ? { kind: "hckms", id: { key_id: text } } : "a key of HuaweiCloud KMS is named like REGION:ID";
}

function azureKey(text: string): Parsed {
  const [, vaultUrl, key, version] = /^(https:\/\/[^/]+)\/keys\/([^/]+)(?:\/([^/]*))?$/.exec(text) ?? [];
  if (!vaultUrl || !key) return "a key of Azure Key Vault is named like https://NAME.vault.azure.net/keys/KEY/VERSION";
  return { kind: "azure_kv", id: { vaultUrl, key, ...(version ? { version } : {}) } };
}

function vaultKey(text: string): Parsed {
  const [, address, engine, name] = /^(\w+:\/\/[^/?#]+)\/v\d+\/([^?#]+)\/keys\/([^/?#]+)\/?$/.exec(text) ?? [];
  if (!address || !engine || !name)
    return "a transit key is named like https://vault.example:8200/v1/transit/keys/NAME";
  return { kind: "hc_vault", id: { vault_address: address, engine_path: engine, key_name: name } };
}
