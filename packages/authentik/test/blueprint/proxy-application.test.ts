import { describe, expect, test } from "vitest";
import { type ProxyApplicationOptions, proxyApplication } from "../../src/index.ts";

const base: ProxyApplicationOptions = { slug: "web", host: "web.home.arpa", groups: ["members"] };

describe("proxyApplication", () => {
  test("forwards authentication of one host", () => {
    const [provider, application, binding] = proxyApplication(base).entries;
    expect(provider).toMatchObject({
      identifiers: { name: "web" },
      attrs: { mode: "forward_single", external_host: "https://web.home.arpa" },
    });
    expect(application).toMatchObject({
      identifiers: { slug: "web" },
      attrs: { name: "web", policy_engine_mode: "any" },
    });
    expect(binding).toMatchObject({ attrs: { order: 0, enabled: true, negate: false } });
  });

  test("everyone means no binding", () => {
    const { entries } = proxyApplication({ ...base, groups: "everyone" });
    expect(entries.map((entry) => entry.model)).toEqual([
      "authentik_providers_proxy.proxyprovider",
      "authentik_core.application",
    ]);
  });

  test("a domain has its cookie domain", () => {
    const domain = { mode: "forward_domain", cookieDomain: "home.arpa", groups: "everyone" } as const;
    expect(proxyApplication({ ...base, ...domain }).entries[0]?.attrs).toMatchObject({
      mode: "forward_domain",
      cookie_domain: "home.arpa",
    });
  });

  test("passthrough attributes come last", () => {
    const [provider, application] = proxyApplication({
      ...base,
      publicPaths: ["^/health", "^/metrics"],
      provider: { intercept_header_auth: false },
      application: { meta_launch_url: "https://web.home.arpa/start" },
    }).entries;
    expect(provider?.attrs).toMatchObject({ skip_path_regex: "^/health\n^/metrics", intercept_header_auth: false });
    expect(application?.attrs).toMatchObject({ meta_launch_url: "https://web.home.arpa/start" });
  });

  test.each([
    ["a reserved slug", { slug: "token" }, /reserves the slug "token"/],
    ["a slug that is none", { slug: "my app" }, /"my app" is not a slug/],
    ["a URL as host", { host: "https://web.home.arpa" }, /is not a host name/],
    ["no groups", { groups: [] }, /groups of web is empty, which would let every user in/],
    ["a domain without its cookie domain", { mode: "forward_domain", groups: "everyone" }, /needs its cookieDomain/],
    ["groups for a whole domain", { mode: "forward_domain", cookieDomain: "home.arpa" }, /groups do nothing/],
  ] as [string, Partial<ProxyApplicationOptions>, RegExp][])("refuses %s", (_, wrong, message) => {
    expect(() => proxyApplication({ ...base, ...wrong })).toThrow(message);
  });
});
