import { encrypt } from "../../../../src/index.ts";
import { beside, type CorpusFile, good } from "../construct.ts";
import { config, hybrid, KUBERNETES, mine, sealedSecret, secret, sshPublic, third, yours } from "../throw-away.ts";

const [a, b, c] = [mine.recipient, yours.recipient, third.recipient];
const recipients = [a];
const enc = async (text: string, options: object = {}) => await encrypt(text, { recipients, ...options });
const at = (path: string, text: string, ...others: CorpusFile[]): CorpusFile => ({ path, text, beside: others });
const rule = (...age: readonly string[]) => config("    path_regex: .*\n", JSON.stringify(age.join(",")));
const VALUES = 'database:\n  user: shop\n  password: hunter2\nports: [5432, 5433]\nnothing:\nempty: ""\n';
const json = async (text: string) => await enc(text, { format: "json" });
const values = await enc(VALUES);
const old = values
  .replace("sops:\n", "sops:\n    kms: []\n    gcp_kms: []\n    azure_kv: []\n    hc_vault: []\n")
  .replace(/( +version: ).*/, "    pgp: []\n$13.7.3");
/** A key of another kind beside the age recipient, as sops writes it. */
const withPgp = values.replace(
  "    unencrypted_suffix",
  '    pgp:\n        - created_at: "2026-01-01T00:00:00Z"\n          enc: |-\n            -----BEGIN PGP MESSAGE-----\n\n            aGVsbG8=\n            -----END PGP MESSAGE-----\n          fp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n    unencrypted_suffix',
);
const shamir = async (keyGroups: readonly (readonly string[])[], shamirThreshold?: number) =>
  await encrypt(VALUES, { recipients: [], keyGroups, shamirThreshold });
const groups = (text: string) => ({ path: ".sops.yaml", text: `creation_rules:\n  - key_groups:\n${text}` });

