import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { type KubeObject, parseManifests, stringify } from "../../src/index.ts";

const configMap = (data: Record<string, unknown>) => ({ apiVersion: "v1", kind: "ConfigMap", data });

/** What the two YAML versions, and Kubernetes' own mixture, read. */
function readBack(text: string): unknown[] {
  return [
    parse(text, { version: "1.2" }),
    parse(text, { version: "1.1" }),
    parse(text, { version: "1.1", schema: "core" }),
    parseManifests(text).documents[0]?.object,
  ];
}

/** Strings that are likely to be misread: fragments of every construct, glued together. */
const risky = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."-?:,[]{}#&*!|>'\"%@`=<~ \t\n.+_\\/0123456789abefnxyoNYTZ".split("")),
      fc.constantFrom(
        "on",
        "off",
        "yes",
        "no",
        "true",
        "null",
        "~",
        "<<",
        "---",
        "...",
        "0x",
        "0o",
        "1e3",
        ": ",
        " #",
        "\n\n",
      ),
      fc.constantFrom(
        "\r",
        "\u0085",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\u0000",
        "\u001b",
        "\u007f",
        "\u00a0",
        "é",
        "日本",
        "😀",
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));
const text = fc.oneof(risky, fc.string({ unit: "binary" }), fc.string());
const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
);
const data = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, text, numbers, fc.boolean(), fc.constant(null), tie("list"), tie("map")),
  list: fc.array(tie("value"), { maxLength: 4 }),
  map: fc.dictionary(
    text.filter((key) => key !== "__proto__"),
    tie("value"),
    { maxKeys: 4 },
  ),
}));

/** `SLOW=1` looks longer. */
const runs = process.env["SLOW"] === "1" ? 20_000 : 600;

describe("stringify", { timeout: 300_000 }, () => {
  test("gives every string and every key back, in YAML 1.1 and 1.2", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), (pairs) => {
        const object = configMap(Object.fromEntries(pairs.filter(([key]) => key !== "__proto__")));
        const written = stringify(object);
        for (const read of readBack(written)) expect(read, written).toEqual(object);
      }),
      { numRuns: runs },
    );
  });

  test("gives any JSON back, in YAML 1.1 and 1.2", () => {
    fc.assert(
      fc.property(data.map, (map) => {
        const object = configMap(map as Record<string, unknown>);
        const written = stringify(object);
        for (const read of readBack(written)) expect(read, written).toEqual(object);
      }),
      { numRuns: runs / 2 },
    );
  });

  test.each(
    "on off yes no y n Y N On OFF true True null Null NULL ~ 0777 0o17 0x1F 0b11 1e3 1E3 1_000 12:30 12:30:45 190:20:30 2024-01-02 2024-01-02T03:04:05Z 1.2.3 1.5 .5 -.inf .NaN +1 -1 089 = << <<: - ? : * & ! | > % @ ` { } [ ] , # --- ...".split(
      " ",
    ),
  )("quotes %s", (word) => {
    expect(stringify(configMap({ key: word }))).toMatch(/\n {2}key: ["'].*["']\n$/);
    expect(stringify(configMap({ [word]: "value" }))).toMatch(/\n {2}["'].*["']: value\n$/);
  });

  test.each([
    "nginx:1.27",
    "ghcr.io/me/web@sha256:0123456789abcdef",
    "https://home.arpa/a?b=c&d",
    "10.42.0.0/16",
    "5Gi",
    "100m",
    "30s",
    "--leader-elect=false",
    "$(POD_IP)",
    "/var/run",
    "app.kubernetes.io/name",
    "ReadWriteOnce",
    "a b c",
  ])("leaves %s plain", (word) => {
    expect(stringify(configMap({ key: word }))).toContain(`\n  key: ${word}\n`);
  });

  test("writes strings of several lines as literal blocks", () => {
    expect(stringify(configMap({ a: "x\ny\n", b: "x\ny", c: "  x\ny\n\n", d: ["p: 1\n# q\n"] }))).toBe(
      "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    x\n    y\n  b: |-\n    x\n    y\n  c: |2+\n      x\n    y\n\n  d:\n    - |\n      p: 1\n      # q\n",
    );
  });

  test("orders the head, metadata, spec, data, the rest and status", () => {
    const object = {
      status: {},
      zeta: 1,
      data: { b: "1", a: "2" },
      spec: { z: 1, a: 2 },
      alpha: 2,
      sops: { mac: "m" },
      metadata: {
        finalizers: [],
        annotations: { b: "1", a: "2" },
        labels: { z: "1", a: "2" },
        namespace: "n",
        name: "x",
      },
      kind: "K",
      apiVersion: "v1",
    };
    expect(stringify(object)).toBe(
      'apiVersion: v1\nkind: K\nmetadata:\n  name: x\n  namespace: "n"\n  labels:\n    a: "2"\n    z: "1"\n  annotations:\n    a: "2"\n    b: "1"\n  finalizers: []\nspec:\n  z: 1\n  a: 2\ndata:\n  b: "1"\n  a: "2"\nzeta: 1\nalpha: 2\nstatus: {}\nsops:\n  mac: m\n',
    );
  });

  test("writes several objects as documents", () => {
    const written = stringify([configMap({ a: "b" }), configMap({ c: "d" })]);
    expect(parseAllDocuments(written)).toHaveLength(2);
    expect(stringify([])).toBe("");
  });

  test("leaves undefined out and honours toJSON", () => {
    const object: KubeObject = Object.assign(
      { apiVersion: "v1", kind: "K" },
      { a: undefined, b: { c: undefined }, d: { toJSON: () => [1] } },
    );
    expect(stringify(object)).toBe("apiVersion: v1\nkind: K\nb: {}\nd:\n  - 1\n");
  });

  test("nests lists in lists and maps in lists", () => {
    const object = configMap({ a: [[1, [2, {}]], [], { b: [{ c: 1, d: [] }], e: 2 }] });
    for (const read of readBack(stringify(object))) expect(read).toEqual(object);
  });

  test("keeps keys longer than a reader looks ahead", () => {
    const object = configMap({ ["k".repeat(2000)]: { a: "b" }, ["m".repeat(2000)]: "c" });
    for (const read of readBack(stringify(object))) expect(read).toEqual(object);
  });

  test("refuses what is no JSON, with its path", () => {
    const write = (value: unknown) => () => stringify(configMap({ a: [value] }));
    expect(write(() => 1)).toThrow(TypeError);
    expect(write(Number.NaN)).toThrow("data.a[0]: a number that JSON does not have cannot be written as YAML");
    expect(write(10n)).toThrow("data.a[0]: a bigint that");
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(write(cycle)).toThrow("data.a[0][0]: the object contains itself");
  });
});
