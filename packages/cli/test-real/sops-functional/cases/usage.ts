import type { Case } from "../case.ts";
import { blob, flatYaml, shopEnv, shopIni, shopJson, shopYaml, toAlice } from "../fixtures.ts";

const sealed = { "x.yaml": flatYaml };

export const fileStatus: readonly Case[] = [
  {
    name: "filestatus of encrypted files",
    sealed: { "x.yaml": shopYaml, "x.json": shopJson, "x.env": shopEnv, "x.ini": shopIni, "x.bin": blob },
    run: ["x.yaml", "x.json", "x.env", "x.ini", "x.bin"].map((name) => ({
      args: ["filestatus", name],
      stdout: '{"encrypted":true}\n',
    })),
  },
  {
    name: "filestatus of plain files",
    files: {
      "x.yaml": shopYaml,
      "x.json": shopJson,
      "x.env": shopEnv,
      "x.ini": shopIni,
      "empty.yaml": "",
      "half.yaml": "a: ENC[AES256_GCM\n",
    },
    run: ["x.yaml", "x.json", "x.env", "x.ini", "empty.yaml", "half.yaml"].map((name) => ({
      args: ["filestatus", name],
      stdout: '{"encrypted":false}\n',
    })),
  },
  {
    name: "filestatus of what cannot be read",
    files: { "x.txt": "hunter2\n", "broken.yaml": "a: b: c\n" },
    run: ["none.yaml", "x.txt", "broken.yaml"].map((name) => ({ args: ["filestatus", name], status: 1, stdout: "" })),
  },
  ...Object.entries({ "no mapping": "sops: 1\n", "a MAC and nothing else": "sops:\n    mac: x\n" }).map(
    ([what, text]): Case => ({
      name: `filestatus of metadata with ${what}`,
      files: { "x.yaml": text },
      run: { args: ["filestatus", "x.yaml"], status: 1, stdout: "" },
      differs: { because: "filestatus-damaged", status: 0, stdout: '{"encrypted":false}\n', says: false },
    }),
  ),
  {
    name: "filestatus --input-type",
    sealed,
    files: { "x.txt": flatYaml },
    run: [
      { args: ["filestatus", "--input-type", "yaml", "x.txt"], stdout: '{"encrypted":false}\n' },
      { args: ["filestatus"], status: 100 },
    ],
  },
  {
    name: "filestatus needs no key",
    sealed,
    run: { args: ["filestatus", "x.yaml"], env: { SOPS_AGE_KEY: undefined }, stdout: '{"encrypted":true}\n' },
  },
];

