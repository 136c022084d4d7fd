import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity, planUpdateKeys, readMetadata } from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";
import { child, ended } from "./child.ts";

const LONG = process.env["IDSTACK_LONG"] === "1";
const FILES = LONG ? 1000 : 40;
const KILLS = LONG ? 20 : 2;
const TIMEOUT = LONG ? 1_800_000 : 300_000;
const [mine, other] = [await generateIdentity(), await generateIdentity()];
const env = { SOPS_AGE_KEY: mine.identity };
const identities = [mine.identity];

async function tree(recipients: readonly string[], rule: readonly string[]): Promise<{ folder: string; text: string }> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "apps"));
  const text = await encrypt({ token: "hunter2" }, { recipients });
  for (let number = 0; number < FILES; number += 1) writeFileSync(join(folder, "apps", `${number}.yaml`), text);
  writeFileSync(join(folder, ".sops.yaml"), `creation_rules: [{age: [${rule.join(", ")}]}]\n`);
  return { folder, text };
}

/**
 * Runs statements that call `done` after each file, and lets them kill themselves somewhere after the n-th file: from here
 * the signal could come when a busy machine has finished them all.
 */
async function killAfter(files: number, statements: string): Promise<void> {
  const writer = child(
    `let left = ${files};
    // A few turns of the loop later, so that it is not always between two files.
    const done = () => (left -= 1) === 0 && setTimeout(() => process.kill(process.pid, "SIGKILL"), ${Math.random() * 4});
    ${statements}`,
    { env },
  );
  const { signal, errors } = await ended(writer);
  expect(signal, errors).toBe("SIGKILL");
}

/** How many files have which recipients; all of them open, with the values they had. */
async function recipientsOf(folder: string): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  const names = readdirSync(join(folder, "apps")).filter((name) => !name.startsWith("."));
  expect(names.length).toBe(FILES);
  for (const name of names) {
    const text = readFileSync(join(folder, "apps", name), "utf8");
    expect((await decrypt(text, { identities })).data).toEqual({ token: "hunter2" });
    const { length } = readMetadata(text).age;
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  return counts;
}

const some = () => 1 + Math.floor(Math.random() * (FILES / KILLS / 2));

test(
  `updatekeys of ${FILES} files, killed ${KILLS} times: each is old or new, and the last run finishes`,
  async () => {
    const { folder, text } = await tree([mine.recipient], [mine.recipient, other.recipient]);
    const statements = `
    const plan = await sops.planUpdateKeys(${JSON.stringify(folder)});
    await plan.apply({ onProgress: () => done() });`;
    for (let kill = 0; kill < KILLS; kill += 1) {
      await killAfter(some(), statements);
      const rest = await planUpdateKeys(folder);
      expect(rest.problems).toEqual([]);
      expect(rest.unchanged.length).toBeGreaterThan(kill);
      expect(rest.updates.length + rest.unchanged.length).toBe(FILES);
      for (const { file } of rest.updates) expect(readFileSync(file, "utf8")).toBe(text);
    }
    const rest = await planUpdateKeys(folder);
    expect(rest.updates.length).toBeGreaterThan(0);
    const { written, failed } = await rest.apply({ identities });
    expect([written.length, failed]).toEqual([rest.updates.length, []]);
    expect(await recipientsOf(folder)).toEqual(new Map([[2, FILES]]));
  },
  TIMEOUT,
);

test(
  `rotate of ${FILES} files, killed ${KILLS} times: each is old or new, and the last run finishes`,
  async () => {
    const { folder } = await tree([mine.recipient, other.recipient], [mine.recipient]);
    const apps = JSON.stringify(join(folder, "apps"));
    const statements = `
    import { readdirSync, readFileSync } from "node:fs";
    for (const name of readdirSync(${apps})) {
      const path = ${apps} + "/" + name;
      if (name.startsWith(".") || sops.readMetadata(readFileSync(path, "utf8")).age.length === 1) continue;
      await sops.rotateFile(path, { remove: [${JSON.stringify(other.recipient)}] });
      done();
    }`;
    let before = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      await killAfter(some(), statements);
      const counts = await recipientsOf(folder);
      expect([...counts.keys()].every((recipients) => recipients <= 2)).toBe(true);
      expect(counts.get(1)).toBeGreaterThan(before);
      before = counts.get(1) ?? 0;
    }
    expect((await ended(child(`const done = () => {};${statements}`, { env }))).code).toBe(0);
    expect(await recipientsOf(folder)).toEqual(new Map([[1, FILES]]));
  },
  TIMEOUT,
);
