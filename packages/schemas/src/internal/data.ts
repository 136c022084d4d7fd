import { existsSync, readFileSync } from "node:fs";

/** `data/` lies beside `src/` and `dist/`; the bundle has this code one folder higher than the source. */
const data = ["../data/", "../../data/"]
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(new URL("catalog.json", url)));

/** Parses `data/<name>.json` of this package. */
export function readData(name: string): unknown {
  if (data === undefined) throw new Error(`@idstack/schemas is incomplete: no data folder near ${import.meta.url}`);
  return JSON.parse(readFileSync(new URL(`${name}.json`, data), "utf8"));
}
