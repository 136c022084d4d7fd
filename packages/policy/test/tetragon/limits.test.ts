import { describe, expect, it } from "vitest";
import { tracingPolicyLimits } from "../../src/index.ts";

const values = (count: number) => Array.from({ length: count }, (_, i) => String(i));

function found(section: string, hook: object): string[] {
  const spec = { [section]: [hook] };
  const policy = { apiVersion: "cilium.io/v1alpha1", kind: "TracingPolicy", metadata: { name: "x" }, spec };
  return tracingPolicyLimits(policy).map(({ path, message }) => `${path}: ${message}`);
}

const filter = (operator: string, list: string[], type = "int") => ({
  call: "x",
  args: [{ index: 0, type }],
  selectors: [{ matchArgs: [{ index: 0, operator, values: list }] }],
});
const at = "spec.kprobes[0].selectors[0]";

describe("Tetragon's limits", () => {
  it.each<[string, object, string]>([
    [
      "selectors",
      { selectors: values(6).map(() => ({})) },
      "spec.kprobes[0].selectors: selectors of a hook: at most 5, here 6",
    ],
    [
      "arguments",
      { args: values(3).map(() => ({})), data: values(3).map(() => ({})) },
      "spec.kprobes[0].args: args and data of a hook: at most 5, here 6",
    ],
    ["tags", { tags: values(17) }, "spec.kprobes[0].tags: tags of a hook: at most 16, here 17"],
    [
      "message",
      { message: "x".repeat(257) },
      "spec.kprobes[0].message: characters of a message: at most 256, here 257",
    ],
    ["numeric values", filter("Equal", values(5)), `${at}.matchArgs[0].values: numeric values: at most 4, here 5`],
    ["ranges", filter("InRange", values(5)), `${at}.matchArgs[0].values: ranges: at most 4, here 5`],
    [
      "prefix",
      filter("Prefix", ["x".repeat(257)], "string"),
      `${at}.matchArgs[0].values[0]: bytes of a Prefix value: at most 256, here 257`,
    ],
    [
      "postfix in bytes",
      filter("Postfix", ["é".repeat(64)], "file"),
      `${at}.matchArgs[0].values[0]: bytes of a Postfix value: at most 127, here 128`,
    ],
    [
      "substring",
      filter("SubString", ["x".repeat(100)], "string"),
      `${at}.matchArgs[0].values[0]: bytes of a SubString value: at most 99, here 100`,
    ],
    [
      "filters",
      { selectors: [{ matchArgs: values(6).map(() => ({})) }] },
      `${at}.matchArgs: matchArgs and matchData of a selector: at most 5, here 6`,
    ],
    [
      "binaries",
      { selectors: [{ matchBinaries: [{}, {}] }] },
      `${at}.matchBinaries: entries of matchBinaries: at most 1, here 2`,
    ],
    [
      "followed binaries",
      { selectors: [{ matchBinaries: [{ followChildren: true, values: values(65) }] }] },
      `${at}.matchBinaries[0].values: values of matchBinaries with followChildren: at most 64, here 65`,
    ],
    [
      "namespaces",
      { selectors: [{ matchNamespaces: values(11).map(() => ({})) }] },
      `${at}.matchNamespaces: entries of matchNamespaces: at most 10, here 11`,
    ],
    [
      "namespace values",
      { selectors: [{ matchNamespaces: [{ values: values(5) }] }] },
      `${at}.matchNamespaces[0].values: values of a namespace filter: at most 4, here 5`,
    ],
  ])("%s", (_, hook, expected) => expect(found("kprobes", hook)).toContain(expected));

  it("LSM argument index and CEL expressions", () => {
    expect(found("lsmhooks", { hook: "x", args: [{ index: 5, type: "int" }] })).toEqual([
      "spec.lsmhooks[0].args[0].index: argument index of an LSM hook: at most 4, here 5",
    ]);
    const cel = { matchArgs: values(3).map(() => ({ operator: "CelExpr" })) };
    expect(found("kprobes", { selectors: [cel, cel, cel] })).toEqual([
      "spec: CelExpr filters in a policy: at most 8, here 9",
    ]);
  });

  it.each<[string, object]>([
    ["InMap", filter("InMap", values(100))],
    ["strings", filter("Equal", values(100), "string")],
    ["postfixes", filter("Postfix", values(100), "linux_binprm")],
    ["the limits themselves", filter("Equal", values(4))],
  ])("does not object to %s", (_, hook) => expect(found("kprobes", hook)).toEqual([]));
});
