import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalCidr, cidrContains } from "../../src/internal/cidr.ts";

describe("CIDR blocks", () => {
  it("adds the prefix length to a bare address and keeps the rest", () => {
    expect(canonicalCidr("10.0.0.1", "x")).toBe("10.0.0.1/32");
    expect(canonicalCidr("FD00::1", "x")).toBe("fd00::1/128");
    expect(canonicalCidr("0.0.0.0/0", "x")).toBe("0.0.0.0/0");
    expect(canonicalCidr("::ffff:10.0.0.0/104", "x")).toBe("::ffff:10.0.0.0/104");
    expect(canonicalCidr("2001:db8:0:0:1::/80", "x")).toBe("2001:db8:0:0:1::/80");
  });

  it.each(["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "host", "10.0.0.0/ 8", "fd00::1/64"])(
    "rejects %o",
    (text) => expect(() => canonicalCidr(text, "here")).toThrow(/^here: /),
  );

  it("contains its subnets and no others", () => {
    const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(octets, octets, fc.nat(32), (a, b, length) => {
        const bits = (o: readonly number[]) => o.map((n) => n.toString(2).padStart(8, "0")).join("");
        const same = bits(a).slice(0, length) === bits(b).slice(0, length);
        expect(cidrContains(`${a.join(".")}/${length}`, `${b.join(".")}/32`, "x")).toBe(same);
      }),
    );
    expect(cidrContains("10.0.0.0/16", "10.0.0.0/8", "x")).toBe(false);
    expect(cidrContains("fd00::/8", "fd12:3456::/32", "x")).toBe(true);
    expect(cidrContains("fd00::/16", "fd12:3456::/32", "x")).toBe(false);
  });
});
