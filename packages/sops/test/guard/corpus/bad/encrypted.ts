import { encrypt } from "../../../../src/index.ts";
import { bad } from "../construct.ts";
import { KUBERNETES, mine, sealedSecret, secret } from "../throw-away.ts";

const recipients = [mine.recipient];
const VALUES = "database:\n  user: shop\n  password: hunter2\nports:\n  - 5432\n  - 5433\n";
const values = await encrypt(VALUES, { recipients });
const json = await encrypt('{\n\t"user": "shop",\n\t"deep": {"password": "hunter2", "ports": [1, 2]}\n}\n', {
  recipients,
  format: "json",
});
const dotenv = await encrypt("USER=shop\nPASSWORD=hunter2\nPORT=1\n", { recipients, format: "dotenv" });
const ini = await encrypt("[database]\nuser = shop\npassword = hunter2\n", { recipients, format: "ini" });
const binary = await encrypt("hunter2\n", { recipients, format: "binary" });
/** Puts plaintext in the place of a value. */
const open = (text: string, key: string, value: string) =>
  text.replace(new RegExp(`(\\b${key}"?\\s*[:=] ?"?)ENC\\[[^\\]]*\\]`), `$1${value}`);
/** What a text is without the lines of a field. */
const without = (text: string, field: string) =>
  text.replace(new RegExp(`^\\s*"?(?:sops_)?${field}"?\\s*[:=].*\\n`, "m"), "");
