import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Component } from "./component.ts";
import { RealError } from "./errors.ts";

/** Every file of `components/` is one component: adding a file is all it takes. */
export async function loadComponents(): Promise<readonly Component[]> {
  const directory = join(import.meta.dirname, "components");
  const files = (await readdir(directory)).filter((file) => file.endsWith(".ts")).sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(join(directory, file)).href)) as { component?: Component };
      if (module.component === undefined) throw new TypeError(`${file} exports no component`);
      return module.component;
    }),
  );
}

export function programsOf(component: Component): readonly string[] {
  return component.recipes.flatMap((recipe) => recipe.programs);
}

/** @throws {RealError} `unknown-component`, with the names that exist. */
export function selectComponents(all: readonly Component[], names: readonly string[]): readonly Component[] {
  if (names.length === 0) return all;
  return [...new Set(names.map((name) => findComponent(all, name)))];
}

/** By its own name, or by that of one of its programs. */
export function findComponent(all: readonly Component[], name: string): Component {
  const found =
    all.find((component) => component.name === name) ?? all.find((component) => programsOf(component).includes(name));
  if (found !== undefined) return found;
  const names = all.map((component) => component.name).join(", ");
  throw new RealError("unknown-component", `There is no component "${name}". There are: ${names}.`);
}
