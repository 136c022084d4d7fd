import { rmdirSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { makePrivateFolder } from "../../src/run/private-folder.ts";
import { temporaryFolder } from "../helpers.ts";

const TMPFS = 0x01021994;
const inMemory = (() => {
  try {
    return statfsSync("/dev/shm").type === TMPFS;
  } catch {
    return false;
  }
})();

async function parentOf(env: Record<string, string>, size = 10): Promise<string> {
  const folder = await makePrivateFolder(env, size);
  if (process.platform !== "win32") expect(statSync(folder).mode & 0o777).toBe(0o700);
  rmdirSync(folder);
  return dirname(folder);
}

test.skipIf(!inMemory)("memory is taken where there is some, and enough of it", async () => {
  expect(await parentOf({})).toBe("/dev/shm");
  const onDisk = temporaryFolder();
  expect(await parentOf({ XDG_RUNTIME_DIR: onDisk })).toBe(statfsSync(onDisk).type === TMPFS ? onDisk : "/dev/shm");
  expect(await parentOf({ XDG_RUNTIME_DIR: "/nonexistent" })).toBe("/dev/shm");
  expect(await parentOf({}, 2 ** 52)).toBe(tmpdir());
});

test.skipIf(inMemory)("elsewhere the folder for temporary files", async () => {
  expect(await parentOf({})).toBe(tmpdir());
});
