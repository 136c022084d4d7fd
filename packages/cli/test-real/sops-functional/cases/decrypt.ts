import type { Case } from "../case.ts";
import { blob, flatYaml, shopEnv, shopIni, shopJson, shopYaml } from "../fixtures.ts";

const stores = { "x.yaml": shopYaml, "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni };
const types = ["yaml", "json", "dotenv", "ini", "binary"] as const;

const scalars =
  "one: 1.0\nbig: 1e21\nmany: 1e5\nmore: 1e6\nlong: 123456789.5\nsmall: 0.00001\nminus: -0.0\ninf: .inf\nnan: .nan\nday: 2024-01-02\nmoment: 2024-01-02T03:04:05.678+02:00\non: true\nseven: 7\n";

export const decryptStores: readonly Case[] = [
  ...Object.entries(stores).flatMap(([name, text]): Case[] => [
    {
      name: `decrypt ${name}`,
      ...(name === "x.ini" && { upstream: "decrypt_format" }),
      sealed: { [name]: text },
      run: [
        { args: ["decrypt", name], stdout: text },
        { args: ["-d", name], stdout: text },
        { args: ["--decrypt", name], stdout: text },
      ],
      kept: [name],
    },
    {
      name: `decrypt ${name} in place`,
      sealed: { [name]: text },
      run: [
        { args: ["decrypt", "-i", name], stdout: "" },
        { args: ["encrypt", "--age", "{alice}", "--in-place", name], stdout: "" },
        { args: ["-d", "-i", name], stdout: "" },
      ],
    },
  ]),
  {
    name: "bytes that are no text",
    upstream: "roundtrip_binary",
    sealed: { "key.bin": blob },
    run: [
      { args: ["decrypt", "key.bin"], stdout: "bytes 00fffe800a0d68756e74657232" },
      { args: ["decrypt", "--output", "out", "key.bin"], stdout: "" },
      { args: ["decrypt", "-i", "key.bin"], stdout: "" },
    ],
  },
  {
    name: "an empty binary file",
    files: { "x.txt": "" },
    run: [{ args: ["encrypt", "-i", "--age", "{alice}", "x.txt"] }, { args: ["decrypt", "x.txt"], stdout: "" }],
  },
  {
    name: "several documents",
    sealed: { "x.yaml": "a: hunter2\n---\nb: 2\n---\nc:\n    - 1\n" },
    run: [
      { args: ["decrypt", "x.yaml"], stdout: "a: hunter2\n---\nb: 2\n---\nc:\n    - 1\n" },
      { args: ["decrypt", "--output-type", "json", "x.yaml"], stdout: '{\n\t"a": "hunter2"\n}\n' },
    ],
  },
  {
    name: "values of YAML as INI",
    upstream: "test_ini_values_as_strings",
    sealed: { "x.yaml": "section:\n    port: 5432\n    on: true\n    ratio: 0.5\n    word: hunter2\n" },
    run: { args: ["decrypt", "--output-type", "ini", "x.yaml"], stdout: /^port {2}= 5432$/m },
  },
  ...["dotenv", "ini"].map(
    (type): Case => ({
      name: `numbers and times as ${type}`,
      sealed: { "x.yaml": type === "ini" ? `section:\n${scalars.replaceAll(/^/gm, "    ").trimEnd()}\n` : scalars },
      run: { args: ["decrypt", "--output-type", type, "x.yaml"], stdout: /^big *= ?1E\+21$/m },
    }),
  ),
  ...["dotenv", "ini"].map(
    (type): Case => ({
      name: `null as ${type}`,
      sealed: { "x.yaml": type === "ini" ? "section:\n    nothing: null\n" : "nothing: null\n" },
      run: { args: ["decrypt", "--output-type", type, "x.yaml"], stdout: /nothing ?= ?<nil>/ },
      differs: { because: "flat-null", status: 4, stdout: "", says: true },
    }),
  ),
  {
    name: "stdin in the other stores",
    sealed: { "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni, "x.txt": "hunter2" },
    run: [
      { args: ["decrypt", "--filename-override", "x.json"], from: "x.json", stdout: shopJson },
      { args: ["decrypt", "--filename-override", "x.env"], from: "x.env", stdout: shopEnv },
      { args: ["decrypt", "--filename-override", "x.ini"], from: "x.ini", stdout: shopIni },
      { args: ["decrypt"], from: "x.txt", stdout: "hunter2" },
    ],
  },
  {
    name: "stdin, by file name or type",
    upstream: "decrypt_from_stdin",
    sealed: { "x.yaml": flatYaml },
    run: [
      { args: ["decrypt", "--filename-override", "x.yaml"], from: "x.yaml", stdout: flatYaml },
      { args: ["decrypt", "--input-type", "yaml", "--output-type", "yaml"], from: "x.yaml", stdout: flatYaml },
      { args: ["decrypt", "--input-type", "yaml", "--output-type", "json"], from: "x.yaml", stdout: /^\{\n\t"host"/ },
      { args: ["decrypt", "--output", "out", "--filename-override", "x.yaml"], from: "x.yaml", stdout: "" },
      {
        args: ["decrypt", "--extract", '["password"]', "--filename-override", "x.yaml"],
        from: "x.yaml",
        stdout: "hunter2",
      },
      { args: ["decrypt"], from: "x.yaml", status: 1, stdout: "" },
      { args: ["decrypt", "--filename-override", "x.yaml"], stdin: "a: 1\n", status: 1, stdout: "" },
      { args: ["decrypt", "-i"], stdin: "a: 1\n", status: 8 },
    ],
  },
];

const from = {
  "flat.yaml": flatYaml,
  "x.yaml": shopYaml,
  "x.json": shopJson,
  "x.env": shopEnv,
  "x.ini": shopIni,
  "x.txt": "hunter2 and\nmore\n",
};

/** Every store as every other; most of it is refused. */
export const conversions: readonly Case[] = Object.entries(from).flatMap(([name, text]) =>
  types.map(
    (type): Case => ({
      name: `${name} as ${type}`,
      sealed: { [name]: text },
      run: { args: ["decrypt", "--output-type", type, name], status: convertible(name, type) ? 0 : 4 },
    }),
  ),
);

function convertible(name: string, type: (typeof types)[number]): boolean {
  if (type === "yaml" || type === "json") return true;
  if (type === "dotenv") return !/^x\.(yaml|json|ini)$/.test(name);
  return type === "ini" ? name === "x.ini" : name === "x.txt";
}

const paths: Readonly<Record<string, number>> = {
  '["host"]': 0,
  "['host']": 0,
  '["port"]': 0,
  '["debug"]': 0,
  '["ratio"]': 0,
  '["empty"]': 0,
  '["nothing"]': 0,
  '["tags"]': 0,
  '["tags"][1]': 0,
  '["nested"]': 0,
  '["nested"]["token"]': 0,
  "": 0,
  '["tags"][2]': 1,
  '["none"]': 1,
  '["nested"]["none"]': 1,
  '["host"][0]': 1,
  '["sops"]': 1,
  "[host]": 91,
  host: 91,
  '["host"': 91,
  '["host"]x': 91,
};

export const extraction: readonly Case[] = [
  ...Object.entries(paths).map(
    ([path, status]): Case => ({
      name: `--extract ${path || "nothing"}`,
      ...(path === '["host"]' && { upstream: "extract_string" }),
      sealed: { "x.yaml": shopYaml },
      run: { args: ["decrypt", "--extract", path, "x.yaml"], status },
    }),
  ),
  {
    name: "-d --extract",
    sealed: { "x.yaml": shopYaml },
    run: [
      { args: ["-d", "--extract", '["password"]', "x.yaml"], stdout: "hunter2" },
      { args: ["--extract", '["password"]', "-d", "x.yaml"], stdout: "hunter2" },
      { args: ["-d", "--extract", "password", "x.yaml"], status: 91 },
    ],
  },
  ...['["tags"]["x"]', '["tags"][-1]', "[]"].map(
    (path): Case => ({
      name: `--extract ${path}`,
      sealed: { "x.yaml": shopYaml },
      run: { args: ["decrypt", "--extract", path, "x.yaml"], status: 2 },
      differs: { because: "panics", status: path === "[]" ? 91 : 1 },
    }),
  ),
  {
    name: "--extract with an index for a mapping",
    sealed: { "x.yaml": flatYaml },
    run: { args: ["decrypt", "--extract", "[0]", "x.yaml"], stdout: "key: host\nvalue: db.internal\n" },
    differs: { because: "index-of-mapping", status: 1, stdout: "", says: true },
  },
  ...["json", "dotenv", "binary", "ini"].flatMap((type): Case[] => [
    {
      name: `--extract a string as ${type}`,
      sealed: { "x.yaml": shopYaml },
      run: { args: ["decrypt", "--extract", '["host"]', "--output-type", type, "x.yaml"], stdout: "db.internal" },
    },
    {
      name: `--extract a number as ${type}`,
      sealed: { "x.yaml": shopYaml },
      run: {
        args: ["decrypt", "--extract", '["port"]', "--output-type", type, "x.yaml"],
        status: type === "json" || type === "ini" ? 0 : 4,
      },
    },
    {
      name: `--extract a mapping as ${type}`,
      sealed: { "x.yaml": shopYaml },
      run: {
        args: ["decrypt", "--extract", '["nested"]', "--output-type", type, "x.yaml"],
        status: type === "json" || type === "dotenv" ? 0 : 4,
      },
    },
    {
      name: `--extract a list as ${type}`,
      sealed: { "x.yaml": shopYaml },
      run: {
        args: ["decrypt", "--extract", '["tags"]', "--output-type", type, "x.yaml"],
        status: type === "json" || type === "ini" ? 0 : 4,
      },
      ...(type === "ini" && { differs: { because: "list-as-ini", status: 4, stdout: "", says: true } }),
    },
  ]),
  {
    name: "--extract from the other stores",
    sealed: { "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni, "x.txt": "hunter2" },
    run: [
      {
        args: ["decrypt", "--extract", '["nested"]', "x.json"],
        stdout: '{\n\t"token": "hunter2 too",\n\t"port_unencrypted": 8080\n}\n',
      },
      { args: ["decrypt", "--extract", '["tags"]', "x.json"], stdout: '[\n\t"red",\n\t"green"\n]' },
      { args: ["decrypt", "--extract", '["port"]', "x.json"], stdout: "5432" },
      { args: ["decrypt", "--extract", '["LINES"]', "x.env"], stdout: "one\ntwo" },
      { args: ["decrypt", "--extract", '["database"]["password"]', "x.ini"], stdout: "hunter2" },
      { args: ["decrypt", "--extract", '["data"]', "x.txt"], stdout: "hunter2" },
      { args: ["decrypt", "--extract", '["database"]', "x.ini"], status: 4 },
    ],
  },
  {
    name: "--extract into a file",
    sealed: { "x.yaml": shopYaml },
    run: { args: ["decrypt", "--extract", '["password"]', "--output", "out", "x.yaml"], stdout: "" },
  },
];

export const decryptTargets: readonly Case[] = [
  {
    name: "--output",
    sealed: { "x.yaml": flatYaml },
    run: [
      { args: ["decrypt", "--output", "out.yaml", "x.yaml"], stdout: "" },
      { args: ["-d", "--output", "legacy.yaml", "x.yaml"], stdout: "" },
    ],
    kept: ["x.yaml"],
  },
  {
    name: "--output replaces what is there",
    sealed: { "x.yaml": flatYaml },
    files: { "out.yaml": "old\n".repeat(80) },
    run: { args: ["decrypt", "--output", "out.yaml", "x.yaml"], stdout: "" },
  },
  {
    name: "--output and --in-place contradict each other",
    sealed: { "x.yaml": flatYaml },
    run: { args: ["decrypt", "--output", "out.yaml", "-i", "x.yaml"], status: 8 },
    kept: ["x.yaml"],
    absent: ["out.yaml"],
  },
  {
    name: "nothing is written when decryption fails",
    sealed: { "x.yaml": flatYaml },
    files: { "out.yaml": "old\n" },
    run: [
      { args: ["decrypt", "--output", "out.yaml", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, status: 128 },
      { args: ["decrypt", "-i", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, status: 128 },
    ],
    kept: ["x.yaml", "out.yaml"],
  },
  {
    name: "a name without meaning, with a type",
    sealed: { "x.yaml": flatYaml },
    files: { "copy.sh": "#!/bin/sh\ncp x.yaml secret\n" },
    run: [
      { args: ["decrypt", "--input-type", "json", "x.yaml"], status: 1 },
      { args: ["decrypt", "--filename-override", "other.yaml", "x.yaml"], stdout: flatYaml },
      {
        args: ["decrypt", "--filename-override", "other.json", "--input-type", "yaml", "x.yaml"],
        stdout: /^\{\n\t"host"/,
      },
    ],
  },
  {
    name: "--indent",
    sealed: { "x.yaml": shopYaml },
    run: [
      { args: ["--indent", "2", "decrypt", "x.yaml"], stdout: /\n {2}token: / },
      { args: ["-d", "--indent", "2", "x.yaml"], stdout: /\n {2}token: / },
      { args: ["--indent", "2", "-d", "--output-type", "json", "x.yaml"], stdout: /^\{\n {2}"host"/ },
    ],
  },
  {
    name: "a file that is not there",
    run: [
      { args: ["decrypt", "none.yaml"], status: 100 },
      { args: ["-d", "none.yaml"], status: 100 },
    ],
  },
  {
    name: "a file in plain text",
    files: { "x.yaml": flatYaml },
    run: [
      { args: ["decrypt", "x.yaml"], status: 1 },
      { args: ["-d", "x.yaml"], status: 1 },
    ],
  },
  { name: "an empty file", files: { "x.yaml": "" }, run: { args: ["decrypt", "x.yaml"], status: 1 } },
  { name: "-d without a file", run: { args: ["-d"], status: 100 } },
  {
    name: "decrypting needs no rule",
    sealed: { "x.yaml": flatYaml },
    files: { ".sops.yaml": "creation_rules:\n    - path_regex: none\n      age: {bob}\n" },
    run: [
      { args: ["decrypt", "x.yaml"], stdout: flatYaml },
      { args: ["-d", "x.yaml"], stdout: flatYaml },
    ],
  },
];

const value = /(?<=password: ENC\[AES256_GCM,data:)./;
const other = (char: string): string => (char === "A" ? "B" : "A");

export const integrity: readonly Case[] = [
  {
    name: "a changed plain value",
    sealed: { "x.yaml": { text: shopYaml, args: ["--unencrypted-regex", "^host$"] } },
    tamper: { "x.yaml": (text) => text.replace("db.internal", "db.external") },
    run: [
      { args: ["decrypt", "x.yaml"], status: 51, stdout: "" },
      { args: ["-d", "x.yaml"], status: 51, stdout: "" },
      { args: ["set", "x.yaml", '["port"]', "1"], status: 51 },
      { args: ["unset", "x.yaml", '["port"]'], status: 51 },
      { args: ["rotate", "-i", "x.yaml"], status: 51 },
      { args: ["decrypt", "--ignore-mac", "x.yaml"], stdout: /^host: db.external\n/ },
      { args: ["-d", "--ignore-mac", "x.yaml"], stdout: /^host: db.external\n/ },
    ],
    kept: ["x.yaml"],
  },
  {
    name: "a file without MAC",
    upstream: "decrypt_file_no_mac",
    sealed: { "x.yaml": flatYaml },
    tamper: { "x.yaml": (text) => text.replace(/ {4}mac: .*\n/, "") },
    run: [
      { args: ["decrypt", "x.yaml"], status: 51, stdout: "" },
      { args: ["decrypt", "--ignore-mac", "x.yaml"], stdout: flatYaml },
    ],
  },
  {
    name: "a changed encrypted value",
    sealed: { "x.yaml": flatYaml },
    tamper: { "x.yaml": (text) => text.replace(value, other) },
    run: { args: ["decrypt", "x.yaml"], status: 25, stdout: "" },
  },
  {
    name: "a changed key of an encrypted value",
    sealed: { "x.yaml": flatYaml },
    tamper: { "x.yaml": (text) => text.replace("password:", "passwort:") },
    run: [
      { args: ["decrypt", "x.yaml"], status: 25 },
      { args: ["decrypt", "--ignore-mac", "x.yaml"], status: 25 },
    ],
  },
  {
    name: "a value in plain text where none should be",
    sealed: { "x.yaml": flatYaml },
    tamper: { "x.yaml": (text) => text.replace(/^port: .*$/m, "port: 5432") },
    run: { args: ["decrypt", "x.yaml"], status: 25 },
  },
  {
    name: "an unencrypted suffix written by hand",
    sealed: { "x.yaml": flatYaml },
    tamper: { "x.yaml": (text) => `added_unencrypted: 1\n${text}` },
    run: { args: ["decrypt", "x.yaml"], status: 51 },
  },
  {
    name: "metadata that cannot be read",
    sealed: { "x.yaml": flatYaml },
    tamper: { "x.yaml": (text) => text.replace(/lastmodified: .*/, 'lastmodified: "yesterday"') },
    run: { args: ["decrypt", "x.yaml"], status: 1 },
  },
  {
    name: "set --ignore-mac mends the MAC",
    sealed: { "x.yaml": { text: shopYaml, args: ["--unencrypted-regex", "^host$"] } },
    tamper: { "x.yaml": (text) => text.replace("db.internal", "db.external") },
    run: [
      { args: ["set", "--ignore-mac", "x.yaml", '["port"]', "1"] },
      { args: ["decrypt", "x.yaml"], stdout: /^host: db.external\nport: 1\n/ },
    ],
  },
];
