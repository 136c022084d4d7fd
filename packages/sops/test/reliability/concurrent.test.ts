import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decryptFile, editFile, generateIdentity, SopsError, writeEncrypted } from "../../src/index.ts";
import { withWriteLock } from "../../src/internal/write-lock.ts";
import { temporaryFolder } from "../helpers.ts";
import { child, ended, go, READY } from "./child.ts";

const { identity, recipient } = await generateIdentity();
const identities = [identity];
const EDITS = process.env["IDSTACK_LONG"] === "1" ? 200 : 15;

async function secret(): Promise<string> {
  const path = join(temporaryFolder(), "s.yaml");
  await writeEncrypted(path, { a: "1" }, { recipients: [recipient] });
  return path;
}

test("three processes that edit one file: no edit is lost, each hears of the others", async () => {
  const path = await secret();
  const statements = (name: string) => `
    // All three have read the same file before one of them writes.
    const together = async () => { ${READY} };
    let again = 0;
    for (let count = 0; count < ${EDITS}; count += 1) {
      for (;;) {
        try {
          await sops.editFile(${JSON.stringify(path)}, async (doc) => {
            if (count + again === 0) await together();
            doc.set(["${name}" + count], "x");
          });
          break;
        } catch (error) {
          if (error.code !== "file-changed") throw error;
          again += 1;
        }
      }
    }
    console.log("again", again);`;
  const processes = ["p", "q", "r"].map((name) => child(statements(name), { env: { SOPS_AGE_KEY: identity } }));
  const ends = processes.map(ended);
  await go(processes);
  const runs = await Promise.all(ends);
  for (const { code, errors } of runs) expect(code, errors).toBe(0);
  const { data } = await decryptFile(path, { identities });
  expect(Object.keys(data).length).toBe(1 + 3 * EDITS);
  expect(runs.reduce((sum, { output }) => sum + Number(/again (\d+)/.exec(output)?.[1]), 0)).toBeGreaterThanOrEqual(2);
  expect(readdirSync(join(path, ".."))).toEqual(["s.yaml"]);
}, 120_000);

test("edits of one process at the same time: one wins, the others fail and say so", async () => {
  const path = await secret();
  const edits = Array.from({ length: 8 }, (_, index) =>
    editFile(path, (doc) => doc.set([`k${index}`], "x"), { identities }).catch((error: unknown) => error),
  );
  const results = await Promise.all(edits);
  const won = results.flatMap((result, index) => (result === true ? [`k${index}`] : []));
  for (const error of results.filter((result) => result !== true)) {
    expect(error).toBeInstanceOf(SopsError);
    expect(error).toMatchObject({ code: "file-changed", file: path });
  }
  expect(won.length).toBeGreaterThan(0);
  expect(Object.keys((await decryptFile(path, { identities })).data)).toEqual(["a", ...won]);
});

test("a new file that two write at the same time: one wins, the other fails and says so", async () => {
  const path = join(temporaryFolder(), "new.yaml");
  const write = (data: object) =>
    writeEncrypted(path, data, { recipients: [recipient] }).catch((error: unknown) => error);
  const results = await Promise.all([write({ a: "1" }), write({ b: "1" })]);
  const won = results.indexOf(true);
  expect(results[1 - won]).toMatchObject({ code: "file-changed", file: path });
  expect((await decryptFile(path, { identities })).data).toEqual(won === 0 ? { a: "1" } : { b: "1" });
  expect(readdirSync(join(path, ".."))).toEqual(["new.yaml"]);
});

describe("a lock", () => {
  const lockOf = (path: string) => join(path, "..", ".s.yaml.idstack-lock");

  test.each([
    ["of a process that is gone", `${hostname()} 4194999 x\n`, 0],
    ["of another machine, long ago", "elsewhere 1 x\n", 60],
    ["that was never finished", "", 60],
  ])("%s is taken away", async (_, content, age) => {
    const path = await secret();
    writeFileSync(lockOf(path), content);
    const then = Date.now() / 1000 - age;
    utimesSync(lockOf(path), then, then);
    expect(await editFile(path, (doc) => doc.set(["a"], "2"), { identities })).toBe(true);
    expect(readdirSync(join(path, ".."))).toEqual(["s.yaml"]);
  });

  test("that is held is waited for", async () => {
    const path = await secret();
    const order: string[] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = withWriteLock(path, async () => {
      order.push("first");
      expect(statSync(lockOf(path)).mode & 0o777).toBe(0o600);
      await gate;
    });
    const second = withWriteLock(path, async () => void order.push("second"));
    order.push("meanwhile");
    release();
    await Promise.all([first, second]);
    expect(order.at(-1)).toBe("second");
  });

  test("that was taken away in the midst keeps the holder from writing", async () => {
    const path = await secret();
    const before = readFileSync(path, "utf8");
    const held = await withWriteLock(path, async (isHeld) => {
      writeFileSync(lockOf(path), "another 1 x\n");
      return await isHeld();
    });
    expect(held).toBe(false);
    expect(readFileSync(lockOf(path), "utf8")).toBe("another 1 x\n");
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});
