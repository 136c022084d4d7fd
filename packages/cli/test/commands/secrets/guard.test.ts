import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { encrypt, generateIdentity } from "@idstack/sops";
import { describe, expect, it } from "vitest";
import { temporary, write } from "../../support/home.ts";
import { run } from "../../support/run.ts";

const { recipient, identity } = await generateIdentity();
const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: canary\n";
const sealed = await encrypt(secret, { recipients: [recipient], encryptedRegex: "^(data|stringData)$" });
const bin = join(import.meta.dirname, "../../../src/bin.ts");

function repository(files: Readonly<Record<string, string>> = {}) {
  const folder = temporary(files);
  write(folder, ".gitignore", "node_modules\npackage.json\n");
  const env = { ...process.env, HOME: folder, GIT_CONFIG_GLOBAL: join(folder, "none"), GIT_CONFIG_NOSYSTEM: "1" };
  const settings = ["-c", "user.name=Guard", "-c", "user.email=guard@example.com", "-c", "init.defaultBranch=main"];
  const git = (...args: string[]) => execFileSync("git", [...settings, ...args], { cwd: folder, env, stdio: "pipe" });
  const commit = (...args: string[]) =>
    spawnSync("git", [...settings, "commit", ...args, "-m", "x"], { cwd: folder, env, encoding: "utf8" });
  git("init", "--quiet");
  return { folder, git, commit };
}

it("reports findings of a folder with place, code and help, and never the secret", async () => {
  const folder = temporary({ "db.yaml": secret, "key.txt": `\n${identity}\n`, "ok.yaml": sealed });
  const { status, stdout, stderr } = await run(["secrets", "guard"], folder);
  expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
  expect(stdout).toMatch(
    /^db\.yaml:5:13 error sops\/plain-secret: Secret db holds stringData\.password in plaintext\n/,
  );
  expect(stdout).toContain(
    "key.txt:2:1 error sops/private-key: the file holds an age private key\n  Treat it as leaked",
  );
  expect(stdout).toMatch(/\n\n4 files: 2 errors, 0 warnings\n$/);
  expect(stdout).not.toMatch(/canary|AGE-SECRET/);
});

it("judges files by name, and says so when nothing is wrong", async () => {
  const folder = temporary({ "db.yaml": secret, "sub/ok.yaml": sealed });
  expect(await run(["secrets", "guard", "sub/ok.yaml", "sub"], folder)).toEqual({
    status: 0,
    stdout: "1 file: 0 errors, 0 warnings\n",
    stderr: "",
  });
  const { status, stdout } = await run(["secrets", "guard", "../db.yaml", "--json"], join(folder, "sub"));
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    checked: 1,
    findings: [
      { code: "sops/plain-secret", severity: "error", file: "../db.yaml", line: 5, path: "stringData.password" },
    ],
  });
});

it("fails for warnings only when it is strict", async () => {
  const folder = temporary({ ".sops.yaml": `creation_rules:\n  - age: ${recipient}\nunknown: 1\n` });
  expect((await run(["secrets", "guard"], folder)).status).toBe(0);
  expect((await run(["secrets", "guard", "--strict"], folder)).status).toBe(1);
});

it("exits with 2 for what is not there", async () => {
  const folder = temporary();
  expect(await run(["secrets", "guard", "nowhere"], folder)).toMatchObject({
    status: 2,
    stderr: "idstack: there is no file or folder nowhere\n",
  });
  const outside = await run(["secrets", "guard", "--staged", "--json"], folder);
  expect(outside.status).toBe(2);
  expect(JSON.parse(outside.stdout).error).toMatchObject({ code: "program-failed" });
});

describe("a pre-commit hook", () => {
  const hooks: Readonly<Record<string, string>> = {
    "in .git/hooks": ".git/hooks/pre-commit",
    "as husky keeps it": ".husky/pre-commit",
  };
  it.each(Object.entries(hooks))("%s judges the staged blob, not the work tree", async (_, path) => {
    const { folder, git, commit } = repository({ ".sops.yaml": `creation_rules: [{age: ${recipient}}]\n` });
    const command = `"${process.execPath}" --conditions=@idstack/source "${bin}" secrets guard --staged`;
    write(folder, path, `#!/bin/sh\nexec ${command}\n`);
    chmodSync(join(folder, path), 0o755);
    if (path.startsWith(".husky")) git("config", "core.hooksPath", ".husky");
    git("add", ".sops.yaml");
    expect(commit()).toMatchObject({ status: 0 });
    const before = git("rev-parse", "HEAD").toString();

    // Encrypted in the work tree, plaintext in the index.
    write(folder, "db.yaml", secret);
    git("add", "db.yaml");
    write(folder, "db.yaml", sealed);
    const refused = commit();
    expect(refused.status).toBe(1);
    expect(refused.stdout + refused.stderr).toContain("db.yaml:5:13 error sops/plain-secret");
    expect(refused.stdout + refused.stderr).not.toContain("canary");
    expect(git("rev-parse", "HEAD").toString()).toBe(before);

    // Plaintext in the work tree, encrypted in the index.
    git("add", "db.yaml");
    write(folder, "db.yaml", secret);
    expect(commit()).toMatchObject({ status: 0 });
    expect(git("show", "HEAD:db.yaml").toString()).toBe(sealed);

    // `commit -a` gives the hook an index of its own.
    const all = commit("-a");
    expect(all.status).toBe(1);
    expect(all.stdout + all.stderr).toContain("db.yaml:5:13 error sops/plain-secret");
  });
});
