import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, readMetadata } from "@idstack/sops";
import { describe, expect, it } from "vitest";
import { run } from "../../support/run.ts";
import { runSops, type SopsHome, sopsHome } from "../../support/sops.ts";

const PLAIN = "# top\n\nuser: 'web'   # who\ntoken: s3cret\n";

const secrets = (home: SopsHome, args: readonly string[], input?: string) =>
  run(["secrets", ...args], home.folder, { env: home.env, ...(input === undefined ? {} : { input }) });

async function tree(): Promise<SopsHome> {
  const home = await sopsHome({ "a.yaml": PLAIN, "apps/b.json": '{"token": "s3cret"}', "apps/note.txt": "plain\n" });
  for (const file of ["a.yaml", "apps/b.json"]) {
    expect(await secrets(home, ["encrypt", "-i", file])).toEqual({ status: 0, stdout: "", stderr: "" });
  }
  return home;
}

const recipients = (home: SopsHome, file: string) =>
  readMetadata(readFileSync(home.path(file), "utf8"), { file }).age.map(({ recipient }) => recipient);

it("--help of every command has examples and exit statuses", async () => {
  const home = await sopsHome();
  const { stdout } = await secrets(home, ["--help"]);
  const names = [...stdout.matchAll(/^ {2}([a-z-]+) (?:\[options\]|<)/gm)].map(([, name = ""]) => name);
  expect(names).toEqual(expect.arrayContaining(["keygen", "encrypt", "decrypt", "edit", "set", "unset", "rotate"]));
  expect(names).toEqual(expect.arrayContaining(["updatekeys", "report", "filestatus"]));
  for (const name of names) {
    const help = (await secrets(home, [name, "--help"])).stdout;
    expect(help).toMatch(/^Examples:\n {2}\S/m);
    expect(help).toMatch(/^Exit status/m);
    for (const line of help.slice(help.indexOf("Examples:")).split("\n")) expect(line.length).toBeLessThan(126);
  }
});

