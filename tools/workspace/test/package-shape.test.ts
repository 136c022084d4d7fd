import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publishedPackages, workspacePackages } from "../src/workspace.ts";

const order = [
  "name",
  "version",
  "description",
  "license",
  "type",
  "sideEffects",
  "engines",
  "repository",
  "keywords",
  "files",
  "bin",
  "exports",
  "publishConfig",
  "scripts",
  "dependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "devDependencies",
];

describe.each(publishedPackages().map((each) => [each.manifest.name, each] as const))("%s", (_, each) => {
  const { manifest, directory, path } = each;

  it("has the keys of every other package, in one order", () => {
    const keys = Object.keys(manifest);
    expect(keys).toEqual(order.filter((key) => keys.includes(key)));
    expect(keys).toEqual(expect.arrayContaining(["description", "license", "engines", "files", "exports", "scripts"]));
  });

  it("shares version, licence, engines and repository with the others", () => {
    expect(manifest).toMatchObject({
      license: "Apache-2.0",
      type: "module",
      engines: { node: ">=22.18" },
      repository: { type: "git", url: "git+https://github.com/idstack/idstack.git", directory: path },
      publishConfig: { access: "public", provenance: true },
    });
    expect(manifest.version).toBe(publishedPackages()[0]?.manifest.version);
  });

  it("has the five scripts", () => {
    expect(Object.keys(manifest.scripts ?? {})).toEqual(["build", "test", "typecheck", "pkglint", "bench"]);
  });

  it("publishes what it exports, less the source condition", () => {
    const withoutSource = Object.fromEntries(
      Object.entries(manifest.exports ?? {}).map(([key, target]) => {
        if (typeof target === "string") return [key, target];
        const { "@idstack/source": source, ...published } = target;
        if (source !== undefined) expect(existsSync(join(directory, source)), source).toBe(true);
        return [key, published];
      }),
    );
    expect(manifest.publishConfig?.exports).toEqual(withoutSource);
    expect(manifest.exports).toHaveProperty("./package.json", "./package.json");
  });

  it("has a README that starts with its name and shows how to install it", () => {
    const readme = readFileSync(join(directory, "README.md"), "utf8");
    expect(readme.split("\n")[0]).toBe(`# ${manifest.name}`);
    expect(readme).toMatch(new RegExp(`npm install (--save-dev )?${manifest.name}`));
  });

  it("has no default export and no barrel of everything", () => {
    const index = readFileSync(join(directory, "src/index.ts"), "utf8");
    expect(index).not.toMatch(/export default|export \* from/);
  });
});

describe("the workspace", () => {
  it("pins every shared version in the catalog", () => {
    for (const { manifest } of workspacePackages()) {
      for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
        expect(range, `${manifest.name}: ${name}`).toMatch(/^(catalog:|workspace:\^|(npm:[@/\w-]+@)?\d+\.\d+\.\d+)$/);
      }
    }
  });

  it("uses the same script names in private packages", () => {
    for (const { manifest } of workspacePackages().filter((each) => each.manifest.private === true)) {
      const extra = Object.keys(manifest.scripts ?? {}).filter(
        (name) => !["build", "test", "typecheck", "pkglint", "bench", "start", "generate"].includes(name),
      );
      expect(extra, manifest.name).toEqual([]);
    }
  });
});
