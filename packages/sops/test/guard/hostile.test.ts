import fc from "fast-check";
import { expect, test } from "vitest";
import { guardTree } from "../../src/index.ts";
import { own } from "./corpus/index.ts";

const files = own.flatMap((construct) => construct.files);
const runs = process.env["IDSTACK_LONG"] === undefined ? 300 : 20_000;
const PIECES = [
  ...[
    "\n",
    "\t",
    "\r",
    "\0",
    "\ufeff",
    "\ud800",
    '"',
    "'",
    "|",
    "&a ",
    "*a",
    "? ",
    "<<: ",
    "- ",
    "`",
    "%",
    "!!binary ",
  ],
  ...[
    "{{",
    "}}",
    "[",
    "{",
    "<<<<<<< a\n",
    "=======\n",
    ">>>>>>> b\n",
    "---\n",
    "ENC[AES256_GCM,data:",
    "sops:\n",
    "[sops]\n",
  ],
  ...["kind: Secret\n", "sops_mac=", "-----BEGIN PRIVATE KEY-----", "idstack:allow"],
];

test("no change of a file makes the guard throw", () => {
  const change = fc.tuple(fc.nat(), fc.nat(200), fc.constantFrom("", ...PIECES));
  const property = fc.property(fc.constantFrom(...files), fc.array(change, { maxLength: 4 }), (file, changes) => {
    const text = changes.reduce((now, [at, length, piece]) => {
      const start = at % (now.length + 1);
      return now.slice(0, start) + piece + now.slice(start + length);
    }, file.text);
    for (const { line, column, message } of guardTree({ files: [{ ...file, text }, ...(file.beside ?? [])] })) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(message).not.toContain("\n");
    }
  });
  fc.assert(property, { numRuns: runs });
}, 600_000);

const rule = { path: ".sops.yaml", text: "creation_rules:\n  - path_regex: a\\.\n    age: age1xxxx\n" };

/** A pattern that tries every way to match takes minutes for these; the guard takes milliseconds, and seconds to fail. */
test.each<[string, string]>([
  ["brackets", "[".repeat(10_000)],
  ["braces", "{{".repeat(20_000)],
  ["dashes", "- ".repeat(10_000)],
  ["spaces", " ".repeat(200_000)],
  ["opening markers", "<<<<<<< \n".repeat(20_000)],
  ["middle markers", `<<<<<<< a\n${"=======\n".repeat(20_000)}`],
  ["headers of keys", "-----BEGIN PRIVATE KEY-----\n".repeat(2000)],
  ["beginnings of tokens", "xoxb-1-eyJ.AKIA tskey-a-".repeat(5000)],
  ["blank lines of a block", `sops:\n${"   \n".repeat(20_000)}x`],
  ["equal signs", `sops_mac=${"=".repeat(100_000)}`],
  ["key names", "key=".repeat(20_000)],
])(
  "many %s",
  (_, text) => {
    const start = performance.now();
    for (const path of ["a.yaml", "a.json", "a.env", "a.ini", "a.txt"]) {
      for (const before of ["", "kind: Secret\n", "sops:\n  mac: x\n"])
        guardTree({ files: [{ path, text: before + text }, rule] });
    }
    expect(performance.now() - start).toBeLessThan(30_000);
  },
  60_000,
);
