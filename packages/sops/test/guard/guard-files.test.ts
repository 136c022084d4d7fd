import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { generateIdentity, guardFiles } from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";
import { repository } from "./repository.ts";

/** Each test starts git many times. */
vi.setConfig({ testTimeout: 60_000 });

const { recipient, identity } = await generateIdentity();
const config = `creation_rules:\n  - path_regex: ^secrets/\n    age: ${recipient}\n`;

async function found(cwd: string, paths: readonly string[], ignore: readonly string[] = []) {
  const { checked, diagnostics } = await guardFiles({ cwd, paths, ignore });
  return [checked, ...diagnostics.map(({ code, file, line }) => `${code.replace("sops/", "")} ${file}:${line}`)];
}

function tree() {
  const repo = repository();
  repo.write(".sops.yaml", config);
  repo.write("secrets/a.yaml", "a: 1\n");
  repo.write("app/b.yaml", "b: 1\n");
  repo.write("app/key.txt", identity);
  repo.write("node_modules/x/key.txt", identity);
  return repo;
}

test("files by name, with the rules above them", async () => {
  const { folder } = tree();
  expect(await found(folder, ["secrets/a.yaml", "app/b.yaml"])).toEqual([2, "not-encrypted secrets/a.yaml:1"]);
  expect(await found(join(folder, "secrets"), ["a.yaml"])).toEqual([1, "not-encrypted a.yaml:1"]);
  expect(await found(join(folder, "app"), ["../secrets/a.yaml"])).toEqual([1, "not-encrypted ../secrets/a.yaml:1"]);
  expect(await found("/", [join(folder, "app/key.txt")])).toEqual([1, `private-key ${folder.slice(1)}/app/key.txt:1`]);
});

test("folders: what git would take, once, without links", async () => {
  const repo = tree();
  repo.write(".gitignore", "/app/key.txt\nnode_modules\n");
  symlinkSync(join(repo.folder, "app/key.txt"), join(repo.folder, "link.txt"));
  repo.add("gone.yaml", "a: 1\n");
  repo.git("mv", "gone.yaml", "gone-too.yaml");
  expect(await found(repo.folder, [".", "secrets"])).toEqual([5, "not-encrypted secrets/a.yaml:1"]);
  // Named, it is meant.
  expect(await found(repo.folder, ["app/key.txt"])).toEqual([1, "private-key app/key.txt:1"]);
  expect(await found(repo.folder, ["node_modules"])).toEqual([1, "private-key node_modules/x/key.txt:1"]);
});

test("folders outside a repository", async () => {
  const repo = tree();
  repo.git("init", "--quiet", "--separate-git-dir", temporaryFolder());
  rmSync(join(repo.folder, ".git"));
  expect(await found(repo.folder, ["."])).toEqual([4, "private-key app/key.txt:1", "not-encrypted secrets/a.yaml:1"]);
});

test("paths to leave alone, given or in an ignore file of any folder", async () => {
  const repo = tree();
  expect(await found(repo.folder, ["app"], ["/app/key.txt"])).toEqual([2]);
  expect(await found(join(repo.folder, "app"), ["."], ["app/key.txt"])).toEqual([2, "private-key key.txt:1"]);
  repo.write("app/.idstackguardignore", "# of tests\nkey.*\n");
  expect(await found(repo.folder, ["app/key.txt"])).toEqual([1]);
});

test("what cannot be read is no clean bill", async () => {
  const { folder } = tree();
  await expect(guardFiles({ cwd: folder, paths: ["nowhere.yaml"] })).rejects.toMatchObject({
    code: "read-failed",
    file: "nowhere.yaml",
  });
});

test("what a killed write has left, in a folder and by name", async () => {
  const repo = repository();
  const name = ".notes.txt.01234567-89-abcdef01.tmp";
  repo.write(name, "correct horse\n");
  expect(await found(repo.folder, ["."])).toEqual([1, `leftover ${name}:1`]);
  expect(await found(repo.folder, [name])).toEqual([1, `leftover ${name}:1`]);
});
