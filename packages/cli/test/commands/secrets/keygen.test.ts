import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporary } from "../../support/home.ts";
import { run } from "../../support/run.ts";

it("prints a key file, and the public key apart", async () => {
  const { status, stdout, stderr } = await run(["secrets", "keygen"], temporary({}));
  expect(status).toBe(0);
  const recipient = /^# public key: (age1\S+)\nAGE-SECRET-KEY-1\S+\n$/m.exec(stdout)?.[1];
  expect(stderr).toBe(`Public key: ${recipient}\n`);
});

it("writes a file that only its owner reads, and never over another", async () => {
  const folder = temporary({});
  const first = await run(["secrets", "keygen", "-o", "keys/mine.txt", "--post-quantum"], folder);
  expect(first).toMatchObject({ status: 0, stdout: "" });
  expect(first.stderr).toMatch(/^Public key: age1pq1\S+\n$/);
  const path = join(folder, "keys/mine.txt");
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(/^AGE-SECRET-KEY-PQ-1\S+$/m);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const second = await run(["secrets", "keygen", "-o", "keys/mine.txt"], folder);
  expect(second).toMatchObject({ status: 2, stdout: "" });
  expect(second.stderr).toContain("keys/mine.txt is there already");
  expect(readFileSync(path, "utf8")).toBe(text);
});

it("keeps the private key out of the document when it has a file", async () => {
  const folder = temporary({});
  const shown = JSON.parse((await run(["secrets", "keygen", "--json"], folder)).stdout);
  expect(Object.keys(shown)).toEqual(["recipient", "identity"]);
  const written = JSON.parse((await run(["secrets", "keygen", "--json", "-o", "k.txt"], folder)).stdout);
  expect(written).toEqual({ recipient: expect.stringMatching(/^age1/), file: "k.txt" });
});
