import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeHcl } from "../../src/index.ts";

/** Reads one quoted HCL 1 string as its scanner does: `${` opens braces inside which quotes do not end the string. */
function readQuoted(text: string): string {
  let depth = 0;
  let value = "";
  for (let index = 1; index < text.length; index++) {
    const char = text[index] ?? "";
    if (char === "\n" && depth === 0) throw new Error("literal not terminated");
    if (char === "$" && text[index + 1] === "{") depth++;
    if (depth > 0 && char === "}") depth--;
    if (char === '"' && depth === 0) {
      if (index !== text.length - 1) throw new Error(`string ends at ${index} of ${text.length - 1}`);
      return value;
    }
    if (char !== "\\") {
      value += char;
      continue;
    }
    const next = text[++index] ?? "";
    if (next === "u") {
      value += String.fromCharCode(Number.parseInt(text.slice(index + 1, index + 5), 16));
      index += 4;
    } else value += { n: "\n", r: "\r", t: "\t" }[next] ?? next;
  }
  throw new Error("literal not terminated");
}

describe("writeHcl", () => {
  test("writes attributes one a line, then blocks", () => {
    const text = writeHcl([
      {
        type: "plugins",
        blocks: [
          {
            type: "NodeAttestor",
            label: "k8s_psat",
            blocks: [
              {
                type: "plugin_data",
                attributes: {
                  clusters: { home: { list: ["a", "b"], empty: {} } },
                  port: 8081,
                  on: true,
                  none: undefined,
                },
              },
            ],
          },
        ],
      },
      { type: "agent" },
    ]);
    expect(text).toBe(`plugins {
    NodeAttestor "k8s_psat" {
        plugin_data {
            clusters = {
                "home" = {
                    "list" = ["a", "b"]
                    "empty" = {}
                }
            }
            port = 8081
            on = true
        }
    }
}

agent {
}
`);
  });

  test("every string reads back as it was", () => {
    const nasty = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom("$", "{", "}", '"', "\\", "\n", "\t", "\0", "ü") }),
    );
    fc.assert(
      fc.property(nasty, (value) => {
        const [, line = ""] = writeHcl([{ type: "a", attributes: { b: value } }]).split("\n");
        expect(readQuoted(line.slice("    b = ".length))).toBe(value);
      }),
    );
  });

  test("an interpolation is written so that it is none", () => {
    expect(writeHcl([{ type: "a", attributes: { b: "$".concat('{file("/etc/passwd")}') } }])).toContain(
      String.raw`b = "\u0024{file(\"/etc/passwd\")}"`,
    );
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses the number %d", (value) => {
    expect(() => writeHcl([{ type: "a", attributes: { b: value } }])).toThrow(TypeError);
  });

  test.each(["a b", "", '"', "a\nb = 1"])("refuses the name %j", (name) => {
    expect(() => writeHcl([{ type: name }])).toThrow(/is not an HCL identifier/);
    expect(() => writeHcl([{ type: "a", attributes: { [name]: 1 } }])).toThrow(/is not an HCL identifier/);
  });
});
