import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { decryptFile, editFile, generateIdentity, replaceFile, writeEncrypted } from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";
import { child, ended } from "./child.ts";

const { identity, recipient } = await generateIdentity();
const identities = [identity];
const isRoot = process.getuid?.() === 0;
/** Somebody who is not us and owns nothing else. */
const NOBODY = 65534;
const mounts: string[] = [];
afterEach(() => {
  for (const mount of mounts.splice(0)) spawnSync("umount", [mount]);
});

/** Whether it is mounted: that takes privileges which root in a container need not have. */
function mounted(target: string, ...args: string[]): boolean {
  const done = isRoot && spawnSync("mount", [...args, target]).status === 0;
  if (done) mounts.push(target);
  return done;
}

async function secret(folder = temporaryFolder()): Promise<string> {
  const path = join(folder, "s.yaml");
  await writeEncrypted(path, { a: "1" }, { recipients: [recipient] });
  return path;
}

const setA = (path: string) => editFile(path, (doc) => doc.set(["a"], "2"), { identities });

describe("what stays", () => {
  test.skipIf(!isRoot)("owner, group and mode, also those a change of owner takes off", async () => {
    const path = await secret();
    chownSync(path, NOBODY, 12345);
    chmodSync(path, 0o2640);
    expect(await setA(path)).toBe(true);
    const { uid, gid, mode } = statSync(path);
    expect([uid, gid, mode & 0o7777]).toEqual([NOBODY, 12345, 0o2640]);
  });

  test.each([0o600, 0o644, 0o666, 0o400])("mode %o", async (mode) => {
    const path = await secret();
    chmodSync(path, mode);
    expect(await setA(path)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(mode);
  });

  test("symbolic links, through several and through one to a file that is not there yet", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "real"));
    const path = await secret(join(folder, "real"));
    symlinkSync("real/s.yaml", join(folder, "one.yaml"));
    symlinkSync(join(folder, "one.yaml"), join(folder, "two.yaml"));
    symlinkSync("real/new.yaml", join(folder, "three.yaml"));
    expect(await setA(join(folder, "two.yaml"))).toBe(true);
    await writeEncrypted(join(folder, "three.yaml"), { b: "1" }, { recipients: [recipient] });
    for (const link of ["one.yaml", "two.yaml", "three.yaml"]) {
      expect(lstatSync(join(folder, link)).isSymbolicLink()).toBe(true);
    }
    expect(readlinkSync(join(folder, "one.yaml"))).toBe("real/s.yaml");
    expect((await decryptFile(path, { identities })).data).toEqual({ a: "2" });
    expect((await decryptFile(join(folder, "real", "new.yaml"), { identities })).data).toEqual({ b: "1" });
    expect(readdirSync(join(folder, "real")).sort()).toEqual(["new.yaml", "s.yaml"]);
  });
});

describe("a write that cannot be done leaves the file as it was, and nothing beside it", () => {
  test("links in a circle", async () => {
    const folder = temporaryFolder();
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    await expect(replaceFile(join(folder, "a"), "x")).rejects.toMatchObject({
      code: "write-failed",
      message: expect.stringContaining("links go round in a circle (ELOOP)"),
    });
    expect(readdirSync(folder)).toEqual(["a", "b"]);
  });

  test("a folder without write permission", async () => {
    const path = await secret();
    const folder = join(path, "..");
    const before = readFileSync(path, "utf8");
    if (isRoot) chownSync(folder, NOBODY, NOBODY);
    if (isRoot) chownSync(path, NOBODY, NOBODY);
    chmodSync(folder, 0o555);
    const statements = `
      const change = (doc) => doc.set(["a"], "2");
      const failure = await sops.editFile(${JSON.stringify(path)}, change).catch((error) => error);
      console.log(failure.code, failure.file === ${JSON.stringify(path)}, failure.message.replace(/^.*?: /, ""));`;
    const options = { env: { SOPS_AGE_KEY: identity, HOME: folder }, ...(isRoot ? { uid: NOBODY } : {}) };
    const { output, errors } = await ended(child(statements, options));
    const message = "cannot be written, and is as it was: files cannot be made in its folder (EACCES)";
    expect(output, errors).toBe(`write-failed true ${message}\n`);
    chmodSync(folder, 0o755);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readdirSync(folder)).toEqual(["s.yaml"]);
  });

  test("a full disk", async (context) => {
    const folder = temporaryFolder();
    if (!mounted(folder, "-t", "tmpfs", "-o", "size=64k", "tmpfs")) context.skip("a small disk takes root to mount");
    const path = await secret(folder);
    const before = readFileSync(path, "utf8");
    const large = (doc: { set: (path: string[], value: string) => void }) => doc.set(["b"], "x".repeat(100_000));
    await expect(editFile(path, large, { identities })).rejects.toMatchObject({
      code: "write-failed",
      message: expect.stringContaining("the disk is full (ENOSPC)"),
    });
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readdirSync(folder)).toEqual(["s.yaml"]);
    expect(await setA(path)).toBe(true);
  });

  test("a process that is ended by its limit of file size", async (context) => {
    if (spawnSync("prlimit", ["--version"]).status !== 0) context.skip("there is no prlimit");
    const path = await secret();
    const before = readFileSync(path, "utf8");
    const change = '(doc) => doc.set(["b"], "x".repeat(100_000))';
    const statements = `await sops.editFile(${JSON.stringify(path)}, ${change});`;
    const through = ["prlimit", "--fsize=20000"];
    const { code } = await ended(child(statements, { env: { SOPS_AGE_KEY: identity }, through }));
    expect(code).not.toBe(0);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(await setA(path)).toBe(true);
    expect(existsSync(join(path, "..", ".s.yaml.idstack-lock"))).toBe(false);
  });

  test("a file that is mounted on its own", async (context) => {
    const path = await secret();
    const before = readFileSync(path, "utf8");
    if (!mounted(path, "--bind", path)) context.skip("it takes root to mount a file");
    await expect(setA(path)).rejects.toMatchObject({
      code: "write-failed",
      message: expect.stringMatching(/mounted on its own.*mount its folder instead \((?:EBUSY|EXDEV)\)/),
    });
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readdirSync(join(path, ".."))).toEqual(["s.yaml"]);
  });
});
