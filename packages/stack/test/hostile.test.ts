import { planTree, validate } from "@idstack/manifests";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDeclaration, expand, type StackDeclaration } from "../src/index.ts";
import { full, onKubernetes } from "./fixtures.ts";
import { runs } from "./generated.ts";

type Path = readonly (string | number)[];

/** Values of every kind, and texts that formats, templates and prototypes trip over. */
const intruder = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    0,
    -1,
    65536,
    1.5,
    Number.NaN,
    "",
    " ",
    "a",
    "apps",
    "web",
    "A",
    "a.b",
    "a-",
    "1",
    "a".repeat(64),
    "a".repeat(300),
    "constructor",
    "__proto__",
    "../x",
    "$(X)",
    "{{ .X }}",
    "a\nb",
    "ü",
    "10.0.0.0/8",
    "192.168.1.10",
    "[::1]:443",
    "https://[::1]/",
    "https://a.svc",
    [],
    [null],
    ["web"],
    {},
    { a: 1 },
    { none: "x" },
    { secret: "x" },
    { service: "api", http: [{}] },
  ),
  fc.string({ maxLength: 12 }),
);

const places = (value: unknown, path: Path = []): Path[] => {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...keys.flatMap((key) => places((value as Record<string | number, unknown>)[key], [...path, key]))];
};

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((each, index) => (index === key ? replaced(each, rest, by) : each));
  const copy = value as Record<string, unknown>;
  return { ...copy, [key]: replaced(copy[key], rest, by) };
}

function renamed(value: unknown, [key, ...rest]: Path, to: string): unknown {
  if (key === undefined || Array.isArray(value)) return value;
  const entries = Object.entries(value as object);
  return Object.fromEntries(
    entries.map(([name, each]) => {
      if (name !== key) return [name, each];
      return rest.length === 0 ? [to, each] : [name, renamed(each, rest, to)];
    }),
  );
}

const mutated = fc
  .tuple(fc.constantFrom(full, onKubernetes), intruder, fc.boolean())
  .chain(([declaration, value, rename]) =>
    fc
      .constantFrom(...places(declaration))
      .map((path) =>
        rename && typeof value === "string" ? renamed(declaration, path, value) : replaced(declaration, path, value),
      ),
  );

test("anything at all is answered with mistakes, never with an exception", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(checkDeclaration(value).length).toBeGreaterThan(0);
    }),
    runs(100),
  );
});

test("a declaration with one value or name exchanged has a mistake with a path, or expands to valid objects in files", () => {
  fc.assert(
    fc.property(mutated, (declaration) => {
      const found = checkDeclaration(declaration);
      for (const { path, message } of found)
        expect([typeof path, message]).toEqual(["string", expect.stringMatching(/\S/)]);
      if (found.length > 0) return;
      const { objects, diagnostics } = expand({ declaration: declaration as StackDeclaration });
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(validate(objects.map(({ object }) => object)).filter(({ severity }) => severity === "error")).toEqual([]);
      const paths = new Map(objects.map((placed) => [placed.object, `${placed.folder}/${placed.file ?? ""}`]));
      expect(planTree([...paths.keys()], { pathOf: (object) => paths.get(object) }).files.length).toBe(objects.length);
    }),
    runs(100),
  );
});
