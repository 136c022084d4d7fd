import type { Path } from "@idstack/manifests";
import { type Requirement, readSelector, SelectorProblem } from "../selector.ts";

/** A policy that the API server or the agent refuses: none of its rules take effect. */
export class RefusedPolicy extends Error {
  readonly path: Path;
  constructor(path: Path, message: string) {
    super(message);
    this.path = path;
  }
}

export type Mapping = { readonly [key: string]: unknown };

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a map; what is absent or null is undefined, anything else is refused. */
export function mapping(value: unknown, path: Path): Mapping | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isMapping(value)) throw new RefusedPolicy(path, "must be a map");
  return value;
}

/** Reads a list. Absent and null are undefined, which the engine tells apart from an empty list. */
export function list(value: unknown, path: Path): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw new RefusedPolicy(path, "must be a list");
  return value;
}

export function maps(
  value: unknown,
  path: Path,
): readonly { readonly item: Mapping; readonly path: Path }[] | undefined {
  return list(value, path)?.map((item, index) => {
    const at = [...path, index];
    const map = mapping(item, at);
    if (map === undefined) throw new RefusedPolicy(at, "must be a map");
    return { item: map, path: at };
  });
}

export function texts(value: unknown, path: Path): readonly string[] | undefined {
  return list(value, path)?.map((item, index) => {
    if (typeof item !== "string") throw new RefusedPolicy([...path, index], "must be a text");
    return item;
  });
}

export function text(value: unknown, path: Path): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new RefusedPolicy(path, "must be a text");
  return value;
}

export function flag(value: unknown, path: Path): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw new RefusedPolicy(path, "must be true or false");
  return value;
}

export function integer(value: unknown, path: Path): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) throw new RefusedPolicy(path, "must be an integer");
  return value;
}

export function selector(value: unknown, path: Path, defaultSource: string): Requirement[] {
  try {
    return readSelector(value, defaultSource);
  } catch (error) {
    if (error instanceof SelectorProblem) throw new RefusedPolicy(path, error.message);
    throw error;
  }
}
