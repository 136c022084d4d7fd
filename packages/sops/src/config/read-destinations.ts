import { entryOf, type MapNode, type TreeNode } from "../internal/tree.ts";
import { type ConfigPath, type ConfigReader, isNull } from "./config-reader.ts";
import type { DestinationRule } from "./destination-rule.ts";
import { readPathRegex, readRule, readSwitch } from "./read-rule.ts";

const FIELDS = [
  "path_regex",
  "s3_bucket",
  "s3_prefix",
  "gcs_bucket",
  "gcs_prefix",
  "vault_path",
  "vault_address",
  "vault_kv_mount_name",
  "vault_kv_version",
  "recreation_rule",
  "omit_extensions",
];
const NAMES = ["s3_bucket", "gcs_bucket", "vault_path"];

/** `destination_rules`. */
export function readDestinations(reader: ConfigReader, root: MapNode): DestinationRule[] {
  return reader
    .list(root, "destination_rules", [])
    .map((node, index) => readOne(reader, node, ["destination_rules", index]));
}

function readOne(reader: ConfigReader, node: TreeNode, path: ConfigPath): DestinationRule {
  const map = reader.map(node, "a destination rule", path);
  reader.fields(map, FIELDS, path);
  const given = NAMES.filter((name) => reader.text(map, name, path) !== undefined);
  if (given.length !== 1) {
    const message =
      given.length === 0
        ? `the rule names no destination: ${NAMES.join(", ")}`
        : `${given.join(" and ")} exclude each other: a rule has one destination`;
    reader.report("config-destination", "error", message, node, path);
  }
  const recreation = entryOf(map, "recreation_rule")?.value;
  return {
    line: reader.position(node.span?.start ?? 0).line,
    pathRegex: readPathRegex(reader, map, path),
    destination: given.length === 1 ? destinationOf(reader, map, path) : undefined,
    recreationRule:
      recreation === undefined || isNull(recreation)
        ? undefined
        : readRule(reader, recreation, 0, [...path, "recreation_rule"], "optional"),
    omitExtensions: readSwitch(reader, map, "omit_extensions", path),
  };
}

function destinationOf(reader: ConfigReader, map: MapNode, path: ConfigPath): DestinationRule["destination"] {
  const text = (name: string) => reader.text(map, name, path);
  const [s3, gcs, vault] = NAMES.map(text);
  if (s3 !== undefined) return { kind: "s3", bucket: s3, prefix: text("s3_prefix") };
  if (gcs !== undefined) return { kind: "gcs", bucket: gcs, prefix: text("gcs_prefix") };
  if (vault === undefined) return undefined;
  const version = text("vault_kv_version");
  const node = entryOf(map, "vault_kv_version")?.value;
  if (node !== undefined && version !== undefined && !/^[12]$/.test(version)) {
    reader.report("config-invalid", "error", "vault_kv_version is 1 or 2", node, [...path, "vault_kv_version"]);
  }
  return {
    kind: "vault",
    path: vault,
    address: text("vault_address"),
    mount: text("vault_kv_mount_name"),
    version: version === "1" || version === "2" ? Number(version) : undefined,
  };
}
