import { readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runSops, type SopsHome, sopsHome } from "../support/sops.ts";

const PLAIN = "# top\na: 1\nb:\n    c: s3cret\n    l:\n        - x\n        - 2\n";

async function encrypted(): Promise<SopsHome> {
  const home = await sopsHome({ "p.yaml": PLAIN, "e.yaml": PLAIN });
  expect(await runSops(["encrypt", "-i", "e.yaml"], home)).toEqual({ status: 0, stdout: "", stderr: "" });
  return home;
}

describe("what sops prints", () => {
  it.each([
    [["decrypt", "e.yaml"], PLAIN],
    [["-d", "e.yaml"], PLAIN],
    [
      ["decrypt", "e.yaml", "--output-type", "json"],
      '{\n\t"a": 1,\n\t"b": {\n\t\t"c": "s3cret",\n\t\t"l": [\n\t\t\t"x",\n\t\t\t2\n\t\t]\n\t}\n}\n',
    ],
    [["--indent", "2", "decrypt", "e.yaml"], "# top\na: 1\nb:\n  c: s3cret\n  l:\n    - x\n    - 2\n"],
    [["decrypt", "--extract", '["b"]["c"]', "e.yaml"], "s3cret"],
    [["-d", "-extract=['b']['l'][1]", "e.yaml"], "2\n"],
    [["filestatus", "e.yaml"], '{"encrypted":true}\n'],
    [["filestatus", "p.yaml"], '{"encrypted":false}\n'],
  ])("%j", async (args, stdout) => {
    expect(await runSops(args, await encrypted())).toEqual({ status: 0, stdout, stderr: "" });
  });

  it("reads stdin", async () => {
    const home = await encrypted();
    const text = readFileSync(home.path("e.yaml"));
    const flags = ["--input-type", "yaml", "--output-type", "yaml"];
    for (const args of [
      ["decrypt", ...flags],
      ["decrypt", "--filename-override", "x.yml"],
    ]) {
      expect(await runSops(args, home, text)).toMatchObject({ status: 0, stdout: PLAIN });
    }
    const { stdout } = await runSops(["encrypt", "--filename-override", "new.json"], home, '{"k":"v"}');
    writeFileSync(home.path("new.json"), stdout);
    expect(await runSops(["-d", "new.json"], home)).toMatchObject({ stdout: '{\n\t"k": "v"\n}\n' });
  });
});

describe("exit statuses", () => {
  const broken = PLAIN.replace("a: 1", "a: [");
  it.each<[number, string, readonly string[]]>([
    [0, "help", ["--help"]],
    [0, "help of a command", ["decrypt", "-h"]],
    [1, "unknown flag", ["--nope", "e.yaml"]],
    [1, "unknown flag of a command", ["decrypt", "--nope", "e.yaml"]],
    [1, "a flag without its value", ["decrypt", "--output-type"]],
    [1, "a switch with a value", ["decrypt", "--ignore-mac=maybe", "e.yaml"]],
    [1, "a number that is none", ["--indent", "x", "-d", "e.yaml"]],
    [1, "plain file decrypted", ["-d", "p.yaml"]],
    [1, "no such value", ["-d", "--extract", '["z"]', "e.yaml"]],
    [1, "keys of other kinds", ["encrypt", "--pgp", "ABCD", "p.yaml"]],
    [1, "a command that is not here", ["publish", "p.yaml"]],
    [1, "a recipient that is none", ["encrypt", "--age", "age1x", "p.yaml"]],
    [1, "an unreadable file asked about", ["filestatus", "none.yaml"]],
    [2, "a plain file that is no YAML", ["encrypt", "broken.yaml"]],
    [2, "no file to rotate", ["rotate", "none.yaml"]],
    [4, "no binary file", ["-d", "--output-type", "binary", "e.yaml"]],
    [7, "a path to set", ["set", "e.yaml", "z", "1"]],
    [7, "a value to set", ["set", "e.yaml", '["z"]', "s3cret"]],
    [8, "two places for the result", ["decrypt", "-i", "--output", "x", "e.yaml"]],
    [8, "two selections", ["encrypt", "--encrypted-regex", "x", "--encrypted-suffix", "y", "p.yaml"]],
    [8, "stdin without a name", ["encrypt"]],
    [49, "no file to add keys to", ["rotate", "--add-age", "age1x", "none.yaml"]],
    [91, "a path to extract", ["-d", "--extract", '["b', "e.yaml"]],
    [92, "an empty file", ["encrypt", "empty.yaml"]],
    [2, "a file without a document", ["encrypt", "comment.yaml"]],
    [4, "an indentation below zero", ["--indent", "-1", "-d", "e.yaml"]],
    [49, "no file to add keys to, the old way", ["--rm-age", "age1x", "none.yaml"]],
    [100, "no argument", []],
    [100, "no file", ["decrypt", "none.yaml"]],
    [100, "arguments missing", ["set", "e.yaml", '["a"]']],
    [112, "an order that repeats itself", ["decrypt", "--decryption-order", "age,age", "e.yaml"]],
    [200, "nothing edited", ["edit", "e.yaml"]],
    [203, "an encrypted file encrypted", ["encrypt", "e.yaml"]],
  ])("%i: %s", async (status, _, args) => {
    const home = await encrypted();
    writeFileSync(home.path("broken.yaml"), broken);
    writeFileSync(home.path("empty.yaml"), "");
    writeFileSync(home.path("comment.yaml"), "# only\n\n");
    const ended = await runSops(args, { ...home, env: { ...home.env, EDITOR: "true" } });
    expect(ended.status).toBe(status);
    expect(status === 0 ? ended.stderr : ended.stdout).toBe("");
    expect(ended.stdout + ended.stderr).not.toBe("");
    expect(ended.stderr).not.toContain("s3cret");
  });

  it("25, 51 and 128 for files that do not open", async () => {
    const home = await encrypted();
    const text = readFileSync(home.path("e.yaml"), "utf8");
    writeFileSync(home.path("moved.yaml"), text.replace("\n    c: ", "\n    d: "));
    writeFileSync(home.path("no-mac.yaml"), text.replace(/^ +mac: .*\n/m, ""));
    expect((await runSops(["-d", "moved.yaml"], home)).status).toBe(25);
    expect((await runSops(["-d", "no-mac.yaml"], home)).status).toBe(51);
    expect(await runSops(["-d", "--ignore-mac", "no-mac.yaml"], home)).toMatchObject({ status: 0, stdout: PLAIN });
    const other = await sopsHome();
    expect((await runSops(["-d", home.path("e.yaml")], other)).status).toBe(128);
  });

  it("201 when the editor fails", async () => {
    expect((await runSops(["edit", "e.yaml"], await encrypted())).status).toBe(201);
  });
});