/** The grammar: flags before files, unknown flags, names without a command. */
export const usage: readonly Case[] = [
  {
    name: "flags of a command may stand behind the file",
    sealed,
    run: { args: ["decrypt", "x.yaml", "--output", "out"], stdout: "" },
  },
  {
    name: "-d: a flag behind the file is not one",
    sealed,
    run: { args: ["-d", "x.yaml", "-i"], stdout: flatYaml, says: true },
    kept: ["x.yaml"],
  },
  {
    name: "a second file is not looked at",
    sealed,
    run: { args: ["decrypt", "x.yaml", "none.yaml"], stdout: flatYaml, says: true },
  },
  {
    name: "unknown flags",
    sealed,
    run: { args: ["--no-such-flag", "-d", "x.yaml"], status: 1, says: true },
    differs: { because: "help-on-stderr", stdout: "" },
  },
  {
    name: "a flag without its value",
    sealed,
    run: { args: ["decrypt", "--output"], status: 1, says: true },
    differs: { because: "help-on-stderr", stdout: "" },
  },
  {
    name: "flags of one dash",
    sealed,
    run: [
      { args: ["-decrypt", "x.yaml"], stdout: flatYaml },
      { args: ["decrypt", "-output", "out", "x.yaml"], stdout: "" },
    ],
  },
  {
    name: "a flag with its value attached",
    sealed,
    run: [
      { args: ["decrypt", "--output=out", "x.yaml"], stdout: "" },
      { args: ["decrypt", "--in-place=false", "x.yaml"], stdout: flatYaml },
    ],
  },
  {
    name: "a dash for the file",
    sealed,
    run: { args: ["decrypt", "--input-type", "yaml", "--output-type", "yaml", "-"], from: "x.yaml", status: 100 },
    differs: { because: "dash", status: 0, stdout: flatYaml, says: false },
  },
  {
    name: "a file with spaces and quotes in its name, in a folder of such",
    sealed: { "my 'own' folder/x $HOME.yaml": flatYaml },
    run: [
      { args: ["decrypt", "my 'own' folder/x $HOME.yaml"], stdout: flatYaml },
      { args: ["set", "my 'own' folder/x $HOME.yaml", '["port"]', "1"], stdout: "" },
      { args: ["exec-file", "my 'own' folder/x $HOME.yaml", "cat {}"], stdout: /^host: db/ },
    ],
  },
  {
    name: "types nobody knows count as none",
    sealed,
    run: { args: ["decrypt", "--output-type", "toml", "x.yaml"], stdout: flatYaml },
  },
  {
    name: "empty values of flags",
    sealed,
    files: { ".sops.yaml": toAlice },
    run: [
      { args: ["decrypt", "--output", "", "--extract", "", "x.yaml"], stdout: flatYaml },
      { args: ["--config", "", "decrypt", "x.yaml"], stdout: flatYaml },
      { args: ["encrypt", "--age", "", "--filename-override", "y.yaml"], stdin: flatYaml },
    ],
    opens: { stdout: flatYaml },
  },
  {
    name: "numbers of flags that are none",
    sealed,
    run: { args: ["--indent", "two", "decrypt", "x.yaml"], status: 1, says: true },
    differs: { because: "help-on-stderr", stdout: "" },
  },
  { name: "-- ends the flags", sealed, run: { args: ["decrypt", "--", "x.yaml"], stdout: flatYaml } },
  {
    name: "--verbose",
    sealed,
    run: { args: ["--verbose", "-d", "x.yaml"], stdout: flatYaml, says: true },
    differs: { because: "no-log", says: false },
  },
  ...["-v", "--version"].map(
    (flag): Case => ({
      name: flag,
      run: { args: [flag], stdout: /^sops 3\.13\.3/ },
      differs: { because: "own-version", stdout: /^sops 3\.13\.3 \(idstack / },
    }),
  ),
  {
    name: "several commands at once",
    sealed,
    files: { ".sops.yaml": toAlice },
    run: { args: ["-d", "-r", "x.yaml"], says: true },
    opens: { stdout: flatYaml },
  },
  {
    name: "-d -e",
    sealed,
    files: { ".sops.yaml": toAlice },
    run: { args: ["-d", "-e", "x.yaml"], says: true, stdout: flatYaml },
  },
  {
    name: "switches of the local key service",
    sealed,
    run: [
      { args: ["decrypt", "--enable-local-keyservice", "x.yaml"], stdout: flatYaml },
      { args: ["decrypt", "x.yaml"], env: { SOPS_ENABLE_LOCAL_KEYSERVICE: "true" }, stdout: flatYaml },
    ],
  },
];

/** What is left to sops itself: it ends with a failure and the way to have it. */
export const unsupported: readonly Case[] = [
  ...["publish", "keyservice", "groups", "completion"].map(
    (name): Case => ({
      name: `${name} is left to sops`,
      run: {
        args:
          name === "publish"
            ? ["publish", "x.yaml"]
            : name === "keyservice"
              ? [name, "--network", "none"]
              : [name, "none"],
        status: name === "publish" || name === "keyservice" ? 1 : 3,
        says: true,
      },
      differs: { because: "left-to-sops", status: 1, stdout: "", says: /openSops/ },
    }),
  ),
  {
    name: "edit --show-master-keys is refused: sops loses what is edited with it",
    files: { "change.sh": '#!/bin/sh\nsed -i "s/hunter2/hunter3/" "$1"\n' },
    sealed,
    run: { args: ["edit", "-s", "x.yaml"], env: { EDITOR: "{cwd}/change.sh" } },
    // Not hunter3.
    opens: { "x.yaml": flatYaml },
    differs: { because: "edits-lost", status: 1, says: /--add-age/ },
  },
];
