import fc from "fast-check";
import { expect, test } from "vitest";
import { applyOrder, parseManifests, renderDiagnostics, validate, workloads } from "../src/index.ts";

/** Pieces that stumble over each other when they are put together. */
const pieces = [
  ...["apiVersion: ", "kind: ", "v1", "apps/v1", "Pod", "List", "Deployment", "Secret", "metadata: ", "name: "],
  ...["items: ", "spec: ", "template: ", "containers: ", "data: ", "$patch: ", "sops: ", "ENC[AES256_GCM,data:x]"],
  ...[
    "\n",
    "\n",
    "\r\n",
    "\n  ",
    "\n    ",
    "\n  - ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\t",
    "\ufeff",
    "\u0000",
    "\u2028",
  ],
  ...[
    "&a ",
    "*a",
    "<<: ",
    "{",
    "}",
    "[",
    "]",
    ",",
    ": ",
    "? ",
    "- ",
    "'",
    '"',
    "\\",
    "|\n",
    ">-\n",
    "# c",
    "!!set ",
    "!x ",
  ],
  ...["null", "~", "5", "1e3", ".nan", "yes", "{{ x }}", "$" + "{A}", "a", "__proto__: ", "constructor: "],
];

test("whatever a text holds is diagnosed, with a place, and never thrown at", { timeout: 300_000 }, () => {
  const numRuns = process.env["SLOW"] === "1" ? 30_000 : 500;
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, fc.constantFrom("", "apiVersion: v1\nkind: Pod\n"), (text, head) => {
      const { documents, patches, diagnostics } = parseManifests(head + text, { file: "x.yaml" });
      const found = [...diagnostics, ...validate([...documents, ...patches])];
      for (const { line, column } of found) expect([Number(line) > 0, Number(column) > 0]).toEqual([true, true]);
      renderDiagnostics(found, { sources: new Map([["x.yaml", head + text]]) });
      workloads(documents);
      applyOrder(documents.map(({ object }) => object));
    }),
    { numRuns },
  );
});
