import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildContext, Component, Requirement } from "./component.ts";
import { programsOf } from "./components.ts";
import { RealError } from "./errors.ts";
import { type BuildRecord, buildDirectory, buildKey, findInstalled, type Installed } from "./installed.ts";
import { cacheDirectory } from "./internal/cache-directory.ts";
import { formatDuration } from "./internal/duration.ts";
import { acquireFileLock, type LockOwner } from "./internal/file-lock.ts";
import { Progress, type ProgressOutput } from "./internal/progress.ts";
import { SupervisedProcess } from "./internal/supervised-process.ts";

export interface InstallOptions {
  /** Default: see {@link cacheDirectory}. */
  readonly cache?: string;
  readonly output?: ProgressOutput;
  /** Ends the build: its processes are stopped and nothing of it is kept. */
  readonly signal?: AbortSignal;
}

/**
 * Builds a component unless the cache has it. One build runs at a time on a machine; a build appears in the cache whole,
 * by a rename, or not at all.
 *
 * @throws {RealError} `requirement-missing`, `build-failed` (with the tail of the log), `interrupted`
 */
export async function install(component: Component, options: InstallOptions = {}): Promise<Installed> {
  const { cache = cacheDirectory(), output = process.stderr, signal } = options;
  await checkRequirements(component);
  const present = await findInstalled(component, cache);
  if (present !== undefined) return present;

  const waiting = new Set<string>();
  const onWait = (owner: LockOwner): void => {
    if (waiting.has(owner.id)) return;
    waiting.add(owner.id);
    const soFar = formatDuration(Date.now() - owner.since);
    output.write(`${component.name}: waiting for process ${owner.process.pid}, ${owner.purpose} for ${soFar}\n`);
  };
  const purpose = `building ${component.name}`;
  try {
    await using _lock = await acquireFileLock(join(cache, "locks", "build"), { purpose, signal, onWait });
    // Whatever lies here was left by a build that was killed: ours is the only one now.
    await rm(join(cache, "building"), { recursive: true, force: true });
    return (await findInstalled(component, cache)) ?? (await build(component, cache, output, signal));
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw new RealError("interrupted", `${component.name}: interrupted, nothing was kept`, { cause: error });
  }
}

async function checkRequirements(component: Component): Promise<void> {
  for (const recipe of component.recipes) {
    for (const requirement of await recipe.requirements()) {
      const result = await requirement.check();
      if ("found" in result) continue;
      throw new RealError("requirement-missing", missing(component, requirement, result.problem));
    }
  }
}

function missing(component: Component, requirement: Requirement, problem: string): string {
  return `${component.name} needs ${requirement.name}: ${problem}. \`pnpm real doctor\` tells how to get it.`;
}

async function build(
  component: Component,
  cache: string,
  output: ProgressOutput,
  signal: AbortSignal | undefined,
): Promise<Installed> {
  const began = Date.now();
  await mkdir(join(cache, "building"), { recursive: true });
  const draft = await mkdtemp(join(cache, "building", `${component.name}-`));
  const [result, work] = [join(draft, "result"), join(draft, "work")];
  await mkdir(join(result, "bin"), { recursive: true });
  await mkdir(work);

  using progress = new Progress(output, `${component.name} ${component.version}`, await usually(component, cache));
  try {
    for (const recipe of component.recipes) {
      await recipe.build(context(component, draft, progress, signal));
    }
    signal?.throwIfAborted();
    const key = await buildKey(component);
    const builtInMs = Date.now() - began;
    const programs: Record<string, number> = {};
    for (const name of programsOf(component)) programs[name] = await sizeOf(component, join(result, "bin", name));
    const record: BuildRecord = {
      key,
      version: component.version,
      builtInMs,
      builtAt: new Date().toISOString(),
      programs,
    };
    await writeFile(join(result, "build.json"), `${JSON.stringify(record, undefined, 2)}\n`);
    const target = buildDirectory(cache, component, key);
    await mkdir(join(target, ".."), { recursive: true });
    // What stands there failed the check: half a copy, a program of another size.
    await rm(target, { recursive: true, force: true });
    await rename(result, target);
    await remember(component, cache, builtInMs);
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 3 });
  }
  progress.done("built");
  const installed = await findInstalled(component, cache);
  if (installed === undefined) throw new RealError("build-failed", `${component.name}: the recipe changed meanwhile`);
  return installed;
}

function context(
  component: Component,
  draft: string,
  progress: Progress,
  signal: AbortSignal | undefined,
): BuildContext {
  return {
    bin: join(draft, "result", "bin"),
    work: join(draft, "work"),
    phase: (what) => progress.phase(what),
    run: async (program, args, { cwd, env }) => {
      signal?.throwIfAborted();
      const logFile = join(draft, "log");
      await using child = await SupervisedProcess.start({
        name: `build of ${component.name}`,
        program,
        args,
        cwd,
        env,
        logFile,
        nice: true,
      });
      const stop = (): void => void child.stop();
      signal?.addEventListener("abort", stop, { once: true });
      const end = await child.ended;
      signal?.removeEventListener("abort", stop);
      signal?.throwIfAborted();
      if (end === "exit code 0") return;
      const command = [program, ...args].join(" ");
      throw new RealError("build-failed", `${component.name}: ${end} of ${command}\n${child.log.excerpt(40)}`);
    },
  };
}

async function sizeOf(component: Component, path: string): Promise<number> {
  const file = await stat(path).catch((cause: unknown) => {
    throw new RealError("build-failed", `${component.name}: the recipe did not make ${path}`, { cause });
  });
  return file.size;
}

async function usually(component: Component, cache: string): Promise<string | undefined> {
  try {
    const timing = JSON.parse(await readFile(timingFile(component, cache), "utf8")) as { builtInMs: number };
    return `${formatDuration(timing.builtInMs)} last time`;
  } catch {
    return component.usually === undefined ? undefined : `${component.usually} on two free cores`;
  }
}

async function remember(component: Component, cache: string, builtInMs: number): Promise<void> {
  await mkdir(join(cache, "timings"), { recursive: true });
  await writeFile(timingFile(component, cache), `${JSON.stringify({ builtInMs })}\n`);
}

function timingFile(component: Component, cache: string): string {
  return join(cache, "timings", `${component.name}.json`);
}

/** Builds of recipes that no component has any more, as paths. */
export async function outdatedBuilds(components: readonly Component[], cache = cacheDirectory()): Promise<string[]> {
  const root = join(cache, "components");
  const keys = new Map<string, string>();
  for (const component of components) {
    const key = await buildKey(component).catch(() => undefined);
    if (key !== undefined) keys.set(component.name, key);
  }
  const outdated: string[] = [];
  for (const name of await readdir(root).catch((): string[] => [])) {
    for (const key of await readdir(join(root, name))) {
      if (keys.get(name) !== key) outdated.push(join(root, name, key));
    }
  }
  return outdated;
}
