import { isAbsolute, relative, sep } from "node:path";

/** A path as people know it: relative to the working directory if it is below it, absolute otherwise. */
export function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below) ? path : below || ".";
}