const selected = async (text: string, options: object) => await encrypt(text, { recipients, ...options });
const ENV = /ENC\[AES256_GCM,data:[^,]+,/;

export const encrypted = [
  bad("YAML value opened by hand", "plain-value", {
    "string.yaml": open(values, "password", "hunter2"),
    "quoted.yaml": open(values, "user", '"shop"'),
    "block.yaml": open(values, "password", "|\n        hunter2"),
    "number.yaml": values.replace(/- ENC\S+/, "- 5432"),
    "kubernetes.yaml": open(sealedSecret, "password", "hunter2"),
    "nested.yaml": open(await selected("a:\n  b:\n    - c: {d: 1, password: hunter2}\n", {}), "password", "hunter2"),
    "crlf.yaml": open(values, "password", "hunter2").replaceAll("\n", "\r\n"),
  }),
  bad("YAML value opened by hand under each selection option", "plain-value", {
    "encrypted-suffix.yaml": open(
      await selected("a_secret: hunter2\nb: 1\n", { encryptedSuffix: "_secret" }),
      "a_secret",
      "hunter2",
    ),
    "unencrypted-suffix.yaml": open(
      await selected("a: hunter2\nb_open: 1\n", { unencryptedSuffix: "_open" }),
      "a",
      "hunter2",
    ),
    "encrypted-regex.yaml": open(
      await selected("password: hunter2\nb: 1\n", { encryptedRegex: "(?i)^PASS" }),
      "password",
      "hunter2",
    ),
    "unencrypted-regex.yaml": open(
      await selected("password: hunter2\nuser: a\n", { unencryptedRegex: "^user$" }),
      "password",
      "hunter2",
    ),
    "encrypted-comment.yaml": open(
      await selected("# hide\na: hunter2\nb: 1\n", { encryptedCommentRegex: "hide" }),
      "a",
      "hunter2",
    ),
    "unencrypted-comment.yaml": open(
      await selected("# show\na: b\nb: hunter2\n", { unencryptedCommentRegex: "show" }),
      "b",
      "hunter2",
    ),
    "mac-only.yaml": open(await selected("a: hunter2\n", { macOnlyEncrypted: true }), "a", "hunter2"),
  }),
  bad("value added by hand", "plain-value", {
    "top.yaml": `token: hunter2\n${values}`,
    "number.yaml": `pin: 1234\n${values}`,
    "boolean.yaml": values.replace("database:", "database:\n  admin: true"),
    "list.yaml": values.replace("ports:", "ports:\n  - 1"),
    "kubernetes.yaml": sealedSecret.replace("stringData:", "stringData:\n  token: hunter2"),
    "data.yaml": sealedSecret.replace("stringData:", "data:\n  token: aHVudGVyMg==\nstringData:"),
    "flow.yaml": values.replace("ports:", "more: {a: [hunter2]}\nports:"),
  }),
  bad("JSON value in plaintext", "plain-value", {
    "string.json": open(json, "password", "hunter2"),
    "number.json": json.replace(/"ENC[^"]*type:int\]"/, "1"),
    "float.json": json.replace(/"ENC[^"]*type:(?:int|float)\]"/, "1.5"),
    "added.json": json.replace("{", '{"token": "hunter2",'),
    "boolean.json": json.replace("{", '{"admin": false,'),
  }),
  bad("dotenv value in plaintext", "plain-value", {
    "one.env": open(dotenv, "PASSWORD", "hunter2"),
    "added.env": `TOKEN=hunter2\n${dotenv}`,
    "between.env": dotenv.replace("sops_", "export TOKEN='hunter2'\nsops_"),
    ".env.production": open(dotenv, "USER", "shop"),
    "last.env": `${dotenv}TOKEN=hunter2\n`,
  }),
  bad("INI value in plaintext", "plain-value", {
    "one.ini": open(ini, "password", "hunter2"),
    "section.ini": `[api]\ntoken = hunter2\n\n${ini}`,
    "added.ini": ini.replace("[database]", "[database]\ntoken = hunter2"),
    "default.ini": `token = hunter2\n\n${ini}`,
  }),
  bad("plaintext under a pattern RE2 rejects, as sops writes it", "invalid-file", {
    "look-ahead.yaml": sealedSecret
      .replace("^(data|stringData)$", "(?=x)data")
      .replaceAll(/ENC\[AES256_GCM,data.*type:str\]/g, "hunter2"),
    "look-behind.yaml": values.replace("unencrypted_suffix: _unencrypted", "encrypted_regex: (?<=pass)word"),
    "back-reference.yaml": values.replace("unencrypted_suffix: _unencrypted", "encrypted_regex: (a)\\1"),
    "atomic.json": json.replace('"unencrypted_suffix": "_unencrypted"', '"encrypted_regex": "(?>pass)"'),
    "unclosed.env": dotenv.replace("sops_unencrypted_suffix=_unencrypted", "sops_encrypted_regex=(PASS"),
  }),
  bad("ciphertext the file's rule does not select", "stray-ciphertext", {
    "regex.yaml": sealedSecret.replace("^(data|stringData)$", "^data$"),
    "suffix.yaml": values.replace("_unencrypted", "word"),
    "renamed.yaml": values.replace("password:", "password_unencrypted:"),
    "option.json": json.replace('"unencrypted_suffix": "_unencrypted"', '"encrypted_suffix": "_secret"'),
    "option.env": dotenv.replace("sops_unencrypted_suffix=_unencrypted", "sops_encrypted_regex=^PASS"),
  }),
  bad("damaged ciphertext", "invalid-file", {
    "by-hand.yaml": open(values, "password", "ENC[AES256_GCM,data:hunter2,iv:x,tag:x,type:str]"),
    "appended.yaml": values.replace(/(password: ENC\S+)/, "$1hunter2"),
    "letter.yaml": values.replace(ENV, "ENC[AES256_GCM,data:hunter2-hunter2!,"),
    "type.json": json.replace("type:str]", "type:text]"),
    "length.env": dotenv.replace(ENV, "ENC[AES256_GCM,data:aHVudGVyM,"),
    "tag.ini": ini.replace(/,tag:[^,]+,/, ",tag:aHVudGVyMg==,"),
  }),
  bad("ciphertext cut so short that it is none", "plain-value", {
    "yaml.yaml": values.replace(/(password: ENC\[AES256_GCM,data:)\S+/, "$1x"),
    "json.json": json.replace(/"ENC\[AES256_GCM,data:[^"]+"/, '"ENC[AES256_GCM"'),
    "other-cipher.yaml": values.replace("ENC[AES256_GCM", "ENC[AES128_CBC"),
    "env.env": dotenv.replace(/PASSWORD=ENC\S+/, "PASSWORD=ENC[]"),
  }),
  bad("ciphertext without its sops block", "invalid-file", {
    "yaml.yaml": values.slice(0, values.indexOf("sops:")),
    "json.json": JSON.stringify({ ...JSON.parse(json), sops: undefined }),
    "env.env": dotenv.slice(0, dotenv.indexOf("sops_")),
    "ini.ini": ini.slice(0, ini.indexOf("[sops]")),
    "secret.yaml": sealedSecret.slice(0, sealedSecret.indexOf("sops:")),
  }),
  bad("no MAC", "mac-missing", {
    "yaml.yaml": without(values, "mac"),
    "json.json": without(json, "mac"),
    "env.env": without(dotenv, "mac"),
    "ini.ini": without(ini, "mac"),
    "note.bin": without(binary, "mac"),
    "empty.yaml": values.replace(/mac: .*/, 'mac: ""'),
  }),
  bad("broken MAC", "mac-broken", {
    "hash.yaml": values.replace(/mac: .*/, `mac: ${"0123456789ABCDEF".repeat(8)}`),
    "bracket.yaml": values.replace(/(mac: ENC\[.*)\]/, "$1"),
    "letter.json": json.replace(/("mac": "ENC\[AES256_GCM,data:)../, "$1!!"),
    "cut.env": dotenv.replace(/sops_mac=.*/, "sops_mac=ENC[AES256_GCM,data:aaaa,"),
    "tag.ini": ini.replace(/(mac\s*= ENC.*tag:)[^,]+/, "$1aaaa"),
    "note.bin": binary.replace(/"mac": "ENC/, '"mac": "enc'),
  }),
  bad("damaged sops block", "invalid-file", {
    "no-time.yaml": without(values, "lastmodified"),
    "no-version.json": json.replace(/,\s*"version": "[^"]+"/, ""),
    "no-recipient.yaml": values.replace(/ +recipient: .*\n/, ""),
    "gap.env": dotenv.replaceAll("age__list_0", "age__list_1"),
    "two-options.yaml": values.replace("unencrypted_suffix", "encrypted_regex: x\n    unencrypted_suffix"),
    "unreadable.yaml": values.replace("database:", "database: ["),
  }),
  bad("Secret whose rule misses its values", "plain-secret", {
    "regex.yaml": await encrypt(secret(), { ...KUBERNETES, encryptedRegex: "^(Data|stringdata)$" }),
    "suffix.yaml": await encrypt(secret(), { recipients, encryptedSuffix: "_secret" }),
    "list.yaml": await encrypt(
      "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    stringData: {a: hunter2}\n",
      { recipients, encryptedRegex: "^password$" },
    ),
    "json.json": await encrypt('{"apiVersion": "v1", "kind": "Secret", "data": {"a": "aHVudGVyMg=="}}', {
      recipients,
      format: "json",
      encryptedRegex: "^password$",
    }),
  }),
];
