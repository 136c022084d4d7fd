import type { Case } from "../case.ts";
import { flatYaml, shopEnv, shopIni } from "../fixtures.ts";

const values = 'A: hunter2\nB: 1\nC: true\nD: 0.5\nE: "two\\nlines"\nF: ""\n';
const sealed = { "x.yaml": values };

/** Programs that get secrets in their environment. */
export const execEnv: readonly Case[] = [
  {
    name: "exec-env",
    upstream: "exec_env",
    sealed,
    run: {
      args: ["exec-env", "x.yaml", 'printf "%s|" "$A" "$B" "$C" "$D" "$E" "$F"'],
      stdout: "hunter2|1|true|0.5|two\nlines||",
    },
  },
  {
    name: "exec-env with null",
    sealed: { "x.yaml": "A: null\n" },
    run: { args: ["exec-env", "x.yaml", 'echo "$A"'], stdout: "<nil>\n" },
  },
  {
    name: "exec-env passes the exit status on",
    sealed,
    run: { args: ["exec-env", "x.yaml", "exit 7"], status: 7 },
    differs: { because: "no-exit-line", says: false },
  },
  {
    name: "exec-env of a program that is not there",
    sealed,
    run: { args: ["exec-env", "x.yaml", "no-such-program"], status: 127 },
  },
  {
    name: "exec-env hands stdin on",
    sealed,
    run: { args: ["exec-env", "x.yaml", "cat"], stdin: "hello", stdout: "hello" },
  },
  {
    name: "exec-env hands the environment on",
    sealed,
    run: { args: ["exec-env", "x.yaml", 'echo "$OUTER $A"'], env: { OUTER: "outer" }, stdout: "outer hunter2\n" },
  },
  {
    name: "exec-env: secrets replace what was there",
    sealed,
    run: { args: ["exec-env", "x.yaml", 'echo "$A"'], env: { A: "outer" }, stdout: "hunter2\n" },
  },
  {
    name: "exec-env --pristine",
    sealed,
    run: {
      args: ["exec-env", "--pristine", "x.yaml", 'echo "$OUTER|$HOME|$A"'],
      env: { OUTER: "outer" },
      stdout: "||hunter2\n",
    },
  },
  {
    name: "exec-env --same-process",
    sealed,
    run: {
      args: ["exec-env", "--same-process", "x.yaml", 'echo "$A"; exit 3'],
      stdout: "hunter2\n",
      status: 3,
      says: false,
    },
  },
  {
    name: "exec-env of a file with comments",
    sealed: { "x.env": shopEnv },
    run: { args: ["exec-env", "x.env", 'echo "$PASSWORD $LINES"'], stdout: "hunter2 one\ntwo\n" },
  },
  {
    name: "exec-env of a binary file",
    sealed: { "x.txt": "hunter2" },
    run: { args: ["exec-env", "x.txt", 'echo "$data"'], stdout: "hunter2\n" },
  },
  {
    name: "exec-env of nested values",
    sealed: { "x.yaml": "A:\n    b: hunter2\n" },
    run: { args: ["exec-env", "x.yaml", "true"], status: 1 },
  },
  {
    name: "exec-env of sections",
    sealed: { "x.ini": shopIni },
    run: { args: ["exec-env", "x.ini", "true"], status: 1 },
  },
  {
    name: "exec-env with an equals sign in a name",
    sealed: { "x.yaml": "A=B: hunter2\n" },
    run: { args: ["exec-env", "x.yaml", "true"], status: 1 },
  },
  {
    name: "exec-env wants a file and one command",
    sealed,
    files: { "plain.yaml": flatYaml },
    run: [
      { args: ["exec-env"], status: 1 },
      { args: ["exec-env", "x.yaml"], status: 1 },
      { args: ["exec-env", "x.yaml", "echo", "a"], status: 1 },
      { args: ["exec-env", "none.yaml", "true"], status: 2 },
      { args: ["exec-env", "plain.yaml", "true"], status: 1 },
      { args: ["exec-env", "x.yaml", "true"], env: { SOPS_AGE_KEY: "{bob.key}" }, status: 128 },
    ],
  },
];

const text = "A: hunter2\n";
const small = { "x.yaml": text };

export const execFile: readonly Case[] = [
  {
    name: "exec-file",
    upstream: "exec_file",
    sealed: small,
    run: { args: ["exec-file", "x.yaml", "cat {}"], stdout: text },
  },
  {
    name: "exec-file --no-fifo",
    sealed: small,
    run: { args: ["exec-file", "--no-fifo", "x.yaml", "cat {} {}; stat -c %a {}"], stdout: `${text}${text}600\n` },
  },
  {
    name: "exec-file --filename",
    upstream: "exec_file_filename",
    sealed: small,
    run: [
      {
        args: ["exec-file", "--filename", "values.yaml", "x.yaml", "basename {}; cat {}"],
        stdout: `values.yaml\n${text}`,
      },
      {
        args: ["exec-file", "--no-fifo", "--filename", "values.yaml", "x.yaml", "basename {}; cat {}"],
        stdout: `values.yaml\n${text}`,
      },
    ],
  },
  {
    name: "exec-file names its file",
    sealed: small,
    run: { args: ["exec-file", "x.yaml", "basename {}; cat {} > copy"], stdout: "tmp-file\n" },
  },
  {
    name: "exec-file --output-type",
    sealed: small,
    run: { args: ["exec-file", "--output-type", "json", "x.yaml", "cat {}"], stdout: '{\n\t"A": "hunter2"\n}\n' },
  },
  {
    name: "exec-file --input-type",
    sealed: small,
    run: { args: ["exec-file", "--input-type", "json", "x.yaml", "cat {}"], status: 1 },
  },
  {
    name: "exec-file passes the exit status on",
    sealed: small,
    run: { args: ["exec-file", "x.yaml", "cat {} > copy; exit 5"], status: 5 },
    differs: { because: "no-exit-line", says: false },
  },
  {
    name: "exec-file --no-fifo passes the exit status on",
    sealed: small,
    run: { args: ["exec-file", "--no-fifo", "x.yaml", "exit 5"], status: 5 },
    differs: { because: "no-exit-line", says: false },
  },
  {
    name: "exec-file of bytes",
    sealed: { "x.bin": Uint8Array.from([0, 255, 1]) },
    run: { args: ["exec-file", "x.bin", "cat {}"], stdout: "bytes 00ff01" },
  },
  {
    name: "exec-file leaves no file behind",
    sealed: small,
    run: { args: ["exec-file", "--no-fifo", "x.yaml", "echo changed > {}"], stdout: "" },
  },
  {
    name: "exec-file wants a file and one command",
    sealed: small,
    run: [
      { args: ["exec-file"], status: 1 },
      { args: ["exec-file", "x.yaml"], status: 1 },
      { args: ["exec-file", "x.yaml", "cat", "{}"], status: 1 },
      { args: ["exec-file", "none.yaml", "cat {}"], status: 2 },
      { args: ["exec-file", "x.yaml", "cat {}"], env: { SOPS_AGE_KEY: "{bob.key}" }, status: 128 },
    ],
  },
];