describe("decrypt and encrypt", () => {
  it("print the layout of sops, or that of the source", async () => {
    const home = await sopsHome({ "p.yaml": PLAIN });
    expect((await secrets(home, ["encrypt", "-i", "--emit", "source", "p.yaml"])).status).toBe(0);
    expect((await secrets(home, ["decrypt", "--emit", "source", "p.yaml"])).stdout).toBe(PLAIN.replace("'web'", "web"));
    expect((await secrets(home, ["decrypt", "p.yaml"])).stdout).toBe((await runSops(["-d", "p.yaml"], home)).stdout);
    const { stdout } = await secrets(home, ["encrypt", "--filename-override", "x.yaml", "-"], PLAIN);
    const formats = ["--input-type", "yaml", "--output-type", "yaml"];
    expect((await secrets(home, ["decrypt", ...formats, "-"], stdout)).stdout).toContain("token: s3cret\n");
    expect(stdout).toMatch(/^#ENC\[.*\n\n?user: ENC\[/);
  });

  it("take the rule above the file, wherever they run", async () => {
    const home = await sopsHome({ "apps/p.yaml": "a: 1\n" });
    const outside = { ...home, folder: join(home.folder, "elsewhere") };
    mkdirSync(outside.folder);
    const other = await generateIdentity();
    writeFileSync(join(outside.folder, ".sops.yaml"), `creation_rules: [{age: ${other.recipient}}]\n`);
    const { status, stderr } = await secrets(outside, ["encrypt", "-i", "../apps/p.yaml"]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^note: from the file's folder .*\.sops\.yaml.*; sops, run in .* uses .*elsewhere/);
    expect(recipients(home, "apps/p.yaml")).toEqual([home.recipient]);
    writeFileSync(home.path("apps/p.yaml"), "a: 1\n");
    await runSops(["encrypt", "-i", "../apps/p.yaml"], outside);
    expect(recipients(home, "apps/p.yaml")).toEqual([other.recipient]);
  });

  it("--age needs no rule, where sops insists on one", async () => {
    const home = await sopsHome({ ".sops.yaml": "creation_rules: [{path_regex: ^no$, age: x}]\n", "p.yaml": "a: 1\n" });
    const args = ["encrypt", "--age", home.recipient, "p.yaml"];
    expect(await secrets(home, args)).toMatchObject({ status: 0, stderr: "" });
    expect((await runSops(args, home)).status).toBe(1);
    const variable = { ...home, env: { ...home.env, SOPS_AGE_RECIPIENTS: home.recipient } };
    expect((await secrets(variable, ["encrypt", "p.yaml"])).status).toBe(0);
    expect((await secrets(home, ["encrypt", "p.yaml"])).status).toBe(1);
  });

  it("select values by flags", async () => {
    const home = await sopsHome({ "p.yaml": "# open\na: 1\nb_x: 2\n" });
    const encrypted = async (...flags: string[]) =>
      (await secrets(home, ["encrypt", ...flags, "p.yaml"])).stdout
        .match(/^\S+: ENC/gm)
        ?.map((line) => line.slice(0, 1));
    expect(await encrypted("--encrypted-regex", "^a$")).toEqual(["a"]);
    expect(await encrypted("--unencrypted-regex", "^a$")).toEqual(["b"]);
    expect(await encrypted("--encrypted-suffix", "_x")).toEqual(["b"]);
    expect(await encrypted("--unencrypted-suffix", "_x")).toEqual(["a"]);
    expect(await encrypted("--unencrypted-comment-regex", "^ open$")).toEqual(["b"]);
    expect(await encrypted("--encrypted-comment-regex", "^ open$")).toEqual(["a"]);
    const { stdout } = await secrets(home, ["encrypt", "--mac-only-encrypted", "p.yaml"]);
    expect(stdout).toMatch(/^ +mac_only_encrypted: true$/m);
  });

  it("a failure is one JSON document with --json, where there is one", async () => {
    const home = await sopsHome();
    const { status, stdout, stderr } = await secrets(home, ["filestatus", "--json", "none.yaml"]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(JSON.parse(stdout).error.message).toContain("none.yaml");
  });

  it("wrong usage is 2, as everywhere in idstack", async () => {
    const home = await sopsHome();
    expect(await secrets(home, ["decrypt", "--nope"])).toMatchObject({ status: 2, stdout: "" });
    expect(await secrets(home, ["decrypt", "--output-type", "toml", "x.yaml"])).toMatchObject({ status: 100 });
  });
});

describe("edit", () => {
  const editor = (home: SopsHome, script: string): SopsHome => {
    writeFileSync(home.path("editor.sh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { ...home, env: { ...home.env, EDITOR: `"${home.path("editor.sh")}" --wait` } };
  };

  it("changes only the lines of what was edited", async () => {
    const home = await tree();
    const before = readFileSync(home.path("a.yaml"), "utf8").split("\n");
    const { status, stderr } = await secrets(editor(home, 'sed -i s/s3cret/n3w/ "$2"'), ["edit", "a.yaml"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const after = readFileSync(home.path("a.yaml"), "utf8").split("\n");
    const changed = before.filter((line, index) => line !== after[index]).map((line) => line.trim().split(":")[0]);
    expect(changed.filter((name) => name !== "lastmodified")).toEqual(["token", "mac"]);
    expect((await secrets(home, ["decrypt", "a.yaml"])).stdout).toContain("token: n3w");
  });

  it("shows the file to its owner alone, under its own name, and leaves nothing behind", async () => {
    const home = await tree();
    const note = home.path("seen");
    const script = `stat -c '%a %n' "$2" > "${note}"; stat -c %a "$(dirname "$2")" >> "${note}"; cp "$2" "${note}.copy"`;
    expect((await secrets(editor(home, script), ["edit", "a.yaml"])).status).toBe(200);
    const [file = "", folder] = readFileSync(note, "utf8").split("\n");
    expect(file).toMatch(/^600 \/.*\/a\.yaml$/);
    expect(folder).toBe("700");
    expect(existsSync(file.slice(4))).toBe(false);
    expect(readFileSync(`${note}.copy`, "utf8")).toContain("s3cret");
  });

  it("asks again when the text cannot be encrypted", async () => {
    const home = await tree();
    const script = `if grep -q '\\[' "$2"; then echo 'a: 2' > "$2"; else echo 'a: [s3cret' > "$2"; fi`;
    const { status, stderr } = await secrets(editor(home, script), ["edit", "a.yaml"], "\n");
    expect(status).toBe(0);
    expect(stderr).toContain("Press Enter");
    expect(stderr).not.toContain("s3cret");
    expect((await secrets(home, ["decrypt", "a.yaml"])).stdout).toBe("a: 2\n");
    const before = readFileSync(home.path("a.yaml"), "utf8");
    const stuck = await secrets(editor(home, 'echo "a: [" >> "$2"'), ["edit", "a.yaml"], "");
    expect(stuck.status).toBe(2);
    expect(readFileSync(home.path("a.yaml"), "utf8")).toBe(before);
  });

  it.each([
    ["empties", ': > "$2"', 92, "the file is empty"],
    ["leaves only comments of", 'echo "# all gone" > "$2"', 2, "no document"],
    ["removes", 'rm "$2"', 2, "cannot be read (ENOENT)"],
  ])("keeps the file as it was when the editor %s it", async (_, script, status, message) => {
    const home = await tree();
    const before = readFileSync(home.path("a.yaml"), "utf8");
    const ended = await secrets(editor(home, script), ["edit", "a.yaml"], "");
    expect(ended).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
    expect(ended.stderr).not.toMatch(/\n +at |report it/);
    expect(readFileSync(home.path("a.yaml"), "utf8")).toBe(before);
  });

  it("makes new files, by the rule", async () => {
    const home = await sopsHome();
    for (const name of ["new.yaml", "new.json", "new.env", "new.ini", "new.txt"]) {
      const script = `grep -q . "$2" && echo '${name.endsWith("json") ? "{}" : name.endsWith("ini") ? "[a]" : name.endsWith("yaml") ? "a: 1" : "#x"}' > "$2"`;
      expect(await secrets(editor(home, script), ["edit", name])).toMatchObject({ status: 0, stderr: "" });
      expect((await secrets(home, ["filestatus", name])).stdout).toBe('{"encrypted":true}\n');
    }
    expect((await secrets(editor(home, "true"), ["edit", "other.yaml"])).status).toBe(200);
    expect(existsSync(home.path("other.yaml"))).toBe(false);
  });

  it("keeps what was typed, encrypted, when somebody else wrote the file meanwhile", async () => {
    const home = await tree();
    const script = `echo 'a: 2' > "$2"; echo theirs > "${home.path("a.yaml")}"`;
    const { status, stderr } = await secrets(editor(home, script), ["edit", "a.yaml"]);
    expect(status).toBe(3);
    expect(readFileSync(home.path("a.yaml"), "utf8")).toBe("theirs\n");
    const kept = readdirSync(home.folder).find((name) => name.startsWith("a.yaml.edited-")) ?? "";
    expect(stderr).toContain(kept);
    expect((await secrets(home, ["decrypt", "--input-type", "yaml", "--output-type", "yaml", kept])).stdout).toBe(
      "a: 2\n",
    );
  });

  it("201 without an editor", async () => {
    const home = await tree();
    const bare = { ...home, env: { ...home.env, PATH: "", EDITOR: "" } };
    expect(await secrets(bare, ["edit", "a.yaml"])).toMatchObject({ status: 201, stdout: "" });
  });
});

describe("updatekeys", () => {
  async function extended(): Promise<SopsHome & { readonly added: string }> {
    const home = await tree();
    const added = (await generateIdentity()).recipient;
    writeFileSync(home.path(".sops.yaml"), `creation_rules: [{age: [${home.recipient}, ${added}]}]\n`);
    return { ...home, added };
  }

  it("asks once for a folder, and does what the answer says", async () => {
    const home = await extended();
    const no = await secrets(home, ["updatekeys", "."], "n\n");
    expect(no).toMatchObject({ status: 0, stderr: "nothing was changed\n" });
    expect(no.stdout).toBe(
      `a.yaml:\nGroup 1\n    ${home.recipient}\n+++ ${home.added}\n` +
        `apps/b.json:\nGroup 1\n    ${home.recipient}\n+++ ${home.added}\nIs this okay? (y/n):`,
    );
    expect((await secrets(home, ["updatekeys", "."], "")).status).toBe(1);
    expect(recipients(home, "a.yaml")).toEqual([home.recipient]);
    const yes = await secrets(home, ["updatekeys", "."], "what\ny\n");
    expect(yes.status).toBe(0);
    expect(recipients(home, "apps/b.json")).toEqual([home.recipient, home.added]);
    const again = await secrets(home, ["updatekeys", "-y", "."]);
    expect(again).toEqual({ status: 0, stdout: "", stderr: "a.yaml is up to date\napps/b.json is up to date\n" });
  });

  it("--json is a plan, with -y what was done", async () => {
    const home = await extended();
    const plan = JSON.parse((await secrets(home, ["updatekeys", "--json", "."])).stdout);
    const update = { add: [home.added], remove: [], regrouped: false };
    expect(plan).toEqual({
      updates: [
        { file: "a.yaml", ...update },
        { file: "apps/b.json", ...update },
      ],
      unchanged: [],
      written: [],
      failed: [],
    });
    const done = JSON.parse((await secrets(home, ["updatekeys", "--json", "-y", "a.yaml"])).stdout);
    expect(done.written).toEqual(["a.yaml"]);
  });

  it("as sops: one file after the other, from the folder it runs in", async () => {
    const home = await extended();
    const { status, stdout } = await runSops(["updatekeys", "a.yaml", "apps/b.json"], home, "y\nn\n");
    expect(status).toBe(0);
    expect(stdout.match(/Is this okay/g)).toHaveLength(2);
    expect(recipients(home, "a.yaml")).toHaveLength(2);
    expect(recipients(home, "apps/b.json")).toHaveLength(1);
    expect((await runSops(["updatekeys", "-y", "apps"], home)).status).toBe(1);
    expect((await runSops(["updatekeys", "-y"], home)).status).toBe(100);
    expect((await runSops(["updatekeys", "-y", "apps/note.txt"], home)).status).toBe(1);
  });
});

describe("rotate", () => {
  it("a folder, in place", async () => {
    const home = await tree();
    const before = readFileSync(home.path("apps/b.json"), "utf8");
    expect((await secrets(home, ["rotate", "."])).status).toBe(8);
    const { status, stdout } = await secrets(home, ["rotate", "-i", "--json", "."]);
    expect({ status, ...JSON.parse(stdout) }).toEqual({ status: 0, rotated: ["a.yaml", "apps/b.json"], failed: [] });
    expect(readFileSync(home.path("apps/b.json"), "utf8")).not.toBe(before);
    const other = await sopsHome();
    const failed = await secrets({ ...home, env: other.env }, ["rotate", "-i", "."]);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("0 of 2 files");
  });

  it("adds and removes recipients", async () => {
    const home = await tree();
    const added = (await generateIdentity()).recipient;
    await secrets(home, ["rotate", "-i", "--add-age", added, "a.yaml"]);
    expect(recipients(home, "a.yaml")).toEqual([home.recipient, added]);
    await secrets(home, ["rotate", "-i", "--rm-age", added, "a.yaml"]);
    expect(recipients(home, "a.yaml")).toEqual([home.recipient]);
    expect((await secrets(home, ["rotate", "-i", "--rm-age", added, "a.yaml"])).status).toBe(1);
    expect((await runSops(["rotate", "-i", "--rm-age", added, "a.yaml"], home)).status).toBe(0);
  });
});

it("a rotation of a folder that was interrupted goes on with the files that are left", async () => {
  const home = await tree();
  const former = (await generateIdentity()).recipient;
  await secrets(home, ["rotate", "-i", "--add-age", former, "."]);
  await secrets(home, ["rotate", "-i", "--rm-age", former, "a.yaml"]);
  const done = readFileSync(home.path("a.yaml"), "utf8");
  const { status, stderr } = await secrets(home, ["rotate", "-i", "--rm-age", former, "."]);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: "1 of 2 files have new data keys; 1 had these recipients already\n",
  });
  expect(readFileSync(home.path("a.yaml"), "utf8")).toBe(done);
  expect(recipients(home, "apps/b.json")).toEqual([home.recipient]);
  expect((await secrets(home, ["rotate", "-i", "--rm-age", former, "."])).stderr).toMatch(/^0 of 2 .*; 2 had/);
});

describe("report", () => {
  it("tells which keys open what, and what a loss would mean", async () => {
    const home = await tree();
    const { status, stdout } = await secrets(home, ["report", "--lost", home.recipient]);
    expect(status).toBe(0);
    expect(stdout).toContain(`for ${home.recipient}:\n  a.yaml\n  apps/b.json\n`);
    expect(stdout).toContain("Without these keys 2 files cannot be opened any more:\n  a.yaml\n  apps/b.json\n");
    expect(stdout).toContain("If they were stolen, change the secrets of 2 files");
    expect(stdout).toMatch(/\n2 files, 1 key\n$/);
    expect((await secrets(home, ["report", "--strict"])).status).toBe(1);
  });

  it("says so when a lost key is a key of no file: it may be mistyped", async () => {
    const home = await tree();
    const { status, stderr } = await secrets(home, ["report", "--lost", `age1x,${home.recipient}`]);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: "age1x is a key of no file here: is it written right?\n",
    });
  });

  it("as JSON", async () => {
    const home = await tree();
    const { stdout } = await secrets(home, ["report", "--json", "--offline", "age1x", "apps"]);
    const found = JSON.parse(stdout);
    expect(found.recipients).toEqual({ [home.recipient]: ["apps/b.json"] });
    expect(found.diagnostics.map(({ code }: { code: string }) => code)).toContain("sops/no-offline-recipient");
    expect((await secrets(home, ["report", "nowhere"])).status).toBe(2);
  });
});
