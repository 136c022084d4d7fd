import { globSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pack } from "../src/pack.ts";
import { snippetsOf } from "../src/readme.ts";
import { mustRun, run } from "../src/run.ts";
import { publishedPackages } from "../src/workspace.ts";

/** What needs an optional peer, where none is installed. */
const withoutPeers = `
import { spiffeCredentials } from "@idstack/spiffe/grpc";
import { openTelemetryRecorder } from "@idstack/spiffe/metrics";
import { spiffeFetch } from "@idstack/spiffe/undici";
const options = { source: { getX509Context() {} }, authorize: [] };
for (const use of [() => spiffeFetch(options), () => spiffeCredentials(options), () => openTelemetryRecorder()]) {
  try {
    use();
  } catch (error) {
    console.log(error.name, error.message);
  }
}`;

it("@idstack/spiffe installs alone in at most 6 MB and its README's first lines run", { timeout: 300_000 }, () => {
  const spiffe = publishedPackages().find(({ manifest }) => manifest.name === "@idstack/spiffe");
  if (spiffe === undefined) throw new Error("@idstack/spiffe is not in the workspace");
  const directory = mkdtempSync(join(tmpdir(), "idstack-spiffe-alone-"));
  try {
    writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: "module" }));
    mustRun("npm", ["install", "--no-audit", "--no-fund", pack(spiffe)], { cwd: directory, timeout: 240_000 });
    const bytes = globSync("node_modules/**", { cwd: directory })
      .map((file) => statSync(join(directory, file)))
      .filter((stat) => stat.isFile())
      .reduce((total, stat) => total + stat.size, 0);
    expect(bytes).toBeLessThanOrEqual(6 * 1024 * 1024);

    const first = snippetsOf("packages/spiffe/README.md").find(({ language }) => language === "ts");
    writeFileSync(join(directory, "quick-start.ts"), first?.code ?? "throw new Error('the README has no ts block')");
    const { status, output } = run("node", ["quick-start.ts"], { cwd: directory });
    expect(status, output).toBe(0);

    // The shim of the test runner lets Node find what the workspace has.
    const alone = { cwd: directory, env: { NODE_PATH: undefined } };
    const peers = run("node", ["--input-type=module", "-e", withoutPeers], alone);
    expect(peers.output.trim().split("\n")).toEqual([
      expect.stringMatching(/^TypeError .*npm install undici@8$/),
      expect.stringMatching(/^TypeError .*npm install @grpc\/grpc-js@1$/),
      expect.stringMatching(/^TypeError .*npm install @opentelemetry\/api@1$/),
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
