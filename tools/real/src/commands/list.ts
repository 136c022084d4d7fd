import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Component } from "../component.ts";
import { programsOf } from "../components.ts";
import { RealError } from "../errors.ts";
import { findInstalled } from "../installed.ts";
import { formatDuration } from "../internal/duration.ts";
import { table } from "../internal/table.ts";

/** A table of the components, their versions and what the cache holds of them. */
export async function list(components: readonly Component[]): Promise<string> {
  const rows: string[][] = [];
  for (const component of components) {
    rows.push([component.name, component.version, await state(component), programsOf(component).join(", ")]);
  }
  return table(["component", "version", "state", "programs"], rows);
}

async function state(component: Component): Promise<string> {
  try {
    const installed = await findInstalled(component);
    if (installed === undefined) return "not installed";
    const megabytes = (await sizeOf(join(installed.directory, "bin"))) / 1e6;
    return `${megabytes.toFixed(0)} MB, built in ${formatDuration(installed.builtInMs)}`;
  } catch (error) {
    if (error instanceof RealError) return "needs a tool: see doctor";
    throw error;
  }
}

async function sizeOf(directory: string): Promise<number> {
  const files = await readdir(directory);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).size));
  return sizes.reduce((total, size) => total + size, 0);
}
