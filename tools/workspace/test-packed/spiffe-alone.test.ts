import { globSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pack } from "../src/pack.ts";
import { snippetsOf } from "../src/readme.ts";
import { mustRun, run } from "../src/run.ts";
import { publishedPackages } from "../src/workspace.ts";

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
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
