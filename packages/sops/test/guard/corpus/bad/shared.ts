import { encrypt } from "../../../../src/index.ts";
import { bad, type CorpusFile } from "../construct.ts";
import { config, mine, sealedSecret, secret, sshPublic, third, yours } from "../throw-away.ts";

const rule = (...recipients: readonly string[]) => [config("    path_regex: .*\n", recipients.join(","))];
const groups = (list: readonly (readonly string[])[], threshold?: number) => ({
  path: ".sops.yaml",
  text: `creation_rules:\n  - key_groups:\n${list.map((group) => `      - age: [${group.join(", ")}]\n`).join("")}${threshold === undefined ? "" : `    shamir_threshold: ${threshold}\n`}`,
});
const sealed = async (
  recipients: readonly string[],
  format: "yaml" | "json" | "dotenv" | "ini" | "binary" = "yaml",
) => {
  const text = { yaml: "a: hunter2\n", json: '{"a": "hunter2"}', dotenv: "A=1\n", ini: "[a]\nb = 1\n", binary: "x" };
  return await encrypt(text[format], { recipients, format });
};
const shamir = async (keyGroups: readonly (readonly string[])[], shamirThreshold?: number) =>
  await encrypt("a: hunter2\n", { recipients: [], keyGroups, shamirThreshold });
const at = (path: string, text: string, beside: CorpusFile[]): CorpusFile => ({ path, text, beside });
const [a, b, c] = [mine.recipient, yours.recipient, third.recipient];
/** Shares the first half with the recipient of the rule: only the whole string tells them apart. */
const similar = a.slice(0, 30) + b.slice(30);

const withPgp = (await sealed([a])).replace(
  "    unencrypted_suffix",
  '    pgp:\n        - created_at: "2026-01-01T00:00:00Z"\n          enc: x\n          fp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n    unencrypted_suffix',
);

/** What git leaves between the lines of two versions. */
const conflict = (ours: string, theirs: string) => `<<<<<<< HEAD\n${ours}=======\n${theirs}>>>>>>> feature\n`;
const mac = /^( +mac: .*\n)/m;
const again = await encrypt(secret(), { recipients: [a], encryptedRegex: "^(data|stringData)$" });
const json = await encrypt('{\n\t"a": "hunter2",\n\t"b": 1\n}\n', { recipients: [a], format: "json" });
const dotenv = await sealed([a], "dotenv");

