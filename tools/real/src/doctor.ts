import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";
import { dirname } from "node:path";
import type { Component, Requirement } from "./component.ts";
import { cacheDirectory } from "./internal/cache-directory.ts";

/** One thing that builds need. */
export interface Finding {
  readonly requirement: Requirement;
  /** Components that need it. */
  readonly neededBy: readonly string[];
  /** What is wrong; absent when all is well. */
  readonly problem?: string;
  readonly found?: string;
}

/** Looks at everything the components need, each thing once. */
export async function diagnose(components: readonly Component[]): Promise<readonly Finding[]> {
  const needs = new Map<string, { requirement: Requirement; neededBy: Set<string> }>();
  for (const component of components) {
    for (const recipe of component.recipes) {
      for (const requirement of await recipe.requirements()) {
        const need = needs.get(requirement.name) ?? { requirement, neededBy: new Set() };
        needs.set(requirement.name, need);
        need.neededBy.add(component.name);
      }
    }
  }
  return Promise.all(
    [...needs.values()].map(async ({ requirement, neededBy }) => ({
      requirement,
      neededBy: [...neededBy],
      ...(await requirement.check()),
    })),
  );
}

/** Text for people; every line of advice can be copied. */
export function renderFindings(findings: readonly Finding[]): string {
  const lines: string[] = [];
  for (const { requirement, neededBy, problem, found } of findings) {
    if (problem === undefined) {
      lines.push(`ok       ${requirement.name}: ${found}`);
      continue;
    }
    const { debian, fedora, macos, nix } = requirement.advice;
    lines.push(
      `MISSING  ${requirement.name}: ${problem} (needed by ${neededBy.join(", ")})`,
      `           Debian, Ubuntu  ${debian}`,
      `           Fedora          ${fedora}`,
      `           macOS           ${macos}`,
      `           Nix             ${nix}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

const gibibyte = 2 ** 30;
const diskForBuilds = 8 * gibibyte;
const memoryForBuilds = 4 * gibibyte;

/** Warnings about the machine that do not stop a build but may end it badly. */
export async function machineWarnings(cache = cacheDirectory()): Promise<string[]> {
  const warnings: string[] = [];
  const free = await freeSpace(cache);
  if (free !== undefined && free < diskForBuilds) {
    warnings.push(
      `only ${inGibibytes(free)} free for ${cache}; building everything takes about 8 GiB with Go's caches`,
    );
  }
  if (totalmem() < memoryForBuilds) {
    warnings.push(`only ${inGibibytes(totalmem())} of memory; compiling the Kubernetes API server takes about 2 GiB`);
  }
  return warnings;
}

async function freeSpace(path: string): Promise<number | undefined> {
  for (let directory = path; ; directory = dirname(directory)) {
    try {
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    } catch {
      if (dirname(directory) === directory) return undefined;
    }
  }
}

function inGibibytes(bytes: number): string {
  return `${(bytes / gibibyte).toFixed(1)} GiB`;
}
