// Process start and first SVID: time until the program has its ID, and resident memory at that moment. The programs are
// bundled as an application would be, run one after the other in each round against one agent in this process.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "tsup";

const ROUNDS = 15;
const PROGRAMS = ["empty", "ours", "source", "connect", "grpc-js"] as const;
type Program = (typeof PROGRAMS)[number];

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = mkdtempSync(join(here, "startup-"));
try {
  await build({
    entry: PROGRAMS.map((name) => join(here, `startup/${name}.ts`)),
    outDir: folder,
    format: ["esm"],
    platform: "node",
    target: "node22",
    // Bundled code of CommonJS packages asks for require().
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    noExternal: [/.*/],
    splitting: false,
    silent: true,
    config: false,
    esbuildOptions: (options) => {
      options.conditions = ["@idstack/source"];
    },
  });
  // In a thread of its own: spawnSync() blocks this one.
  const agent = new Worker(new URL("./startup/agent.ts", import.meta.url));
  const address = await new Promise<string>((resolve) => agent.once("message", resolve));
  const results = new Map<Program, { ms: number; mb: number }[]>(PROGRAMS.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const name of PROGRAMS) {
      const started = performance.now();
      const { stdout } = spawnSync(process.execPath, [join(folder, `${name}.js`)], {
        encoding: "utf8",
        env: { SPIFFE_ENDPOINT_SOCKET: address },
      });
      const ms = performance.now() - started;
      const { rss } = JSON.parse(stdout) as { rss: number };
      // The first round fills the file cache.
      if (round > 0) results.get(name)?.push({ ms, mb: rss / 1_000_000 });
    }
  }
  await agent.terminate();
  const median = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const of = (name: Program): { ms: number; mb: number } => {
    const all = results.get(name) ?? [];
    return { ms: median(all.map(({ ms }) => ms)), mb: median(all.map(({ mb }) => mb)) };
  };
  const peer = of("grpc-js");
  const base = of("empty");
  for (const name of PROGRAMS) {
    const { ms, mb } = of(name);
    console.log(
      `${name.padEnd(8)} ${ms.toFixed(0).padStart(4)} ms (+${(ms - base.ms).toFixed(0)})  ${mb.toFixed(1)} MB (+${(mb - base.mb).toFixed(1)})` +
        `  ratio to grpc-js: ${(ms / peer.ms).toFixed(2)} time, ${(mb / peer.mb).toFixed(2)} memory`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
