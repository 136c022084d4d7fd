import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BlueprintValue, context, env, file, find, format, keyOf, writeBlueprint } from "../../src/index.ts";
import { readBlueprint } from "./read-blueprint.ts";

function write(attrs: Record<string, BlueprintValue>): string {
  return writeBlueprint({ version: 1, metadata: { name: "t" }, entries: [{ model: "m.m", attrs }] });
}

describe("writeBlueprint", () => {
  test("writes each tag as Authentik reads it", () => {
    const text = write({
      a: keyOf("provider-web"),
      b: find("authentik_flows.flow", { slug: "x", title: env("TITLE") }),
      c: context("domain"),
      d: context("domain", "home.arpa"),
      e: env("TOKEN"),
      f: env("TOKEN", null),
      g: file("/run/secrets/x"),
      h: format("%s-%s", "a", context("b")),
      i: { $tag: "!If", value: [true, "yes", 1] },
    });
    expect(text).toBe(`version: 1
metadata:
  name: t
entries:
  - model: m.m
    attrs:
      a: !KeyOf provider-web
      b: !Find [ authentik_flows.flow, [ slug, x ], [ title, !Env TITLE ] ]
      c: !Context domain
      d: !Context [ domain, home.arpa ]
      e: !Env TOKEN
      f: !Env [ TOKEN, null ]
      g: !File /run/secrets/x
      h: !Format [ "%s-%s", a, !Context b ]
      i: !If [ true, "yes", 1 ]
`);
  });

  test("texts that YAML 1.1 takes for something else are quoted", () => {
    const texts = ["on", "Yes", "n", "0777", "1e3", "12:30", "2026-01-01", "null", "~", "", "1_000", "0x1f", "=", "<<"];
    expect(readBlueprint(write({ texts })).entries[0]?.["attrs"]).toEqual({ texts });
  });

  test("texts on which a YAML 1.1 parser would fail are quoted", () => {
    expect(write({ texts: ["=", "<<"] })).toContain('- "="\n        - "<<"\n');
  });

  test("any data reads back as it was", () => {
    const text = fc.string().filter((value) => !value.includes("\0"));
    const { value } = fc.letrec<{ value: BlueprintValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie("value"), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (data) => {
        expect(readBlueprint(write({ data })).entries[0]?.["attrs"]).toEqual({ data });
      }),
    );
  });
});
