import { spawnSync } from "node:child_process";
import { globSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const MEGABYTE = 1_000_000;

it("installs few packages: three besides itself, at most 6 MB in all", () => {
  const installed = new Map<string, string>();
  const visit = (name: string, directory: string): void => {
    installed.set(name, directory);
    const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
    const wanted = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    for (const dependency of wanted.filter((name) => manifest.peerDependenciesMeta?.[name]?.optional !== true)) {
      if (!installed.has(dependency)) visit(dependency, locate(dependency, directory));
    }
  };
  visit("@idstack/spiffe", root);
  expect([...installed.keys()].sort()).toEqual([
    "@bufbuild/protobuf",
    "@connectrpc/connect",
    "@connectrpc/connect-node",
    "@idstack/spiffe",
  ]);
  const own = sizeOf(join(root, "src"));
  const others = [...installed]
    .filter(([name]) => name !== "@idstack/spiffe")
    .map(([, directory]) => sizeOf(directory));
  // Sources, bundles with source maps and declarations take about four times the sources.
  expect(own * 4 + others.reduce((sum, size) => sum + size, 0)).toBeLessThan(6 * MEGABYTE);
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
  const generated = readFileSync(join(root, "src/gen/workloadapi_pb.ts"), "utf8");
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

function locate(name: string, from: string): string {
  const entry = createRequire(join(realpathSync(from), "package.json")).resolve(name);
  return entry.slice(0, entry.lastIndexOf(join("node_modules", name)) + join("node_modules", name).length);
}

function sizeOf(directory: string): number {
  return globSync("**/*", { cwd: directory })
    .map((path) => statSync(join(directory, path)))
    .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
}
