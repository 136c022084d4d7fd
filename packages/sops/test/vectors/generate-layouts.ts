/**
 * Writes `layouts/`: encrypted files with the metadata that sops 3.7 to 3.13 gave them, made by hand from a file of our
 * own, as no sops of those versions is at hand, and in `NAME.set` what sops 3.13.3 makes of them when it sets a value:
 * `IDSTACK_SOPS_BINARY=… node --conditions=@idstack/source test/vectors/generate-layouts.ts`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identityToRecipient } from "age-encryption";
import { encrypt, readMetadata, type SopsFormat, type SopsMetadata } from "../../src/index.ts";
import { sops, temporaryFolder, VECTOR_KEY, VECTORS, vectorNames } from "../helpers.ts";

const [a = "", b = ""] = VECTOR_KEY.match(/^AGE-.*$/gm) ?? [];
const recipients = [await identityToRecipient(a)];
const folder = join(VECTORS, "layouts");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

type Fields = readonly (readonly [string, unknown])[];
const OTHERS = ["kms", "gcp_kms", "azure_kv", "hc_vault"];
const PGP = {
  created_at: "2022-01-02T03:04:05Z",
  enc: "-----BEGIN PGP MESSAGE-----\nnone\n-----END PGP MESSAGE-----",
  fp: "FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4",
};
const KMS = {
  arn: "arn:aws:kms:eu-central-1:1:key/2",
  context: { team: "web" },
  created_at: "2022-01-02T03:04:05Z",
  enc: "AQIC",
  aws_profile: "",
};

/** `empty`: what stood for an empty list: 3.7 to 3.9 wrote all of them. */
function fields(metadata: SopsMetadata, version: string, empty?: unknown): Fields {
  const age = metadata.age.map(({ recipient, enc }) => ({ recipient, enc }));
  const none = empty === undefined ? [] : OTHERS.map((name): [string, unknown] => [name, empty]);
  const last: Fields = [
    ["lastmodified", metadata.lastModified],
    ["mac", metadata.mac],
    ...(empty === undefined ? [] : [["pgp", empty] as const]),
    ["unencrypted_suffix", "_unencrypted"],
    ["version", version],
  ];
  return [...none, ["age", age], ...last];
}

function yaml(node: unknown, column: number): string {
  const pad = " ".repeat(column);
  if (Array.isArray(node)) {
    if (node.length === 0) return " []\n";
    return `\n${node.map((item) => `${pad}- ${yaml(item, column + 2).replace(/^\n */, "")}`).join("")}`;
  }
  if (typeof node === "object" && node !== null) {
    const lines = Object.entries(node).map(([key, value]) => `${pad}${key}:${yaml(value, column + 4)}`);
    return `\n${lines.join("")}`;
  }
  const text = String(node);
  if (!text.includes("\n")) return /^\d{4}-|^$/.test(text) ? ` "${text}"\n` : ` ${text}\n`;
  const body = text.replace(/\n$/, "").replace(/^/gm, `${" ".repeat(Math.ceil((column - 1) / 4) * 4)}`);
  return ` ${text.endsWith("\n") ? "|" : "|-"}\n${body}\n`;
}

function flat(node: unknown, key: string): [string, string][] {
  if (Array.isArray(node)) return node.flatMap((item, index) => flat(item, `${key}__list_${index}`));
  if (typeof node !== "object" || node === null) return [[key, String(node)]];
  return Object.entries(node).flatMap(([name, value]) => flat(value, key === "" ? name : `${key}__map_${name}`));
}

const escaped = (text: string): string => text.replaceAll("\n", "\\n");
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

async function base(format: SopsFormat, plain: string): Promise<{ text: string; metadata: SopsMetadata }> {
  const text = await encrypt(plain, { recipients, format, emit: "sops" });
  return { text, metadata: readMetadata(text, { format }) };
}

const yamlFile = await base("yaml", "# kept\nuser: web # beside\nplain_unencrypted: x\n");
const values = yamlFile.text
  .slice(0, yamlFile.text.indexOf("sops:"))
  .replace("plain_unencrypted: x", "\nplain_unencrypted:   'x'");
