import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Component } from "./component.ts";
import { findComponent, loadComponents, programsOf } from "./components.ts";
import { RealError } from "./errors.ts";
import { cacheDirectory } from "./internal/cache-directory.ts";
import { digestOf } from "./internal/digest.ts";

/** A finished build in the cache. */
export interface Installed {
  readonly directory: string;
  readonly key: string;
  readonly builtInMs: number;
  /** Program name to absolute path. */
  readonly programs: Readonly<Record<string, string>>;
}

/** `build.json` beside the programs. */
export interface BuildRecord {
  readonly key: string;
  readonly version: string;
  readonly builtInMs: number;
  readonly builtAt: string;
  /** Sizes in bytes: a program of another size is not the one that was built. */
  readonly programs: Readonly<Record<string, number>>;
}

/** Raise it when the way of building changes in a manner that the inputs do not show. */
const format = "1";

/**
 * The cache key: a digest over everything the programs depend on.
 *
 * @throws {RealError} `requirement-missing` when Go or the C compiler, whose versions count, are not there.
 */
export async function buildKey(component: Component): Promise<string> {
  const facts: Record<string, string> = { format };
  for (const [index, recipe] of component.recipes.entries()) {
    for (const [name, value] of Object.entries(await recipe.inputs())) facts[`${index} ${name}`] = value;
  }
  return digestOf(facts).slice(0, 32);
}

export function buildDirectory(cache: string, component: Component, key: string): string {
  return join(cache, "components", component.name, key);
}

/** The build of exactly this recipe, if the cache has it whole. */
export async function findInstalled(component: Component, cache = cacheDirectory()): Promise<Installed | undefined> {
  const key = await buildKey(component);
  const directory = buildDirectory(cache, component, key);
  const record = await readRecord(directory);
  if (record?.key !== key) return undefined;
  const programs: Record<string, string> = {};
  for (const name of programsOf(component)) {
    const path = join(directory, "bin", name);
    const file = await stat(path).catch(() => undefined);
    if (file === undefined || file.size !== record.programs[name]) return undefined;
    programs[name] = path;
  }
  return { directory, key, builtInMs: record.builtInMs, programs };
}

async function readRecord(directory: string): Promise<BuildRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, "build.json"), "utf8")) as BuildRecord;
  } catch {
    return undefined;
  }
}

/**
 * The build of a component, for those who start its programs.
 *
 * @throws {RealError} `not-installed` with the command that installs it.
 */
export async function requireInstalled(
  component: Component,
): Promise<{ readonly key: string; readonly directory: string; path(program: string): string }> {
  const installed = await findInstalled(component);
  if (installed === undefined) {
    const command = `pnpm real install ${component.name}`;
    throw new RealError("not-installed", `${component.name} ${component.version} is not installed; run: ${command}`);
  }
  return {
    key: installed.key,
    directory: installed.directory,
    path: (program) => {
      const path = installed.programs[program];
      if (path === undefined) throw new TypeError(`${component.name} has no program ${program}`);
      return path;
    },
  };
}

/**
 * Path of a program in the cache.
 *
 * @throws {RealError} `not-installed` with the command that installs it; `unknown-component` for a name nobody has.
 * @example
 * ```ts
 * import { programPath } from "@idstack/tool-real";
 * console.log(await programPath("age-keygen"));
 * ```
 */
export async function programPath(program: string): Promise<string> {
  return (await requireInstalled(findComponent(await loadComponents(), program))).path(program);
}
