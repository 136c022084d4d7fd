import { spawnSync } from "node:child_process";
import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const MEGABYTE = 1_000_000;

it("installs nothing but itself, at most 6 MB: optional peers come only with those who use them", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  expect([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]).toEqual([]);
  // Sources, bundles with source maps and declarations take about four times the sources.
  expect(sizeOf(join(root, "src")) * 4).toBeLessThan(6 * MEGABYTE);
});

it("can be loaded by require(): no subpath awaits at the top level", () => {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  const subpaths = Object.keys(exports).filter((subpath) => subpath !== "./package.json");
  const program = subpaths.map((subpath) => `require("@idstack/spiffe${subpath.slice(1)}");`).join("");
  const { status, stderr } = spawnSync(process.execPath, ["--conditions=@idstack/source", "-e", program], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

it("compiles with the typings of every Node: those of 26 have no JsonWebKey in node:crypto", () => {
  const files = globSync("src/**/*.ts", { cwd: root });
  const imports = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/^import [^;]* from "node:crypto";/gms)].map(String),
  );
  expect(imports.length).toBeGreaterThan(10);
  expect(imports.filter((text) => /\bJsonWebKey\b/.test(text))).toEqual([]);
});

it("the generated code is what the proto file says", () => {
  const buf = join(root, "node_modules/.bin/buf");
  const path = `${join(root, "node_modules/.bin")}:${dirname(process.execPath)}`;
  const { stdout, stderr, status } = spawnSync(buf, ["build", "-o", "-#format=json"], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: path },
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const generated = readFileSync(join(root, "test/gen/workloadapi_pb.ts"), "utf8");
  const { file } = JSON.parse(stdout) as {
    file: { name: string; messageType: { name: string; field?: { name: string; number: number }[] }[] }[];
  };
  const messages = file.find(({ name }) => name === "workloadapi.proto")?.messageType ?? [];
  expect(messages).toHaveLength(12);
  for (const { name, field = [] } of messages) {
    const body = generated.split(`export type ${name} = `)[1]?.split("};")[0] ?? "";
    expect(body.match(/@generated from field/g)?.length ?? 0, name).toBe(field.length);
    for (const { name: fieldName, number } of field)
      expect(body).toMatch(new RegExp(`@generated from field: .*\\b${fieldName} = ${number};`));
  }
});

function sizeOf(directory: string): number {
  return globSync("**/*", { cwd: directory })
    .map((path) => statSync(join(directory, path)))
    .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
}