export const encrypted = [
  good("encrypted YAML", {
    "values.yaml": values,
    "comments.yaml": await enc("# the shop\na: 1 # one\nb:\n  # inner\n  - x # last\n"),
    "types.yml": await enc("a: 1\nb: 1.5\nc: true\nd: 2026-01-01\ne: [~, null, '']\nf: |\n  two\n  lines\n"),
    "keys.yaml": await enc('"a:b": 1\n"1": 2\n"y": 3\nä: 4\n'),
    "crlf.yaml": values.replaceAll("\n", "\r\n"),
    "sops-layout.yaml": await enc(VALUES, { emit: "sops" }),
    "post-quantum.yaml": await encrypt(VALUES, { recipients: [hybrid.recipient] }),
  }),
  good("encrypted Kubernetes Secret", {
    "string-data.yaml": sealedSecret,
    "data.yaml": await enc("apiVersion: v1\nkind: Secret\ndata:\n  a: aHVudGVyMg==\n  empty: ''\n", KUBERNETES),
    "flow.yaml": await enc("apiVersion: v1\nkind: Secret\nstringData: {a: hunter2}\n", KUBERNETES),
    "two.yaml": await enc(`${secret("a")}---\n${secret("b")}`, KUBERNETES),
    "with-config-map.yaml": await enc(`${secret("a")}---\napiVersion: v1\nkind: Ingress\nspec: {}\n`, KUBERNETES),
    "list.yaml": await enc(
      "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Secret, data: {a: aA==}}\n",
      KUBERNETES,
    ),
    "sops-secret.yaml": await enc(
      "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nspec:\n  secretTemplates:\n    - name: a\n      stringData: {b: hunter2}\n",
      { encryptedSuffix: "Templates" },
    ),
    "object.json": await enc('{"apiVersion": "v1", "kind": "Secret", "data": {"a": "aA=="}}', {
      format: "json",
      ...KUBERNETES,
    }),
  }),
  good("each selection option", {
    "unencrypted-suffix.yaml": await enc("a: 1\nb_plain: 2\n", { unencryptedSuffix: "_plain" }),
    "encrypted-suffix.yaml": await enc("a: 1\nb_secret: 2\n", { encryptedSuffix: "_secret" }),
    "unencrypted-regex.yaml": await enc("a: 1\nuser: 2\n", { unencryptedRegex: "^(user|port)$" }),
    "encrypted-regex.yaml": await enc("a: 1\npassWord: 2\n", { encryptedRegex: "(?i)password" }),
    "unencrypted-comment.yaml": await enc("# plain\na: {b: 1}\nc: 2\n", { unencryptedCommentRegex: "plain" }),
    "encrypted-comment.yaml": await enc("# hide\na: {b: 1}\nc: 2\n", { encryptedCommentRegex: "hide" }),
    "posix-class.yaml": await enc("key1: 1\nkey: 2\n", { encryptedRegex: "^key[[:digit:]]\\z" }),
  }),
  good("_unencrypted values", {
    "one.yaml": await enc("user_unencrypted: shop\npassword: hunter2\n"),
    "map.yaml": await enc("public_unencrypted:\n  a: 1\n  b: [2, 3]\npassword: hunter2\n"),
    "all.yaml": await enc("a_unencrypted: 1\n"),
    "json.json": await json('{"user_unencrypted": "shop", "password": "hunter2"}'),
    "lines.env": await enc("USER_unencrypted=shop\nPASSWORD=hunter2\n", { format: "dotenv" }),
    "sections.ini": await enc("[a]\nuser_unencrypted = shop\npassword = hunter2\n", { format: "ini" }),
    "secret.yaml": await enc(
      "apiVersion: v1_unencrypted\nkind: Secret\nstringData:\n  user_unencrypted: shop\n  a: b\n",
    ),
  }),
  good("Secret encrypted in part", {
    "password.yaml": await enc(secret(), { encryptedRegex: "^password$" }),
    "suffix.yaml": await enc("apiVersion: v1\nkind: Secret\nstringData:\n  user: a\n  password_secret: b\n", {
      encryptedSuffix: "_secret",
    }),
    "comment.yaml": await enc("apiVersion: v1\nkind: Secret\nstringData:\n  user: a\n  # hide\n  password: b\n", {
      encryptedCommentRegex: "hide",
    }),
    "unencrypted.yaml": await enc(secret(), { unencryptedRegex: "^(apiVersion|kind|metadata|user)$" }),
  }),
  good("MAC over encrypted values only", {
    "yaml.yaml": await enc(VALUES, { macOnlyEncrypted: true }),
    "secret.yaml": await enc(secret(), { ...KUBERNETES, macOnlyEncrypted: true }),
    "json.json": await enc('{"a": 1}', { format: "json", macOnlyEncrypted: true }),
  }),
  good("several encrypted documents", {
    "two.yaml": await enc("a: 1\n---\nb: 2\n"),
    "titled.yaml": await enc("--- # first\na: 1\n--- # second\nb: 2\n"),
    "empty.yaml": await enc("a: 1\n---\n---\nb: 2\n"),
    "sops-layout.yaml": await enc("a: 1\n---\nb: 2\n", { emit: "sops" }),
  }),
  good("encrypted JSON", {
    "object.json": await json('{"a": 1, "b": [true, null, "x", 1.5], "c": {}}'),
    "pretty.json": await json('{\n  "a": {\n    "b": "c"\n  }\n}\n'),
    "escapes.json": await json('{"\\u00e4\\n": "\\u2028", "b": "\\"<&"}'),
    "no-extension": await json('{"a": 1}'),
    "UPPER.JSON": await json('{"a": 1}'),
  }),
  good("encrypted dotenv", {
    ".env": await enc("A=1\n# comment\n\nB='two words'\n", { format: "dotenv" }),
    "prod.env": await enc("export A=1\nEMPTY=\n", { format: "dotenv" }),
    ".env.production": await enc("A=1\n", { format: "dotenv" }),
    settings: await enc("A=1\nB=2\n", { format: "dotenv" }),
  }),
  good("encrypted INI", {
    "sections.ini": await enc("[a]\nb = 1\n\n[c]\nd = 2\n", { format: "ini" }),
    "default.ini": await enc("a = 1\n", { format: "ini" }),
    "comments.ini": await enc("; about a\n[a]\n; about b\nb = 1\n", { format: "ini" }),
    "settings.cfg": await enc("[a]\nb = 1\n", { format: "ini" }),
  }),
  good("encrypted binary file", {
    "note.txt": await enc("hunter2\n", { format: "binary" }),
    "store.p12": await enc("\u0001\u0002", { format: "binary" }),
    "notes.md": await enc("# Recovery codes\n", { format: "binary" }),
    "key.enc": await enc("hunter2", { format: "binary" }),
    "empty.bin": await enc("", { format: "binary" }),
  }),
  good("metadata of older layouts and other keys", {
    "empty-lists.yaml": old,
    "nulls.json": (await json('{"a": "b"}')).replace('"sops": {', '"sops": {\n\t\t"kms": null,\n\t\t"pgp": null,'),
    "pgp.yaml": withPgp,
    "weak-types.yaml": values.replace("    version", '    mac_only_encrypted: "false"\n    version'),
  }),
  good("recipients of the rule", [
    at("one.yaml", values, rule(a)),
    at("order.yaml", await encrypt(VALUES, { recipients: [b, a] }), rule(a, b)),
    at(
      "ssh.yaml",
      await encrypt(VALUES, { recipients: [a, `${sshPublic} me@laptop`] }),
      rule(`${sshPublic} me@work`, a),
    ),
    at("one.json", await json('{"a": 1}'), rule(a)),
    at("one.env", await enc("A=1\n", { format: "dotenv" }), rule(a)),
    at("one.ini", await enc("[a]\nb = 1\n", { format: "ini" }), rule(a)),
    at("deep/one.yaml", values, rule(b), { ...config("", a), path: "deep/.sops.yaml" }),
    at("second.yaml", values, config(`    path_regex: ^first\n  - age: ${a}\n`, b)),
    at("pgp.yaml", withPgp, config("    pgp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n")),
  ]),
  good("key groups of the rule", [
    at("two.yaml", await shamir([[a], [b]]), groups(`      - age: [${a}]\n      - age: [${b}]\n`)),
    at("members.yaml", await shamir([[a, b], [c]]), groups(`      - age: [${b}, ${a}]\n      - age: [${c}]\n`)),
    at(
      "threshold.yaml",
      await shamir([[a], [b], [c]], 2),
      groups(`      - age: [${a}]\n      - age: [${b}]\n      - age: [${c}]\n    shamir_threshold: 2\n`),
    ),
    at("single.yaml", await encrypt(VALUES, { recipients: [a, b] }), groups(`      - age: [${a}, ${b}]\n`)),
    at(
      "merged.yaml",
      await encrypt(VALUES, { recipients: [a, b] }),
      groups(`      - merge:\n          - age: [${a}]\n        age: [${b}]\n`),
    ),
  ]),
  good("encrypted file a rule selects", [
    ...beside([config("    path_regex: ^secrets/\n")], {
      "secrets/a.yaml": values,
      "secrets/b.env": await enc("A=1\n", { format: "dotenv" }),
      "secrets/c.txt": await enc("x", { format: "binary" }),
    }),
    ...beside([config("    path_regex: \\.sops\\.yaml$\n    encrypted_regex: ^(data|stringData)$\n")], {
      "apps/db.sops.yaml": sealedSecret,
    }),
  ]),
];