it("changes files in place: set, unset, rotate, edit, decrypt", async () => {
  const home = await encrypted();
  const shown = async () => (await runSops(["-d", "e.yaml"], home)).stdout;
  expect((await runSops(["set", "e.yaml", '["b"]["c"]', '"new"'], home)).status).toBe(0);
  const once = readFileSync(home.path("e.yaml"), "utf8");
  expect((await runSops(["set", "e.yaml", '["b"]["c"]', '"new"'], home)).status).toBe(0);
  expect(readFileSync(home.path("e.yaml"), "utf8")).toBe(once);
  expect(await shown()).toBe(PLAIN.replace("s3cret", "new"));
  expect((await runSops(["set", "--value-stdin", "e.yaml", '["b"]["c"]'], home, '{"d": 1.5}')).status).toBe(0);
  expect(await shown()).toBe(PLAIN.replace("c: s3cret", "c:\n        d: 1.5"));
  expect((await runSops(["unset", "e.yaml", '["b"]["c"]'], home)).status).toBe(0);
  expect(await shown()).toBe(PLAIN.replace("    c: s3cret\n", ""));
  expect((await runSops(["unset", "e.yaml", '["b"]["c"]'], home)).status).toBe(1);
  expect((await runSops(["unset", "--idempotent", "e.yaml", '["b"]["c"]'], home)).status).toBe(0);
  const before = readFileSync(home.path("e.yaml"), "utf8");
  expect((await runSops(["-r", "-i", "e.yaml"], home)).status).toBe(0);
  expect(readFileSync(home.path("e.yaml"), "utf8")).not.toBe(before);
  const edited = await runSops(["e.yaml"], { ...home, env: { ...home.env, EDITOR: "sed -i s/x/z/" } });
  expect(edited).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(await shown()).toBe(PLAIN.replace("    c: s3cret\n", "").replace("- x", "- z"));
  expect((await runSops(["decrypt", "-i", "e.yaml"], home)).status).toBe(0);
  expect(readFileSync(home.path("e.yaml"), "utf8")).toContain("- z");
});

it("writes to another file, which only the owner reads when it is plain", async () => {
  const home = await encrypted();
  await runSops(["decrypt", "--output", "out.yaml", "e.yaml"], home);
  expect(readFileSync(home.path("out.yaml"), "utf8")).toBe(PLAIN);
  expect(statSync(home.path("out.yaml")).mode & 0o777).toBe(0o600);
});

it("names the version of sops it stands for", async () => {
  const { stdout } = await runSops(["--version"], await sopsHome());
  expect(stdout).toMatch(/^sops 3\.13\.3 \(idstack \d+\.\d+\.\d+\)\n$/);
});
