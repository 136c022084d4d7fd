import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ExtraFile, type KubeObject, ManifestError, planTree, type TreePlan, writeTree } from "../../src/index.ts";

let base: string;
let root: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "idstack-tree-"));
  root = join(base, "rendered");
});
afterEach(() => rm(base, { recursive: true, force: true }));

const configMap = (name: string, value = "1"): KubeObject =>
  Object.assign({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "apps" } }, { data: { value } });
const plan = (names: string[], files: ExtraFile[] = []) =>
  planTree(
    names.map((name) => configMap(name)),
    { files },
  );
const file = (name: string) => `apps/configmap-${name}.yaml`;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof ManifestError ? error.code : String(error)),
  );
const put = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
/** Every file below the root with its text. */
async function snapshot(): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.sort().map(async (path) => [path.slice(root.length + 1), await readFile(path, "utf8")])),
  );
}

describe("writing", () => {
  test("writes, then leaves everything as it is", async () => {
    const first = await writeTree(root, plan(["a", "b"]));
    expect(first).toMatchObject({ written: [file("a"), file("b")], unchanged: [], removed: [], departed: [] });
    const before = await snapshot();
    expect(Object.keys(before)).toEqual([".idstack/tree.json", file("a"), file("b")]);
    const times = async () =>
      Promise.all(Object.keys(before).map(async (path) => (await stat(join(root, path))).mtimeMs));
    const written = await times();
    expect(await writeTree(root, plan(["b", "a"]))).toEqual({
      written: [],
      unchanged: [file("a"), file("b")],
      removed: [],
      departed: [],
      drift: [],
    });
    expect(await snapshot()).toEqual(before);
    expect(await times()).toEqual(written);
  });

  test("removes what it wrote and names the objects that left", async () => {
    await writeTree(
      root,
      planTree([configMap("a"), configMap("b"), { apiVersion: "v1", kind: "Namespace", metadata: { name: "old" } }]),
    );
    const report = await writeTree(root, plan(["a"]));
    expect(report.removed).toEqual(["_cluster/namespace-old.yaml", file("b")]);
    expect(report.departed).toEqual([
      { apiVersion: "v1", kind: "ConfigMap", namespace: "apps", name: "b" },
      { apiVersion: "v1", kind: "Namespace", name: "old" },
    ]);
    expect(Object.keys(await snapshot())).toEqual([".idstack/tree.json", file("a")]);
    await expect(lstat(join(root, "_cluster"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("an object that moved to another file, or changed version, did not leave", async () => {
    const gateway = (version: string): KubeObject => ({
      apiVersion: `gateway.networking.k8s.io/${version}`,
      kind: "Gateway",
      metadata: { name: "g", namespace: "apps" },
    });
    await writeTree(root, planTree([configMap("a"), gateway("v1beta1")]));
    const report = await writeTree(root, planTree([configMap("a"), gateway("v1")], { pathOf: () => "all.yaml" }));
    expect([report.written, report.removed.length, report.departed]).toEqual([["all.yaml"], 2, []]);
  });

  test("leaves other files alone, also in folders that become empty of its own", async () => {
    await put("apps/README.md", "mine");
    await writeTree(root, plan(["a"]));
    await writeTree(root, plan([]));
    expect(await snapshot()).toMatchObject({ "apps/README.md": "mine" });
  });

  test("secrets get their mode, whatever the umask, and get it back", async () => {
    const secret = plan([], [{ path: "s.yaml", text: "x", mode: 0o600 }]);
    await writeTree(root, secret);
    const mode = async () => (await stat(join(root, "s.yaml"))).mode & 0o777;
    expect(await mode()).toBe(0o600);
    await chmod(join(root, "s.yaml"), 0o644);
    expect((await writeTree(root, secret, { check: true })).drift).toMatchObject([
      { code: "tree-mode", file: "s.yaml" },
    ]);
    expect((await writeTree(root, secret)).written).toEqual(["s.yaml"]);
    expect(await mode()).toBe(0o600);
  });

  test("takes a file with the planned text over", async () => {
    await writeTree(root, plan(["a"]));
    await rm(join(root, ".idstack"), { recursive: true });
    expect(await writeTree(root, plan(["a"]))).toMatchObject({ written: [], unchanged: [file("a")] });
    expect((await writeTree(root, plan([]))).removed).toEqual([file("a")]);
  });

  test("line ends of a Windows checkout are no edit", async () => {
    await writeTree(root, plan(["a"]));
    await put(file("a"), ((await snapshot())[file("a")] ?? "").replaceAll("\n", "\r\n"));
    expect((await writeTree(root, plan(["a"]), { check: true })).drift).toEqual([]);
    expect((await writeTree(root, plan([]))).removed).toEqual([file("a")]);
  });
});

describe("refusing, before anything is written", () => {
  async function refused(next: TreePlan, code: string): Promise<void> {
    const before = await snapshot();
    expect(await codeOf(writeTree(root, next))).toBe(code);
    expect(await snapshot()).toEqual(before);
  }

  test("a file that it does not own", async () => {
    await put(file("b"), "mine");
    await refused(plan(["a", "b"]), "foreign-file");
    expect((await writeTree(root, plan(["a", "b"]), { force: true })).written).toEqual([file("a"), file("b")]);
  });

  test("overwriting or removing a file that was edited by hand", async () => {
    await writeTree(root, plan(["a", "b"]));
    await put(file("b"), "edited");
    await refused(planTree([configMap("a", "2"), configMap("b", "2")]), "edited-file");
    await refused(plan(["a"]), "edited-file");
    await refused(plan(["a", "b"]), "edited-file");
    expect((await writeTree(root, plan(["a"]), { force: true })).removed).toEqual([file("b")]);
  });

  test("a linked folder, file, own folder or ownership manifest", async () => {
    const outside = join(base, "outside");
    await mkdir(outside);
    await writeFile(join(outside, "x"), "outside");
    await mkdir(root);
    await symlink(outside, join(root, "apps"));
    await refused(plan(["a"]), "symlink");
    expect(await codeOf(writeTree(root, plan(["a"]), { force: true }))).toBe("symlink");
    await rm(join(root, "apps"));
    await mkdir(join(root, "apps"));
    await symlink(join(outside, "x"), join(root, file("a")));
    await refused(plan(["a"]), "symlink");
    await rm(join(root, file("a")));
    await symlink(outside, join(root, ".idstack"));
    await refused(plan(["a"]), "symlink");
    expect(await readdir(outside)).toEqual(["x"]);
    expect(await readFile(join(outside, "x"), "utf8")).toBe("outside");
  });

  test("removing through a folder that became a link", async () => {
    await writeTree(root, plan(["a"]));
    const outside = join(base, "outside");
    await mkdir(outside);
    await writeFile(join(outside, "configmap-a.yaml"), await readFile(join(root, file("a"))));
    await rm(join(root, "apps"), { recursive: true });
    await symlink(outside, join(root, "apps"));
    await refused(plan([]), "symlink");
    expect(await readdir(outside)).toEqual(["configmap-a.yaml"]);
  });

  test("a folder or file in the way", async () => {
    await put(`${file("a")}/x`, "1");
    await refused(plan(["a"]), "foreign-file");
    await rm(root, { recursive: true });
    await put("apps", "a file");
    await refused(plan(["a"]), "foreign-file");
  });

  test.each([
    ["no JSON", "{"],
    ["another version", '{"version":2,"files":{}}'],
    ["a path out of the root", '{"version":1,"files":{"../victim":{"sha256":"x","objects":[]}}}'],
    ["no hash", '{"version":1,"files":{"a":{}}}'],
  ])("a damaged ownership manifest: %s", async (_, text) => {
    await writeFile(join(base, "victim"), "1");
    await put(".idstack/tree.json", text);
    await refused(plan(["a"]), "broken-ownership");
    expect(await readdir(base)).toContain("victim");
  });
});

describe("check", () => {
  test("writes nothing, not even the folder", async () => {
    const report = await writeTree(root, plan(["a"]), { check: true });
    expect(report).toMatchObject({
      written: [file("a")],
      drift: [{ code: "tree-missing", severity: "error", file: file("a") }],
    });
    await expect(lstat(root)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("reports every kind of drift with file and line", async () => {
    await writeTree(root, plan(["edited", "missing", "outdated", "stale"]));
    await put(file("edited"), `${(await snapshot())[file("edited")]}  more: "1"\n`);
    await rm(join(root, file("missing")));
    await put("apps/foreign.yaml", "x: 1\n");
    const next = planTree([configMap("edited"), configMap("missing"), configMap("outdated", "2")]);
    const before = await snapshot();
    const { drift, departed } = await writeTree(root, next, { check: true });
    expect(await snapshot()).toEqual(before);
    expect(
      drift.map(({ code, severity, file: path, line, message }) => [
        code,
        severity,
        path,
        line,
        message.includes("by hand"),
      ]),
    ).toEqual([
      ["tree-changed", "error", file("edited"), 8, true],
      ["tree-missing", "error", file("missing"), undefined, false],
      ["tree-changed", "error", file("outdated"), 7, false],
      ["tree-stale", "error", file("stale"), undefined, false],
      ["tree-foreign", "warning", "apps/foreign.yaml", undefined, false],
    ]);
    expect(departed.map(({ name }) => name)).toEqual(["stale"]);
  });
});

test("an interrupted run can be repeated with another plan", async () => {
  await writeTree(root, plan(["a", "b"]));
  // The state after a crash: the journal and a.yaml were written, b.yaml was not.
  const next = planTree([configMap("a", "2"), configMap("b", "2")]);
  const old = (await snapshot())[file("b")] ?? "";
  await writeTree(root, next);
  const journal = (await snapshot())[".idstack/tree.json"] ?? "";
  const was = createHash("sha256").update(old).digest("hex");
  await put(
    ".idstack/tree.json",
    journal.replace(/("apps\/configmap-b\.yaml": \{"sha256":"\w+")/, `$1,"was":"${was}"`),
  );
  await put(file("b"), old);
  expect(await codeOf(writeTree(root, planTree([configMap("a", "3"), configMap("b", "3")])))).toBe("no error");
  expect((await snapshot())[".idstack/tree.json"]).not.toContain('"was"');
});
