import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checks } from "@idstack/audit";
import { expect, it } from "vitest";
import { checkTable } from "./check-table.ts";

const file = fileURLToPath(new URL("../README.md", import.meta.url));
const block = /(<!-- checks:[^>]*-->\n)[\s\S]*?(\n<!-- \/checks -->)/;

/** The formatter pads the columns of tables. */
const unpadded = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");

it("README.md shows the table of checks as they are; vitest -u writes it", async () => {
  const readme = readFileSync(file, "utf8");
  expect(readme).toMatch(block);
  const expected = readme.replace(block, (_, start, end) => `${start}\n${checkTable(checks)}\n${end}`);
  await expect(unpadded(readme) === unpadded(expected) ? readme : expected).toMatchFileSnapshot(file);
});
