import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { recordEvidence } from "@idstack/tool-real";
import { afterAll, describe, expect, test } from "vitest";
import { flatJson, flatYaml, shopJson, shopYaml } from "./fixtures.ts";
import { idstackSops, realSops, runProgram } from "./programs.ts";
import { World } from "./world.ts";

const world = await World.open();
afterAll(() => world.close());
const ours = await idstackSops(join(world.root, "idstack-sops"));
const programs = { sops: (await realSops()).command[0], "idstack-sops": ours.command.at(-1) ?? "" };
const files = await world.prepare({
  name: "",
  run: [],
  sealed: { "env.yaml": flatYaml, "values.yaml": shopYaml, "values.json": shopJson, "key.txt": "hunter2\n" },
});

let passed = 0;

/** What people put around sops, in the shell: each script calls `sops`, whichever that is, and prints what came out. */
const scripts: Readonly<Record<string, { readonly script: string; readonly prints: string }>> = {
  "a script that decrypts": { script: "sops -d values.yaml", prints: shopYaml },
  "direnv: variables of a file": {
    script: `eval "$(sops -d --output-type dotenv env.yaml | sed 's/^/export /')"; echo "$password@$host"`,
    prints: "hunter2@db.internal\n",
  },
  "direnv: a file that cannot be opened ends the script": {
    script:
      "set -e; unset SOPS_AGE_KEY; secrets=$(sops -d env.yaml 2>/dev/null) || { echo locked; exit 0; }; echo open",
    prints: "locked\n",
  },
  "helm-secrets: decrypts beside the file and removes it": {
    script:
      "for t in yaml json; do sops --decrypt --input-type $t --output-type $t --output values.$t.dec values.$t; done; cat values.yaml.dec values.json.dec; rm *.dec; ls",
    prints: `${shopYaml}${shopJson}env.yaml\nkey.txt\nvalues.json\nvalues.yaml\n`,
  },
  "helm-secrets: is it a file of sops": {
    script: "for f in values.yaml plain.yaml; do sops filestatus $f; done",
    prints: '{"encrypted":true}\n{"encrypted":false}\n',
  },
  "terraform and make: one value": {
    script: `echo "[$(sops -d --extract '["nested"]["token"]' values.yaml)]"`,
    prints: "[hunter2 too]\n",
  },
  "git's textconv: a name without an extension": {
    script: "cp key.txt blob; sops -d --input-type binary --output-type binary blob",
    prints: "hunter2\n",
  },
  "a pipe": {
    script:
      "printf 'a: hunter2\\n' | sops encrypt --age $WHO --filename-override a.yaml | sops decrypt --filename-override a.yaml",
    prints: "a: hunter2\n",
  },
  "a pipe into /dev/stdin": {
    script: "cat values.yaml | sops -d --input-type yaml --output-type yaml /dev/stdin",
    prints: shopYaml,
  },
  "a file as /dev/stdin, encrypted and back": {
    script:
      "sops -e --age $WHO --input-type yaml --output-type yaml /dev/stdin < plain.yaml | sops -d --input-type yaml --output-type json /dev/stdin",
    prints: flatJson,
  },
  "a pipe whose reader goes away": { script: "sops -d values.yaml | head -n 1", prints: "host: db.internal\n" },
  "an editor of one line": {
    script: `EDITOR="sed -i s/hunter2/changed/" sops env.yaml && sops -d --extract '["password"]' env.yaml`,
    prints: "changed",
  },
  "a program with secrets": { script: `sops exec-env env.yaml 'echo "$password"'`, prints: "hunter2\n" },
};

describe.each(Object.entries(programs))("%s as sops", (name, program) => {
  const bin = join(world.root, `bin-${name}`);
  mkdirSync(bin);
  chmodSync(program, 0o755);
  symlinkSync(program, join(bin, "sops"));
  const PATH = [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter);

  test.each(Object.entries(scripts))("%s", async (title, { script, prints }) => {
    const cwd = join(world.root, `${name} ${title.replaceAll(/\W+/g, "-")}`);
    mkdirSync(cwd);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(cwd, file), content);
    if (script.includes("plain.yaml")) writeFileSync(join(cwd, "plain.yaml"), flatYaml);
    const [key, who] = ["{alice.key}", "{alice}"].map((word) => world.fill(word, cwd));
    const env = { PATH, HOME: world.root, SOPS_AGE_KEY: key, WHO: who };
    const ended = await runProgram({ name: "sops", command: ["/bin/sh"] }, ["-c", script], { cwd, env, stdin: "" });
    expect(ended).toEqual({ status: 0, stdout: prints, stderr: "" });
    passed += 1;
  });
});

afterAll(async () => {
  const checked = Object.keys(scripts).length;
  if (passed < checked * Object.keys(programs).length) return;
  await recordEvidence({
    component: "sops",
    proves: "scripts that call sops do the same with idstack-sops in its place",
    checked,
    unit: "scripts",
    mismatches: 0,
  });
});