export const shared = [
  bad("recipient of the rule missing", "recipients-differ", [
    at("one.yaml", await sealed([a]), rule(a, b)),
    at("one.json", await sealed([a], "json"), rule(a, b)),
    at("one.env", await sealed([a], "dotenv"), rule(a, b)),
    at("one.ini", await sealed([a], "ini"), rule(a, b)),
    at("one.bin", await sealed([a], "binary"), rule(a, b)),
    at("two.yaml", await sealed([a, b]), rule(a, b, c)),
    at("ssh.yaml", await sealed([a]), [config("    path_regex: .*\n", `"${a},${sshPublic}"`)]),
  ]),
  bad("recipient too many", "recipients-differ", [
    at("two.yaml", await sealed([a, b]), rule(a)),
    at("two.json", await sealed([a, b], "json"), rule(b)),
    at("three.yaml", await sealed([a, b, c]), rule(a, c)),
    at("ssh.env", await sealed([a, sshPublic], "dotenv"), rule(a)),
    at(
      "kubernetes.yaml",
      await encrypt(secret(), { recipients: [a, b], encryptedRegex: "^(data|stringData)$" }),
      rule(b),
    ),
  ]),
  bad("another recipient, perhaps one that looks alike", "recipients-differ", [
    at("other.yaml", await sealed([b]), rule(a)),
    at("swapped.yaml", (await sealed([a])).replace(a, b), rule(a)),
    at("half.yaml", (await sealed([a])).replace(a, similar), rule(a)),
    at("longer.yaml", (await sealed([a])).replace(a, `${a}q`), rule(a)),
    at("shorter.yaml", (await sealed([a])).replace(a, a.slice(0, -1)), rule(a)),
    at("folder/nested.yaml", await sealed([a]), [...rule(a), { ...config("", b), path: "folder/.sops.yaml" }]),
  ]),
  bad("key of another service differs", "recipients-differ", [
    at("pgp-missing.yaml", await sealed([a]), [
      config("    path_regex: .*\n    pgp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n"),
    ]),
    at("pgp-extra.yaml", withPgp, rule(a)),
    at("other-pgp.yaml", withPgp, [config("    path_regex: .*\n    pgp: 3D16CEE4A27381B4FBC7B9E2A4F9289AC0C1D484\n")]),
    at("kms.yaml", await sealed([a]), [config("    path_regex: .*\n    kms: arn:aws:kms:eu-central-1:1:key/1\n")]),
    at("vault.yaml", withPgp, [
      config("    path_regex: .*\n    hc_vault_transit_uri: https://vault:8200/v1/transit/keys/sops\n"),
    ]),
  ]),
  bad("key groups differ", "recipients-differ", [
    at("flat.yaml", await sealed([a, b]), [groups([[a], [b]])]),
    at("grouped.yaml", await shamir([[a], [b]]), rule(a, b)),
    at("moved.yaml", await shamir([[a, c], [b]]), [groups([[a], [b, c]])]),
    at("fewer.yaml", await shamir([[a], [b]]), [groups([[a], [b], [c]])]),
    at("threshold.yaml", await shamir([[a], [b], [c]], 2), [groups([[a], [b], [c]], 3)]),
    at("default.yaml", await shamir([[a], [b], [c]], 2), [groups([[a], [b], [c]])]),
  ]),
  bad("merge left unresolved", "merge-conflict", {
    "mac.yaml": sealedSecret.replace(mac, (line) => conflict(line, mac.exec(again)?.[0] ?? "")),
    "value.yaml": sealedSecret.replace(/^ {2}password.*\n/m, (line) =>
      conflict(line, "  password: ENC[AES256_GCM,data:a,iv:a,tag:a,type:str]\n"),
    ),
    "plain-side.yaml": sealedSecret.replace(/^ {2}password.*\n/m, (line) => conflict(line, "  password: hunter2\n")),
    "diff3.yaml": sealedSecret.replace(mac, (line) => conflict(`${line}||||||| 1a2b3c4\n${line}`, line)),
    "json.json": json.replace(/^\s*"a".*\n/m, (line) => conflict(line, '\t"a": "b",\n')),
    "env.env": dotenv.replace(/^A=.*\n/m, (line) => conflict(line, "A=hunter2\n")),
    "crlf.yaml": sealedSecret.replace(mac, (line) => conflict(line, line)).replaceAll("\n", "\r\n"),
    "whole.yaml": conflict(sealedSecret, again),
    "long-markers.yaml": conflict(sealedSecret, again).replaceAll(/^([<=>])\1{6}/gm, (mark) => mark + mark),
    "plain.yaml": `a: 1\n${conflict("b: 1\n", "b: 2\n")}`,
    ".sops.yaml": `creation_rules:\n${conflict(`  - age: ${a}\n`, `  - age: ${b}\n`)}`,
  }),
  bad("placeholder for a recipient", "config-invalid-recipient", {
    ".sops.yaml": "creation_rules:\n  - age: age1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
    "a/.sops.yaml": "creation_rules:\n  - age: <your public key>\n",
    "b/.sops.yaml": `creation_rules:\n  - age: ${a.slice(0, -1)}\n`,
    "c/.sops.yaml": "creation_rules:\n  - key_groups:\n      - age: [age1yourkey]\n",
  }),
  bad("misspelt .sops.yaml", "config-unknown-field", {
    ".sops.yaml": `creation_rules:\n  - path_regexp: secret\n    age: ${a}\n`,
    "a/.sops.yaml": `creation_rules:\n  - age: ${a}\n    encrypted-regex: ^data$\n`,
    "b/.sops.yaml": `creation_rules:\n  - age: ${a}\n    encryptedRegex: ^data$\n`,
    "c/.sops.yaml": `creation_rule:\n  - age: ${a}\n`,
  }),
];
