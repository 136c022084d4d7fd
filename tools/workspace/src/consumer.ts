import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "./pack.ts";
import { mustRun } from "./run.ts";
import { publishedPackages, root } from "./workspace.ts";

/** A project outside the workspace that has the packed tarballs installed, as an npm user would. */
export interface Consumer extends Disposable {
  readonly directory: string;
  /** Writes a file below the project and returns its absolute path. */
  write(file: string, text: string): string;
}

/** Packs every published package and installs the tarballs, with what a user would add beside them. */
export function installConsumer(): Consumer {
  const directory = mkdtempSync(join(tmpdir(), "idstack-consumer-"));
  const tarballs = Object.fromEntries(publishedPackages().map((each) => [each.manifest.name, `file:${pack(each)}`]));
  const versions = catalog();
  const write = (file: string, text: string): string => {
    const target = join(directory, file);
    mkdirSync(join(target, ".."), { recursive: true });
    writeFileSync(target, text);
    return target;
  };
  const pick = (...names: string[]) => Object.fromEntries(names.map((name) => [name, versions[name]]));
  write(
    "package.json",
    JSON.stringify({
      name: "consumer",
      private: true,
      type: "module",
      // The last two are optional peers, of which snippets show the use.
      dependencies: {
        ...tarballs,
        ...pick("kubernetes-models", "zod", "yaml"),
        ...devOf("@idstack/spiffe", "undici", "@grpc/grpc-js"),
      },
      devDependencies: pick("typescript", "vite", "vitest", "@types/node"),
    }),
  );
  write(
    "pnpm-workspace.yaml",
    JSON.stringify({
      overrides: tarballs,
      allowBuilds: { esbuild: false, fsevents: false, protobufjs: false },
      pmOnFail: "ignore",
    }),
  );
  mustRun("pnpm", ["install", "--prefer-offline", "--no-frozen-lockfile"], { cwd: directory, timeout: 300_000 });
  return {
    directory,
    write,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** What a package is tested with. */
function devOf(owner: string, ...names: string[]): Record<string, string | undefined> {
  const versions = publishedPackages().find(({ manifest }) => manifest.name === owner)?.manifest.devDependencies;
  return Object.fromEntries(names.map((name) => [name, versions?.[name]]));
}

function catalog(): Record<string, string> {
  const text = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8");
  const block = text.slice(text.indexOf("\ncatalog:") + "\ncatalog:".length);
  const entries = [...block.matchAll(/^ {2}"?([^":\n]+)"?: (\S+)$/gm)].map(([, name, version]) => [name, version]);
  return Object.fromEntries(entries) as Record<string, string>;
}
