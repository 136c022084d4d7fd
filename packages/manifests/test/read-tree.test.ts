import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTree } from "../src/index.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "idstack-read-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
const object = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

test("reads manifests in the order of their paths, and every text file", async () => {
  await write("b/two.yml", object("two"));
  await write("b.yaml", object("one"));
  await write("a/deep/three.json", JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "three" } }));
  await write("README.md", "# hello\n");
  await write(".sops.yaml", "creation_rules: []\n");
  await write("tsconfig.json", "{ // comment\n}\n");
  await write("logo.png", new Uint8Array([137, 80, 78, 71, 0, 1]));
  await write("node_modules/x/x.yaml", object("hidden"));
  await write(".git/x.yaml", object("hidden"));
  const { documents, files, diagnostics, skipped } = await readTree(root);
  expect(documents.map(({ file, object }) => [file, object.metadata?.name])).toEqual([
    ["a/deep/three.json", "three"],
    ["b.yaml", "one"],
    ["b/two.yml", "two"],
  ]);
  expect(files.map(({ path }) => path)).toEqual([
    ".sops.yaml",
    "README.md",
    "a/deep/three.json",
    "b.yaml",
    "b/two.yml",
    "tsconfig.json",
  ]);
  expect(skipped.map(({ file }) => file)).toEqual([".sops.yaml", "tsconfig.json"]);
  expect(diagnostics).toEqual([]);
});

test("never follows links, and reports those that lead out", async () => {
  const outside = await mkdtemp(join(tmpdir(), "idstack-outside-"));
  await writeFile(join(outside, "x.yaml"), object("outside"));
  await write("in.yaml", object("in"));
  await symlink(outside, join(root, "folder"));
  await symlink(join(outside, "x.yaml"), join(root, "file.yaml"));
  await symlink("in.yaml", join(root, "again.yaml"));
  await symlink(".", join(root, "loop"));
  await symlink("circle.yaml", join(root, "circle.yaml"));
  await symlink("nowhere.yaml", join(root, "broken.yaml"));
  const { documents, diagnostics } = await readTree(root);
  await rm(outside, { recursive: true });
  expect(documents.map(({ file }) => file)).toEqual(["in.yaml"]);
  expect(diagnostics.map(({ code, file }) => [code, file])).toEqual([
    ["unreadable-file", "broken.yaml"],
    ["unreadable-file", "circle.yaml"],
    ["unreadable-file", "file.yaml"],
    ["unreadable-file", "folder"],
  ]);
});

test("reports a manifest that is no UTF-8", async () => {
  await write("latin1.yaml", new Uint8Array([0x61, 0x3a, 0x20, 0xe9, 0x0a]));
  expect((await readTree(root)).diagnostics).toMatchObject([
    { code: "unreadable-file", file: "latin1.yaml", severity: "error" },
  ]);
});

// A name that is no UTF-8 can be listed but not opened, by root neither; other systems refuse such names.
test.skipIf(process.platform !== "linux")("reports manifests and folders that cannot be read", async () => {
  const odd = (name: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xe9]), Buffer.from(name)]);
  await write("a.yaml", object("a"));
  await writeFile(odd(".yaml"), object("b"));
  await writeFile(odd(".txt"), "x");
  await mkdir(odd("folder"));
  const { documents, diagnostics } = await readTree(root);
  expect(documents.map(({ file }) => file)).toEqual(["a.yaml"]);
  expect(diagnostics.map(({ code, severity, file, message }) => [code, severity, file, message])).toEqual([
    ["unreadable-file", "error", "\ufffdfolder", "this cannot be read (ENOENT)"],
    ["unreadable-file", "error", "\ufffd.yaml", "this cannot be read (ENOENT)"],
  ]);
});

test("files that a kustomization lists as patches are patches", async () => {
  await write(
    "app/kustomization.yaml",
    "resources: [web.yaml]\npatches:\n  - path: patches/web.yaml\n  - patch: |\n      a: b\npatchesStrategicMerge: [old.yaml]\n",
  );
  await write("app/web.yaml", object("web"));
  await write("app/patches/web.yaml", object("patched"));
  await write("app/old.yaml", object("old"));
  const { documents, patches } = await readTree(root);
  expect(documents.map(({ file }) => file)).toEqual(["app/web.yaml"]);
  expect(patches.map(({ file, patch }) => [file, patch])).toEqual([
    ["app/old.yaml", true],
    ["app/patches/web.yaml", true],
  ]);
});

test("a folder that does not exist is an error of the caller", async () => {
  await expect(readTree(join(root, "nowhere"))).rejects.toMatchObject({ code: "ENOENT" });
});
