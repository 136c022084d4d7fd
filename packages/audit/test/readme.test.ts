import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checks } from "@idstack/audit";
import { expect, it } from "vitest";
import { checkTable } from "./check-table.ts";

const file = fileURLToPath(new URL("../README.md", import.meta.url));
const block = /(<!-- checks:[^>]*-->\n)[\s\S]*?(\n<!-- \/checks -->)/;

it("README.md shows the table of checks as they are; vitest -u writes it", async () => {
  const readme = readFileSync(file, "utf8");
  expect(readme).toMatch(block);
  await expect(readme.replace(block, `$1\n${checkTable(checks).replaceAll("$", "$$$$")}\n$2`)).toMatchFileSnapshot(
    file,
  );
});
