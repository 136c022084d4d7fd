import type { Case } from "../case.ts";
import { blob, flatYaml, shopEnv, shopIni, shopJson, shopYaml, toAlice } from "../fixtures.ts";

const sealed = { "x.yaml": shopYaml };
const opens = { "x.yaml": shopYaml };

export const rotate: readonly Case[] = [
  {
    name: "rotate to stdout",
    sealed,
    run: [{ args: ["rotate", "x.yaml"] }, { args: ["-r", "x.yaml"] }],
    opens: { stdout: shopYaml },
    kept: ["x.yaml"],
  },
  { name: "rotate -i", sealed, run: { args: ["rotate", "-i", "x.yaml"], stdout: "" }, opens },
  { name: "-r -i", sealed, run: { args: ["-r", "-i", "x.yaml"], stdout: "" }, opens },
  {
    name: "rotate --output",
    sealed,
    run: { args: ["rotate", "--output", "out.yaml", "x.yaml"], stdout: "" },
    opens: { "out.yaml": shopYaml },
    kept: ["x.yaml"],
  },
  {
    name: "rotate in the other stores",
    sealed: { "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni },
    run: ["x.json", "x.env", "x.ini"].map((name) => ({ args: ["rotate", "-i", name] })),
    opens: { "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni },
  },
  {
    name: "rotate in a binary file",
    sealed: { "x.bin": blob },
    run: [
      { args: ["rotate", "-i", "x.bin"] },
      { args: ["decrypt", "x.bin"], stdout: "bytes 00fffe800a0d68756e74657232" },
    ],
    differs: { because: "binary-suffix", files: false },
  },
  {
    name: "rotate --add-age",
    sealed,
    run: [
      { args: ["rotate", "-i", "--add-age", "{bob}", "x.yaml"] },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, stdout: shopYaml },
    ],
  },
  {
    name: "-r --add-age, several",
    sealed,
    run: [
      { args: ["-r", "-i", "--add-age", "{bob},{carol}", "x.yaml"] },
      { args: ["-d", "x.yaml"], env: { SOPS_AGE_KEY: "{carol.key}" }, stdout: shopYaml },
    ],
  },
  {
    name: "rotate --rm-age",
    sealed: { "x.yaml": { text: shopYaml, args: ["--age", "{alice},{bob}"] } },
    run: [
      { args: ["rotate", "-i", "--rm-age", "{bob}", "x.yaml"] },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, status: 128 },
      { args: ["decrypt", "x.yaml"], stdout: shopYaml },
    ],
  },
  {
    name: "rotate --add-age and --rm-age at once",
    sealed,
    run: [
      { args: ["rotate", "-i", "--add-age", "{bob}", "--rm-age", "{alice}", "x.yaml"] },
      { args: ["decrypt", "x.yaml"], status: 128 },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, stdout: shopYaml },
    ],
  },
  {
    name: "rotate --rm-age of somebody else",
    sealed,
    run: { args: ["rotate", "-i", "--rm-age", "{carol}", "x.yaml"] },
    opens,
  },
  {
    name: "rotate --rm-age of the last one",
    sealed,
    run: { args: ["rotate", "-i", "--rm-age", "{alice}", "x.yaml"], status: 1 },
    kept: ["x.yaml"],
  },
  {
    name: "rotate --add-age of none",
    sealed,
    run: { args: ["rotate", "-i", "--add-age", "hunter", "x.yaml"], status: 1 },
    kept: ["x.yaml"],
  },
  {
    name: "rotate --add-age of one who is there",
    sealed,
    run: { args: ["rotate", "-i", "--add-age", "{alice}", "x.yaml"] },
    opens,
    differs: { because: "recipient-once", files: false },
  },
  {
    name: "rotate keeps the selection",
    sealed: { "x.yaml": { text: shopYaml, args: ["--encrypted-regex", "^(password|nested)$"] } },
    run: { args: ["rotate", "-i", "x.yaml"] },
    opens,
  },
  {
    name: "rotate reads no rule",
    sealed,
    files: { ".sops.yaml": "creation_rules:\n    - age: {bob}\n" },
    run: { args: ["rotate", "-i", "x.yaml"] },
    opens,
  },
  {
    name: "rotate wants a file that is there and encrypted",
    files: { "plain.yaml": flatYaml },
    run: [
      { args: ["rotate"], status: 100 },
      { args: ["-r"], status: 100 },
      { args: ["rotate", "none.yaml"], status: 2 },
      { args: ["-r", "none.yaml"], status: 100 },
      { args: ["rotate", "--add-age", "{bob}", "none.yaml"], status: 49 },
      { args: ["-r", "--rm-age", "{bob}", "none.yaml"], status: 49 },
      { args: ["rotate", "plain.yaml"], status: 1 },
    ],
  },
  {
    name: "rotate -i --output",
    sealed,
    run: { args: ["rotate", "-i", "--output", "out.yaml", "x.yaml"], status: 8 },
    kept: ["x.yaml"],
  },
  {
    name: "rotate without a key",
    sealed,
    run: { args: ["rotate", "-i", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, status: 128 },
    kept: ["x.yaml"],
  },
  {
    name: "rotate of a file with groups",
    files: {
      "x.yaml": flatYaml,
      ".sops.yaml":
        'creation_rules:\n    - shamir_threshold: 2\n      key_groups:\n        - age: ["{alice}"]\n        - age: ["{bob}"]\n        - age: ["{carol}"]\n',
    },
    run: [
      { args: ["encrypt", "-i", "x.yaml"] },
      { args: ["rotate", "-i", "x.yaml"], env: { SOPS_AGE_KEY: "{alice.key}\n{bob.key}" } },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}\n{carol.key}" }, stdout: flatYaml },
    ],
  },
];

