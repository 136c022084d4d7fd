import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const entry = new URL("../src/index.ts", import.meta.url).href;

/** Reports which data files of `@idstack/schemas` were read after the import, and after one Pod was validated. */
const script = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const read = [];
const original = fs.readFileSync;
fs.readFileSync = (path, ...rest) => {
  if (/\\/data\\/[^/]*\\.json$/.test(String(path))) read.push(String(path).split("/").at(-1));
  return original(path, ...rest);
};
syncBuiltinESMExports();
const { validate } = await import(${JSON.stringify(entry)});
const imported = [...read];
validate([{ apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: { containers: [] } }]);
console.log(JSON.stringify({ imported, validated: read }));
`;

test("schemas are loaded when an object needs them, not before", async () => {
  const args = ["--conditions=@idstack/source", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual({
    imported: ["catalog.json"],
    validated: ["catalog.json", "v1.json", "meta_v1.json"],
  });
});
