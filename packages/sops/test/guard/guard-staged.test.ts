import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { encrypt, generateIdentity, guardStaged } from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";
import { type Repository, repository } from "./repository.ts";

/** Each test starts git many times. */
vi.setConfig({ testTimeout: 60_000 });

const { recipient, identity } = await generateIdentity();
const secret = (value: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: ${value}\n`;
const sealed = await encrypt(secret("canary"), { recipients: [recipient], encryptedRegex: "^(data|stringData)$" });
const config = `creation_rules:\n  - path_regex: ^secrets/\n    age: ${recipient}\n    encrypted_regex: ^(data|stringData)$\n`;

let repo: Repository;
const found = async (cwd = repo.folder, paths?: string[]) => {
  const { checked, diagnostics } = await guardStaged({ cwd, paths });
  return [checked, ...diagnostics.map(({ code, file, line }) => `${code.replace("sops/", "")} ${file}:${line}`)];
};
const commit = () => repo.git("commit", "--quiet", "--no-verify", "-m", "x");

describe.each(["the first commit", "a later one"])("%s", (which) => {
  beforeAll(() => {
    repo = repository();
    if (which === "the first commit") return;
    repo.add("old.yaml", secret("committed-long-ago"));
    commit();
  });

  test("nothing staged", async () => {
    expect(await found()).toEqual([0]);
  });

  test("the index is judged, whatever the work tree holds", async () => {
    repo.add("db.yaml", secret("canary"));
    repo.write("db.yaml", sealed);
    expect(await found()).toEqual([1, "plain-secret db.yaml:5"]);
    repo.git("add", "db.yaml");
    repo.write("db.yaml", secret("canary"));
    expect(await found()).toEqual([1]);
    rmSync(join(repo.folder, "db.yaml"));
    expect(await found()).toEqual([1]);
  });

  test("the rules of the index hold, whatever the work tree holds", async () => {
    repo.add(".sops.yaml", config);
    repo.add("secrets/api.yaml", secret('""').replace('""', "canary"));
    repo.write(".sops.yaml", "creation_rules: []\n");
    expect(await found()).toEqual([3, "not-encrypted secrets/api.yaml:1", "plain-secret secrets/api.yaml:5"]);
    commit();
    repo.add("secrets/new.env", "A=1\n");
    expect(await found()).toEqual([1]);
    repo.add("secrets/raw.txt", "canary\n");
    expect(await found()).toEqual([2, "not-encrypted secrets/raw.txt:1"]);
  });

  test("a defect of an unchanged .sops.yaml is not this commit's", async () => {
    repo.add("sub/.sops.yaml", "creation_rules:\n  - age: age1xxxxxxxx\n");
    expect((await found()).slice(1)).toContain("config-invalid-recipient sub/.sops.yaml:2");
    commit();
    repo.add("sub/a.yaml", "a: 1\n");
    expect(await found()).toEqual([1]);
  });

  test("renames, names of all kinds, and only announced files", async () => {
    commit();
    repo.add("plain.txt", `x\n${identity}\n`);
    commit();
    repo.git("mv", "plain.txt", "ä b\nc.txt");
    repo.write("announced.txt", identity);
    repo.git("add", "--intent-to-add", "announced.txt");
    expect(await found()).toEqual([1, "private-key ä b\nc.txt:2"]);
    repo.git("rm", "--quiet", "--cached", "announced.txt");
    repo.git("rm", "--quiet", "--force", "ä b\nc.txt");
    expect(await found()).toEqual([0]);
  });

  test("links, submodules and binary files", async () => {
    symlinkSync(identity, join(repo.folder, "link"));
    repo.git("add", "link");
    repo.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
    repo.add("image.png", Buffer.concat([Buffer.from([0x89, 0]), Buffer.from(identity)]));
    repo.add("secrets/store.p12", Buffer.from([0, 1, 2]));
    repo.add("key.txt", Buffer.from(`\ufeff${identity}\r\n`, "utf16le"));
    expect(await found()).toEqual([3, "private-key key.txt:1", "not-encrypted secrets/store.p12:1"]);
  });

  test("from a folder below, and only what is named", async () => {
    mkdirSync(join(repo.folder, "deep", "er"), { recursive: true });
    repo.add("deep/er/k.txt", identity);
    expect(await found(join(repo.folder, "deep"), ["er"])).toEqual([1, "private-key er/k.txt:1"]);
    expect((await found(join(repo.folder, "deep"))).slice(1)).toContain("private-key ../key.txt:1");
    expect(await found(join(repo.folder, "deep"), ["*"])).toEqual([0]);
  });

  test("an ignore file counts when it is in the index", async () => {
    commit();
    repo.add("testdata/k.txt", identity);
    repo.write(".idstackguardignore", "testdata/\n");
    expect(await found()).toEqual([1, "private-key testdata/k.txt:1"]);
    repo.git("add", ".idstackguardignore");
    expect(await found()).toEqual([2]);
    const ignored = await guardStaged({ cwd: repo.folder, ignore: ["*.txt"] });
    expect(ignored.diagnostics).toEqual([]);
  });
});

test("a merge that is not resolved", async () => {
  repo = repository();
  repo.add("a.yaml", "a: 1\n");
  commit();
  repo.git("checkout", "--quiet", "-b", "other");
  repo.add("a.yaml", "a: 2\n");
  commit();
  repo.git("checkout", "--quiet", "main");
  repo.add("a.yaml", "a: 3\n");
  commit();
  expect(() => repo.git("merge", "other")).toThrow();
  expect(await found()).toEqual([1, "merge-conflict a.yaml:1"]);
  repo.git("add", "a.yaml");
  expect(await found()).toEqual([1, "merge-conflict a.yaml:1"]);
  expect((await guardStaged({ cwd: repo.folder })).diagnostics[0]?.message).toMatch(
    /^a merge is not resolved: the file/,
  );
});

test("an index other than the usual one, as git commit -a gives hooks", async () => {
  repo = repository();
  repo.add("a.txt", "a\n");
  commit();
  repo.git("read-tree", "HEAD", "--index-output=.git/other");
  repo.add("a.txt", identity);
  vi.stubEnv("GIT_INDEX_FILE", join(repo.folder, ".git", "other"));
  expect(await found()).toEqual([0]);
  vi.unstubAllEnvs();
  expect(await found()).toEqual([1, "private-key a.txt:1"]);
});

test("outside a repository", async () => {
  const cwd = temporaryFolder();
  await expect(guardStaged({ cwd })).rejects.toMatchObject({ name: "SopsError", code: "program-failed" });
  await expect(guardStaged({ cwd: join(cwd, "nowhere") })).rejects.toMatchObject({ code: "program-not-found" });
});

test("what a killed write has left beside a file that no rule names", async () => {
  repo = repository();
  const name = ".notes.txt.01234567-89-abcdef01.tmp";
  repo.write(name, "canary\n");
  repo.git("add", ".");
  rmSync(join(repo.folder, name));
  expect(await found()).toEqual([1, `leftover ${name}:1`]);
});