const toBoth = "creation_rules:\n    - age: {alice},{bob}\n";

export const updateKeys: readonly Case[] = [
  {
    name: "updatekeys -y",
    sealed,
    files: { ".sops.yaml": toBoth },
    run: [
      { args: ["updatekeys", "-y", "x.yaml"], says: true },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, stdout: shopYaml },
    ],
  },
  {
    name: "updatekeys --yes takes somebody away",
    sealed: { "x.yaml": { text: shopYaml, args: ["--age", "{alice},{bob},{carol}"] } },
    files: { ".sops.yaml": toAlice },
    run: [
      { args: ["updatekeys", "--yes", "x.yaml"], says: true },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{bob.key}" }, status: 128 },
      { args: ["decrypt", "x.yaml"], stdout: shopYaml },
    ],
  },
  {
    name: "updatekeys without a change",
    sealed,
    files: { ".sops.yaml": toAlice },
    run: [
      { args: ["updatekeys", "-y", "x.yaml"], says: true },
      { args: ["updatekeys", "x.yaml"], says: true },
    ],
    kept: ["x.yaml"],
  },
  {
    name: "updatekeys, answered with yes",
    sealed,
    files: { ".sops.yaml": toBoth },
    run: { args: ["updatekeys", "x.yaml"], stdin: "y\n", says: true },
    opens,
  },
  {
    name: "updatekeys, answered with no",
    sealed,
    files: { ".sops.yaml": toBoth },
    run: { args: ["updatekeys", "x.yaml"], stdin: "n\n", says: true },
    kept: ["x.yaml"],
  },
  {
    name: "updatekeys, not answered",
    sealed,
    files: { ".sops.yaml": toBoth },
    run: { args: ["updatekeys", "x.yaml"], status: 1 },
    kept: ["x.yaml"],
  },
  {
    name: "updatekeys of several files goes on after a failure",
    sealed: { "a.yaml": flatYaml, "b.json": shopJson, "c.env": shopEnv },
    files: { ".sops.yaml": toBoth, "plain.yaml": flatYaml },
    run: { args: ["updatekeys", "-y", "a.yaml", "none.yaml", "plain.yaml", "b.json", "c.env"], status: 1 },
    opens: { "a.yaml": flatYaml, "b.json": shopJson, "c.env": shopEnv },
    kept: ["plain.yaml"],
  },
  {
    name: "updatekeys in the other stores",
    sealed: { "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni },
    files: { ".sops.yaml": toBoth },
    run: ["x.json", "x.env", "x.ini"].map((name) => ({ args: ["updatekeys", "-y", name], says: true })),
    opens: { "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni },
  },
  {
    name: "updatekeys in a binary file",
    sealed: { "x.txt": "hunter2" },
    files: { ".sops.yaml": toBoth },
    run: [
      { args: ["updatekeys", "-y", "x.txt"], says: true },
      { args: ["decrypt", "x.txt"], env: { SOPS_AGE_KEY: "{bob.key}" }, stdout: "hunter2" },
    ],
    differs: { because: "binary-suffix", files: false },
  },
  {
    name: "updatekeys --input-type",
    sealed: { "x.yaml": shopYaml },
    files: { ".sops.yaml": toBoth },
    run: { args: ["updatekeys", "-y", "--input-type", "json", "x.yaml"], status: 1 },
    kept: ["x.yaml"],
  },
  {
    name: "updatekeys by --config",
    sealed,
    files: { "other.yaml": toBoth, ".sops.yaml": toAlice },
    run: { args: ["--config", "other.yaml", "updatekeys", "-y", "x.yaml"], says: true },
    opens,
  },
  {
    name: "updatekeys without configuration",
    sealed,
    run: [
      { args: ["updatekeys", "-y", "x.yaml"], status: 1 },
      { args: ["updatekeys"], status: 1 },
    ],
    kept: ["x.yaml"],
  },
  { name: "updatekeys without a file", files: { ".sops.yaml": toAlice }, run: { args: ["updatekeys"], status: 100 } },
  {
    name: "updatekeys without a rule, a file, a metadata block or a key",
    sealed,
    files: {
      "none.yaml": "creation_rules:\n    - path_regex: none\n      age: {bob}\n",
      ".sops.yaml": toBoth,
      "plain.yaml": flatYaml,
    },
    run: [
      { args: ["--config", "none.yaml", "updatekeys", "-y", "x.yaml"], status: 1 },
      { args: ["updatekeys", "-y", "missing.yaml"], status: 1 },
      { args: ["updatekeys", "-y", "plain.yaml"], status: 1 },
      { args: ["updatekeys", "-y", "x.yaml"], env: { SOPS_AGE_KEY: "{carol.key}" }, status: 128 },
    ],
    kept: ["x.yaml", "plain.yaml"],
  },
  {
    name: "updatekeys from one group to several",
    sealed,
    files: {
      ".sops.yaml":
        'creation_rules:\n    - shamir_threshold: 2\n      key_groups:\n        - age: ["{alice}"]\n        - age: ["{bob}"]\n',
    },
    run: [
      { args: ["updatekeys", "-y", "x.yaml"], says: true },
      { args: ["decrypt", "x.yaml"], env: { SOPS_AGE_KEY: "{alice.key}\n{bob.key}" }, stdout: shopYaml },
    ],
  },
];
