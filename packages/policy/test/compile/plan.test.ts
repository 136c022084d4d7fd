import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allow, compile, defaultDeny, dns, type Intent } from "../../src/index.ts";

const names = (...intents: Intent[]) =>
  compile("cilium", intents).objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

describe("objects of a set of intents", () => {
  it("merges what concerns the same pods, peer and direction, and says nothing twice", () => {
    const one = allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"] });
    const two = allow({ from: "apps/web", to: "apps/api", ports: ["tcp/81"] });
    const { objects } = compile("cilium", [one, two, one]);
    expect(objects.map(({ spec }) => (spec?.ingress ?? spec?.egress)?.length)).toEqual([2, 2]);
    expect(names(defaultDeny("a"), defaultDeny("a"), dns("a"), dns("a"))).toEqual(["a/default-deny", "a/allow-dns"]);
  });

  it("removes with an intent only its own objects", () => {
    const web = allow({ from: "apps/web", to: "apps/api", ports: ["tcp/80"] });
    const job = allow({ from: "apps/job", to: "apps/api", ports: ["tcp/80"] });
    const both = compile("cilium", [web, job]).objects;
    const left = compile("cilium", [web]).objects;
    expect(both).toEqual(expect.arrayContaining(left));
    expect(left.map(({ metadata }) => metadata.name)).toEqual(["web-to-apps-api", "api-from-apps-web"]);
  });

  it("tells apart peers whose names would be equal", () => {
    const made = names(
      allow({ from: "apps/web", to: { namespace: "apps", labels: { app: "x" } }, ports: ["tcp/1"], sides: "egress" }),
      allow({ from: "apps/web", to: "apps/app-x", ports: ["tcp/1"], sides: "egress" }),
    );
    expect(new Set(made).size).toBe(2);
    expect(made.every((name) => /^apps\/web-to-apps-app-x-[0-9a-f]{6}$/.test(name))).toBe(true);
  });

  it("gives every pair of peers its own valid name, whatever the labels", () => {
    const label = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
    const peers = fc.uniqueArray(fc.tuple(fc.constantFrom("app", "example.com/role"), label), {
      minLength: 2,
      maxLength: 5,
      selector: (pair) => pair.join(),
    });
    fc.assert(
      fc.property(peers, (pairs) => {
        const made = names(
          ...pairs.map(([key, value]) =>
            allow({ from: { namespace: "apps", labels: { [key]: value } }, to: { entity: "world" }, ports: "all" }),
          ),
        );
        expect(new Set(made).size).toBe(pairs.length);
        for (const name of made) expect(name).toMatch(/^apps\/(?=.{1,70}$)[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
      }),
    );
  });
});