const inYaml = (all: Fields): string => `${values}sops:${yaml(Object.fromEntries(all), 4)}`;
const without = (all: Fields, ...names: string[]): Fields => all.filter(([name]) => !names.includes(name));
const old = fields(yamlFile.metadata, "3.7.3", []);
const later = fields(yamlFile.metadata, "3.11.0");
write("3.7.yaml", inYaml(old));
write("3.9.yaml", inYaml(fields(yamlFile.metadata, "3.9.4", [])));
write("3.11.yaml", inYaml(later));
write("3.13.yaml", values + yamlFile.text.slice(yamlFile.text.indexOf("sops:")));
write("3.11-pgp-and-kms.yaml", inYaml([["kms", [KMS]], ...later.slice(0, 3), ["pgp", [PGP]], ...later.slice(3)]));
write(
  "3.7-null-lists.yaml",
  inYaml(old.map(([name, value]) => [name, Array.isArray(value) && value.length === 0 ? "null" : value])),
);
write("3.11-no-selection.yaml", inYaml(without(later, "unencrypted_suffix")));
write(
  "3.11-mac-only-encrypted-false.yaml",
  inYaml([...later.slice(0, -1), ["mac_only_encrypted", "false"], ...later.slice(-1)]),
);
write("3.11-bare-time.yaml", inYaml(later).replace(/lastmodified: "(.*)"/, "lastmodified: $1"));
write(
  "3.11-one-key-group.yaml",
  inYaml([["shamir_threshold", 0], ["key_groups", [{ hc_vault: [], age: later[0]?.[1] }]], ...later.slice(1)]),
);
write("3.11-no-mac.yaml", inYaml(without(later, "mac")));

const jsonFile = await base("json", '{"user": "web", "plain_unencrypted": [1, {"b": null}]}');
const jsonValues = jsonFile.text.slice(0, jsonFile.text.indexOf('\t"sops"'));
const inJson = (text: string, all: Fields): string =>
  `${text}\t"sops": ${JSON.stringify(Object.fromEntries(all), undefined, "\t").replaceAll("\n", "\n\t")}\n}\n`;
write("3.7.json", inJson(jsonValues, fields(jsonFile.metadata, "3.7.3", null)));
write("3.11.json", inJson(jsonValues, fields(jsonFile.metadata, "3.11.0")));
write("3.13.json", jsonFile.text);

const binaryFile = await base("binary", "any bytes\n");
const binaryValues = binaryFile.text.slice(0, binaryFile.text.indexOf('\t"sops"'));
write("3.7.bin", inJson(binaryValues, fields(binaryFile.metadata, "3.7.3", null)));
write("3.11.bin", inJson(binaryValues, without(fields(binaryFile.metadata, "3.11.0"), "unencrypted_suffix")));

const envFile = await base("dotenv", "# kept\nUSER=web\n\nPLAIN_unencrypted=1\n");
const envValues = envFile.text.slice(0, envFile.text.indexOf("sops_"));
const inEnv = (all: Fields): string =>
  envValues +
  flat(Object.fromEntries(all), "")
    .map(([key, value]) => `sops_${key}=${escaped(value)}\n`)
    .join("");
write("3.7.env", inEnv(fields(envFile.metadata, "3.7.3")));
write("3.11-mixed.env", inEnv([...fields(envFile.metadata, "3.11.0")].reverse()));

const iniFile = await base("ini", "top = 1\n\n; about\n[s]\nuser = web\nplain_unencrypted = 1\n");
const iniValues = iniFile.text.slice(0, iniFile.text.indexOf("[sops]"));
const inIni = (all: Fields, value: (text: string) => string): string =>
  `${iniValues}[sops]\n${flat(Object.fromEntries(all), "")
    .map(([key, text]) => `${key} = ${value(text)}\n`)
    .join("")}`;
write("3.7.ini", inIni(fields(iniFile.metadata, "3.7.3"), escaped));
write(
  "3.13.1-raw-lines.ini",
  inIni(fields(iniFile.metadata, "3.13.1"), (text) => (text.includes("\n") ? `"""${text}"""` : text)),
);

const groups = await encrypt("user: web\n", {
  recipients: [],
  keyGroups: [recipients, [await identityToRecipient(b)]],
  shamirThreshold: 2,
  emit: "sops",
});
const grouped = readMetadata(groups);
const groupList = grouped.groups.map(({ age }) => ({
  pgp: "null",
  hc_vault: [],
  age: age.map(({ recipient, enc }) => ({ recipient, enc })),
}));
const [, ...rest] = fields(grouped, "3.8.1");
write(
  "3.8-key-groups.yaml",
  `${groups.slice(0, groups.indexOf("sops:"))}sops:${yaml(Object.fromEntries([["shamir_threshold", '"2"'], ["key_groups", groupList], ...rest]), 4)}`,
);

const work = temporaryFolder();
for (const name of vectorNames("layouts").filter((one) => !one.endsWith(".bin"))) {
  const file = join(work, name);
  writeFileSync(file, readFileSync(join(folder, name)));
  const path = name.endsWith(".ini") ? '["s"]["user"]' : name.endsWith(".env") ? '["USER"]' : '["user"]';
  const { status } = sops(["set", file, path, '"changed"'], VECTOR_KEY, work);
  if (status === 0) write(`${name}.set`, readFileSync(file, "utf8"));
}
