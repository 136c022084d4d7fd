// `/testing` under another runner than this one; under Jest it is tried with the packed tarball (tools/workspace/test-packed).
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("node:test", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const args = ["--conditions=@idstack/source", "--test", "--test-reporter=tap", "test/fixtures/with-node-test.ts"];
  // A test runner in a test runner: this one's marks would make the other a part of it.
  const { NODE_TEST_CONTEXT, VITEST, NODE_OPTIONS, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
  expect(stdout).toMatch(/^# pass 3$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});
