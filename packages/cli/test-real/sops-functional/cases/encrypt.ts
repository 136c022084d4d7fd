import type { Case } from "../case.ts";
import { blob, flatJson, flatYaml, shopEnv, shopIni, shopJson, shopYaml, toAlice } from "../fixtures.ts";

const rule = { ".sops.yaml": toAlice };

/** Every store as `sops encrypt` and as `sops -e` write it. */
export const encryptStores: readonly Case[] = [
  ...Object.entries({ "x.yaml": shopYaml, "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni }).map(
    ([name, text]): Case => ({
      name: `encrypt ${name}`,
      ...(name === "x.json" && { upstream: "encrypt_json_file" }),
      ...(name === "x.yaml" && { upstream: "encrypt_yaml_file" }),
      files: { ...rule, [name]: text },
      run: { args: ["encrypt", name] },
      opens: { stdout: text },
      kept: [name],
    }),
  ),
  ...Object.entries({ "x.yml": flatYaml, "x.json": flatJson, "x.env": shopEnv, "x.ini": shopIni }).map(
    ([name, text]): Case => ({
      name: `-e -i ${name}`,
      files: { ...rule, [name]: text },
      run: { args: ["-e", "-i", name], stdout: "" },
      opens: { [name]: text },
    }),
  ),
  {
    name: "encrypt bytes that are no text",
    files: { ...rule, "key.bin": blob },
    run: { args: ["encrypt", "key.bin"], stdout: /^\{\n\t"data": "ENC\[/ },
  },
  {
    name: "encrypt a file whose extension says nothing",
    files: { ...rule, "notes.txt": "hunter2\n" },
    run: { args: ["encrypt", "notes.txt"], stdout: /^\{\n\t"data": "ENC\[/ },
    opens: { stdout: '{\n\t"data": "hunter2\\n"\n}\n' },
  },
  {
    name: "binary files ignore selections",
    files: { "notes.txt": "hunter2\n" },
    run: {
      args: ["encrypt", "--age", "{alice}", "--encrypted-regex", "^x$", "notes.txt"],
      stdout: /"data": "ENC\[/,
      says: true,
    },
  },
  {
    name: "encrypt several documents",
    files: { ...rule, "x.yaml": "a: hunter2\n---\nb: 2\n" },
    run: { args: ["encrypt", "x.yaml"] },
    opens: { stdout: "a: hunter2\n---\nb: 2\n" },
  },
  {
    name: "encrypt aliases and merge keys",
    files: { ...rule, "x.yaml": "base: &base\n    a: hunter2\ncopy: *base\nown:\n    <<: *base\n    b: 1\n" },
    run: { args: ["encrypt", "x.yaml"] },
    opens: {
      stdout: "base:\n    a: hunter2\ncopy:\n    a: hunter2\nown:\n    !!merge <<:\n        a: hunter2\n    b: 1\n",
    },
  },
  {
    name: "encrypt every type of scalar",
    upstream: "test_yaml_time",
    files: {
      ...rule,
      "x.yaml":
        'day: 2024-01-02\nmoment: 2024-01-02T03:04:05+02:00\noctal: 0777\nhex: 0x1F\nbig: 1e21\none: 1.0\nyes: yes\ninf: .inf\nquoted: "2024-01-02"\nblock: |\n    two\n    lines\n',
    },
    run: { args: ["encrypt", "x.yaml"] },
    opens: {
      stdout:
        'day: 2024-01-02T00:00:00Z\nmoment: 2024-01-02T03:04:05+02:00\noctal: 511\nhex: 31\nbig: 1e+21\none: 1\n"yes": "yes"\ninf: .inf\nquoted: "2024-01-02"\nblock: |\n    two\n    lines\n',
    },
  },
  {
    name: "numbers of JSON keep their digits",
    files: { ...rule, "x.json": '{"big": 9007199254740993, "float": 1.50, "exp": 1e3, "minus": -0}' },
    run: { args: ["encrypt", "x.json"] },
  },
  {
    name: "encrypt an empty mapping and an empty list",
    files: { ...rule, "x.yaml": "map: {}\nlist: []\n", "x.json": '{"map": {}, "list": []}\n' },
    run: [{ args: ["encrypt", "-i", "x.json"] }, { args: ["encrypt", "x.yaml"] }],
    opens: { stdout: "map: {}\nlist: []\n", "x.json": '{\n\t"map": {},\n\t"list": []\n}\n' },
  },
];

export const encryptSources: readonly Case[] = [
  {
    name: "encrypt stdin",
    upstream: "encrypt_from_stdin",
    files: rule,
    run: { args: ["encrypt", "--filename-override", "x.json"], stdin: flatJson },
    opens: { stdout: flatJson },
  },
  {
    name: "encrypt stdin as another type than the name's",
    files: rule,
    run: {
      args: ["encrypt", "--filename-override", "x", "--input-type", "yaml", "--output-type", "json"],
      stdin: flatYaml,
    },
    opens: { stdout: flatJson },
  },
  {
    name: "encrypt stdin needs a file name",
    files: rule,
    run: { args: ["encrypt"], stdin: flatYaml, status: 8 },
  },
  {
    name: "encrypt stdin has no place to write to",
    files: rule,
    run: { args: ["encrypt", "-i", "--filename-override", "x.yaml"], stdin: flatYaml, status: 8 },
  },
  {
    name: "-e reads no stdin",
    files: rule,
    run: { args: ["-e"], stdin: flatYaml, status: 100 },
  },
  {
    name: "--output",
    upstream: "output_flag",
    files: { ...rule, "x.yaml": flatYaml },
    run: { args: ["encrypt", "--output", "out.yaml", "x.yaml"], stdout: "" },
    opens: { "out.yaml": flatYaml },
    kept: ["x.yaml"],
  },
  {
    name: "--output replaces what is there",
    files: { ...rule, "x.yaml": flatYaml, "out.yaml": "# an old and longer text that is not to stay\n".repeat(80) },
    run: { args: ["-e", "--output", "out.yaml", "x.yaml"], stdout: "" },
    opens: { "out.yaml": flatYaml },
  },
  {
    name: "--output and --in-place contradict each other",
    files: { ...rule, "x.yaml": flatYaml },
    run: [
      { args: ["encrypt", "--output", "out.yaml", "-i", "x.yaml"], status: 8 },
      { args: ["-e", "--output", "out.yaml", "-i", "x.yaml"], status: 8 },
    ],
    kept: ["x.yaml"],
    absent: ["out.yaml"],
  },
  {
    name: "--output into a folder that is not there",
    files: { ...rule, "x.yaml": flatYaml },
    run: { args: ["encrypt", "--output", "none/out.yaml", "x.yaml"], status: 3 },
  },
  {
    name: "a file that is not there",
    files: rule,
    run: [
      { args: ["encrypt", "none.yaml"], status: 100 },
      { args: ["-e", "none.yaml"], status: 100 },
    ],
  },
  {
    name: "a file below another folder, by its absolute path",
    files: { ...rule, "sub/x.yaml": flatYaml },
    run: { args: ["encrypt", "{cwd}/sub/x.yaml"] },
    opens: { stdout: flatYaml },
  },
  {
    name: "a folder",
    files: { ...rule, "sub.yaml/x.yaml": flatYaml },
    run: { args: ["encrypt", "sub.yaml"], status: 2 },
  },
  {
    name: "convert while encrypting",
    files: { ...rule, "x.yaml": flatYaml },
    run: [
      { args: ["encrypt", "--output-type", "json", "x.yaml"] },
      { args: ["encrypt", "--output-type", "dotenv", "x.yaml"] },
    ],
    opens: { stdout: "host=db.internal\nport=5432\npassword=hunter2\n" },
  },
  ...Object.entries({
    "x.json": ["yaml", "json"],
    "x.env": ["yaml", "json", "dotenv"],
    "x.ini": ["yaml", "json", "ini"],
  }).flatMap(([name, types]) =>
    types.map(
      (type): Case => ({
        name: `${name} encrypted as ${type}`,
        files: { ...rule, [name]: { "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni }[name] ?? "" },
        run: { args: ["encrypt", "--output-type", type, name] },
      }),
    ),
  ),
  {
    name: "--input-type beats the extension",
    files: { ...rule, "values.txt": flatYaml },
    run: { args: ["encrypt", "--input-type", "yaml", "--output-type", "yaml", "values.txt"] },
    opens: { stdout: flatYaml },
  },
  {
    name: "--indent",
    files: { ...rule, "x.yaml": shopYaml, "x.json": flatJson },
    run: [{ args: ["--indent", "2", "encrypt", "x.yaml"] }, { args: ["-e", "--indent", "2", "x.json"] }],
  },
  {
    name: "indentation by configuration",
    files: {
      ".sops.yaml": `${toAlice}stores:\n    yaml:\n        indent: 2\n    json:\n        indent: 3\n`,
      "x.yaml": shopYaml,
      "x.json": flatJson,
    },
    run: [{ args: ["encrypt", "x.yaml"] }, { args: ["encrypt", "x.json"] }],
  },
];

export const encryptRefusals: readonly Case[] = [
  ...Object.entries({
    "an encrypted file": { text: "a: 1\nsops:\n    mac: x\n", status: 203 },
    "a key named sops": { text: "sops: 1\n", status: 203 },
    "an empty file": { text: "", status: 92 },
    "no YAML": { text: "a: b: c\n", status: 2 },
    "a key twice": { text: "a: 1\na: 2\n", status: 2 },
    "a list at the top": { text: "- hunter2\n", status: 2 },
    "a scalar at the top": { text: "hunter2\n", status: 2 },
    "a number as key": { text: "1: hunter2\n", status: 23 },
    "a number beyond 64 bits with sign": { text: "a: 18446744073709551615\n", status: 23 },
  }).map(
    ([what, { text, status }]): Case => ({
      name: `refuses ${what}`,
      files: { ...rule, "x.yaml": text },
      run: [
        { args: ["encrypt", "-i", "x.yaml"], status },
        { args: ["-e", "-i", "x.yaml"], status },
      ],
      kept: ["x.yaml"],
    }),
  ),
  ...Object.entries({
    "x.json": { list: "[1]", comma: '{"a": 1,}', gap: '{"a": 1 "b": 2}', "a top-level string": '"hunter2"' },
    "x.env": { "no equals sign": "A=1\nhunter2\n" },
    "x.ini": { "no delimiter": "[a]\nhunter2\n", "no closing bracket": "[a\n" },
  }).flatMap(([name, texts]) =>
    Object.entries(texts).map(
      ([what, text]): Case => ({
        name: `refuses ${name}: ${what}`,
        files: { ...rule, [name]: text },
        run: { args: ["encrypt", "-i", name], status: 2 },
        kept: [name],
      }),
    ),
  ),
  {
    name: "refuses what it has encrypted already, in every store",
    files: rule,
    sealed: { "x.yaml": flatYaml, "x.json": flatJson, "x.env": shopEnv, "x.ini": shopIni },
    run: ["x.yaml", "x.json", "x.env", "x.ini"].map((name) => ({ args: ["encrypt", "-i", name], status: 203 })),
    kept: ["x.yaml", "x.json", "x.env", "x.ini"],
  },
  {
    name: "encrypts a binary file twice",
    files: rule,
    sealed: { "x.bin": blob },
    run: { args: ["encrypt", "x.bin"], stdout: /^\{\n\t"data": "ENC\[/ },
    differs: { because: "encrypted-twice", status: 203, stdout: "", says: true },
  },
  ...Object.entries({ '{"a": "hunter2", "b":': "cut off", '{"a": "hunter2"} b': "with more behind it" }).map(
    ([text, what]): Case => ({
      name: `JSON ${what}`,
      files: { ...rule, "x.json": text },
      run: { args: ["encrypt", "x.json"], stdout: /"a": "ENC\[/ },
      differs: { because: "damaged-json", status: 2, stdout: "", says: /x\.json/ },
    }),
  ),
  {
    name: "nested values have no place in an environment file",
    files: { ...rule, "x.yaml": shopYaml },
    run: { args: ["encrypt", "--output-type", "dotenv", "x.yaml"], status: 4 },
  },
];
