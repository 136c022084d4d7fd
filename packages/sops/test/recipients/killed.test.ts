import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { decrypt, encrypt, generateIdentity, planUpdateKeys } from "../../src/index.ts";
import { temporaryFolder } from "../helpers.ts";

const FILES = process.env["IDSTACK_LONG"] === "1" ? 1000 : 40;
const [a, b] = [await generateIdentity(), await generateIdentity()];
const index = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

test(`updatekeys killed in the midst of ${FILES} files: each is old or new, and the next run finishes`, async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "apps"));
  const text = await encrypt({ token: "hunter2" }, { recipients: [a.recipient] });
  for (let number = 0; number < FILES; number += 1) writeFileSync(join(folder, "apps", `${number}.yaml`), text);
  writeFileSync(join(folder, ".sops.yaml"), `creation_rules: [{age: [${a.recipient}, ${b.recipient}]}]\n`);
  const script = `
    import { planUpdateKeys } from ${JSON.stringify(index)};
    const plan = await planUpdateKeys(${JSON.stringify(folder)});
    await plan.apply({ onProgress: (done) => process.stdout.write(done + "\\n") });
  `;
  const child = spawn(process.execPath, ["--conditions=@idstack/source", "--input-type=module", "-e", script], {
    env: { ...process.env, SOPS_AGE_KEY: a.identity },
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Killed as soon as some files are done; the one it is at may be anywhere.
  child.stdout.on("data", (chunk: Buffer) => /\b10\n/.test(chunk.toString()) && child.kill("SIGKILL"));
  const signal = await new Promise((resolve) => child.once("close", (_, by) => resolve(by)));
  expect(signal).toBe("SIGKILL");
  const rest = await planUpdateKeys(folder);
  expect(rest.problems).toEqual([]);
  expect(rest.unchanged.length).toBeGreaterThanOrEqual(10);
  expect(rest.updates.length).toBeGreaterThan(0);
  expect(rest.updates.length + rest.unchanged.length).toBe(FILES);
  for (const { file } of rest.updates) expect(readFileSync(file, "utf8")).toBe(text);
  for (const file of rest.unchanged.slice(-3)) {
    expect((await decrypt(readFileSync(file, "utf8"), { identities: [b.identity] })).data).toEqual({
      token: "hunter2",
    });
  }
  expect((await rest.apply({ identities: [a.identity] })).written.length).toBe(rest.updates.length);
  const done = await planUpdateKeys(folder);
  expect([done.updates.length, done.unchanged.length]).toEqual([0, FILES]);
  expect(readdirSync(join(folder, "apps")).filter((name) => name.endsWith(".yaml")).length).toBe(FILES);
}, 120_000);
