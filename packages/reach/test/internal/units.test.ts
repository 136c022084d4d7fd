import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains, covers, formatAddress, overlaps, parseAddress, parseCidr } from "../../src/internal/ip.ts";
import { isIdentityLabel, parseSelectorKey } from "../../src/internal/labels.ts";
import { and, MAYBE, NO, not, or, YES } from "../../src/internal/tri.ts";

describe("addresses", () => {
  test.each([
    "1.2.3.4",
    "0.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "2001:db8::1",
    "fe80::1:2:3:4",
    "2001:db8:0:1:1:1:1:1",
    "::ffff:1.2.3.4",
  ])("%s is one", (text) => {
    expect(parseAddress(text)).toMatchObject({ text });
  });

  test.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.0.0.1",
    "01.2.3.4",
    ":::",
    "1::2::3",
    "2001:db8",
    "1:2:3:4:5:6:7:8:9",
    "g::1",
    "1.2.3.4/32",
    "12345::",
  ])("%s is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test("survive printing and reading", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
        expect(parseAddress(formatAddress(6, value))?.value).toBe(value);
        const small = value % 2n ** 32n;
        expect(parseAddress(formatAddress(4, small))?.value).toBe(small);
      }),
    );
  });

  test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0/8", "::/129"])("%s is no block", (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test("blocks contain exactly their addresses", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
        fc.integer({ min: 0, max: 32 }),
        fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
        (base, bits, value) => {
          const cidr = parseCidr(`${formatAddress(4, base)}/${bits}`);
          if (cidr === undefined) throw new Error("a valid block");
          const same = base >> BigInt(32 - bits) === value >> BigInt(32 - bits);
          expect(contains(cidr, { family: 4, value, text: "" })).toBe(same);
          expect(contains(cidr, { family: 6, value, text: "" })).toBe(false);
        },
      ),
    );
  });

  test("covering and overlapping", () => {
    const block = (text: string) => parseCidr(text) ?? expect.fail(text);
    expect(covers(block("10.0.0.0/8"), block("10.1.0.0/16"))).toBe(true);
    expect(covers(block("10.1.0.0/16"), block("10.0.0.0/8"))).toBe(false);
    expect(overlaps(block("10.1.0.0/16"), block("10.0.0.0/8"))).toBe(true);
    expect(overlaps(block("10.1.0.0/16"), block("10.2.0.0/16"))).toBe(false);
    expect(overlaps(block("0.0.0.0/0"), block("::/0"))).toBe(false);
  });
});

describe("labels", () => {
  test.each([
    ["app", true],
    ["app.kubernetes.io/name", true],
    ["io.kubernetes.pod.namespace", true],
    ["io.kubernetes.container.name", false],
    ["io.cilium.k8s.policy.cluster", true],
    ["io.cilium.k8s.policy.serviceaccount", true],
    ["io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name", true],
    ["io.cilium.k8s.namespace.labels.x.beta.kubernetes.io/y", false],
    ["kubernetes.io/hostname", false],
    ["node.kubernetes.io/x", true],
    ["statefulset.kubernetes.io/pod-name", false],
    ["apps.kubernetes.io/pod-index", false],
    ["batch.kubernetes.io/job-name", true],
    ["batch.kubernetes.io/controller-uid", false],
    ["controller-revision-hash", false],
    ["my-controller-uid", true],
    ["topology.kubernetes.io/zone", false],
    ["k8s.io/x", false],
    ["failure-domain.beta.kubernetes.io/zone", false],
    ["etcd_node", false],
    ["annotations", false],
  ])("%s counts: %s", (key, expected) => {
    expect(isIdentityLabel(key)).toBe(expected);
  });

  test.each([
    ["app", "any", "app"],
    ["k8s:app", "k8s", "app"],
    ["reserved:host", "reserved", "host"],
    ["$host", "reserved", "host"],
  ])("%s", (text, source, key) => {
    expect(parseSelectorKey(text, "any")).toEqual({ source, key });
  });
});

test("three-valued logic", () => {
  const values = [NO, MAYBE, YES] as const;
  for (const a of values) {
    expect(not(not(a))).toBe(a);
    for (const b of values) {
      expect(and(a, b)).toBe(Math.min(a, b));
      expect(or(a, b)).toBe(Math.max(a, b));
      expect(not(and(a, b))).toBe(or(not(a), not(b)));
    }
  }
});
