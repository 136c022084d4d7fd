import { describe, expect, it } from "vitest";
import { optionalPeer } from "../../src/internal/optional-peer.ts";

describe("an optional peer", () => {
  it("that is missing is a TypeError with the command that installs it", () => {
    const load = () => optionalPeer("@idstack/not-there", "8", "@idstack/spiffe/undici");
    expect(load).toThrow(TypeError);
    expect(load).toThrow(/^@idstack\/spiffe\/undici needs .* not installed: npm install @idstack\/not-there@8$/);
  });

  it("that is installed is loaded", () => {
    expect(optionalPeer<{ fetch: unknown }>("undici", "8", "this test").fetch).toBeTypeOf("function");
  });
});
