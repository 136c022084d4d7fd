import { validate } from "@idstack/manifests";
import { describe, expect, test } from "vitest";
import { blueprint, proxyApplication } from "../../src/index.ts";
import { readBlueprint } from "./read-blueprint.ts";

const web = proxyApplication({ slug: "web", host: "web.home.arpa", groups: ["members"] });
const admin = proxyApplication({
  slug: "admin",
  name: "Admin",
  host: "admin.home.arpa",
  groups: ["admins", "members"],
});
const base = { name: "apps", namespace: "security" };
const outpost = { name: "traefik", host: "https://auth.home.arpa", namespace: "security" };

describe("blueprint", () => {
  test("application, provider, access rule and outpost, with Authentik's tags", () => {
    const { configMap, text } = blueprint({ ...base, applications: [web], outpost });
    expect(validate([configMap])).toEqual([]);
    expect(configMap.metadata).toEqual({ name: "apps", namespace: "security" });
    expect(configMap.data).toEqual({ "apps.yaml": text });
    expect(text).toMatchInlineSnapshot(`
      "version: 1
      metadata:
        name: apps
        labels:
          blueprints.goauthentik.io/instantiate: "true"
      entries:
        - model: authentik_blueprints.metaapplyblueprint
          attrs:
            identifiers:
              path: default/flow-default-provider-authorization-implicit-consent.yaml
            required: true
        - model: authentik_blueprints.metaapplyblueprint
          attrs:
            identifiers:
              path: default/flow-default-provider-invalidation.yaml
            required: true
        - model: authentik_core.group
          id: group-members
          identifiers:
            name: members
        - model: authentik_providers_proxy.proxyprovider
          id: provider-web
          identifiers:
            name: web
          attrs:
            authorization_flow: !Find [ authentik_flows.flow, [ slug, default-provider-authorization-implicit-consent ] ]
            invalidation_flow: !Find [ authentik_flows.flow, [ slug, default-provider-invalidation-flow ] ]
            mode: forward_single
            external_host: https://web.home.arpa
        - model: authentik_core.application
          id: application-web
          identifiers:
            slug: web
          attrs:
            name: web
            provider: !KeyOf provider-web
            policy_engine_mode: any
        - model: authentik_policies.policybinding
          identifiers:
            target: !KeyOf application-web
            group: !KeyOf group-members
          attrs:
            order: 0
            enabled: true
            negate: false
        - model: authentik_outposts.kubernetesserviceconnection
          id: cluster
          identifiers:
            local: true
          attrs:
            name: Local Kubernetes Cluster
        - model: authentik_outposts.outpost
          id: outpost
          identifiers:
            name: traefik
          attrs:
            type: proxy
            service_connection: !KeyOf cluster
            providers:
              - !KeyOf provider-web
            config:
              authentik_host: https://auth.home.arpa
              kubernetes_namespace: security
              object_naming_template: ak-outpost-%(name)s
              kubernetes_replicas: 1
              kubernetes_disabled_components:
                - ingress
                - httproute
                - traefik middleware
      "
    `);
  });

  test("the text is the same for the same input", () => {
    const make = () => blueprint({ ...base, applications: [web, admin], outpost }).text;
    expect(make()).toBe(make());
  });

  test("each group is made once and bound by reference", () => {
    const { entries } = readBlueprint(blueprint({ ...base, applications: [web, admin] }).text);
    const groups = entries.filter((entry) => entry["model"] === "authentik_core.group");
    expect(groups).toEqual([
      { model: "authentik_core.group", id: "group-admins", identifiers: { name: "admins" } },
      { model: "authentik_core.group", id: "group-members", identifiers: { name: "members" } },
    ]);
    const bindings = entries.filter((entry) => entry["model"] === "authentik_policies.policybinding");
    expect(bindings.map((entry) => entry["identifiers"])).toEqual([
      { target: { $tag: "!KeyOf", value: "application-web" }, group: { $tag: "!KeyOf", value: "group-members" } },
      { target: { $tag: "!KeyOf", value: "application-admin" }, group: { $tag: "!KeyOf", value: "group-admins" } },
      { target: { $tag: "!KeyOf", value: "application-admin" }, group: { $tag: "!KeyOf", value: "group-members" } },
    ]);
  });

  test("every reference is to an earlier entry", () => {
    const { entries } = readBlueprint(blueprint({ ...base, applications: [web, admin], outpost }).text);
    const known = new Set<unknown>();
    for (const entry of entries) {
      for (const [, id] of JSON.stringify(entry).matchAll(/"\$tag":"!KeyOf","value":"([^"]+)"/g)) {
        expect(known).toContain(id);
      }
      known.add(entry["id"]);
    }
  });

  test("default flows are required before anything uses them, others are not", () => {
    const required = (text: string) =>
      readBlueprint(text)
        .entries.filter((entry) => entry["model"] === "authentik_blueprints.metaapplyblueprint")
        .map((entry) => entry["attrs"]);
    expect(required(blueprint({ ...base, applications: [web] }).text)).toEqual([
      { identifiers: { path: "default/flow-default-provider-authorization-implicit-consent.yaml" }, required: true },
      { identifiers: { path: "default/flow-default-provider-invalidation.yaml" }, required: true },
    ]);
    const own = { authorizationFlow: "mine", invalidationFlow: "my-invalidation" };
    const other = proxyApplication({ slug: "x", host: "x.home.arpa", groups: "everyone", ...own });
    expect(required(blueprint({ ...base, applications: [other] }).text)).toEqual([]);
  });

  test("the embedded outpost is found by its mark and keeps its type", () => {
    const embedded = { host: outpost.host, namespace: "security", config: { log_level: "debug" } };
    const { entries } = readBlueprint(blueprint({ ...base, applications: [web], outpost: embedded }).text);
    expect(entries.at(-1)).toEqual({
      model: "authentik_outposts.outpost",
      id: "outpost",
      identifiers: { managed: "goauthentik.io/outposts/embedded" },
      attrs: {
        type: "proxy",
        service_connection: { $tag: "!KeyOf", value: "cluster" },
        providers: [{ $tag: "!KeyOf", value: "provider-web" }],
        config: {
          authentik_host: "https://auth.home.arpa",
          kubernetes_namespace: "security",
          kubernetes_disabled_components: ["ingress", "httproute", "traefik middleware"],
          log_level: "debug",
        },
      },
    });
  });

  test("further entries and context come through", () => {
    const entry = {
      model: "authentik_brands.brand",
      identifiers: { domain: "authentik-default" },
      state: "absent",
    } as const;
    const read = readBlueprint(blueprint({ ...base, entries: [entry], context: { domain: "home.arpa" } }).text);
    expect(read).toMatchObject({ version: 1, context: { domain: "home.arpa" }, entries: [entry] });
  });

  test.each([
    ["two applications of one slug", { applications: [web, web] }, /two applications with the slug "web"/],
    ["an outpost without applications", { outpost }, /would take all providers from the outpost traefik/],
    [
      "an outpost without a full URL",
      { applications: [web], outpost: { ...outpost, host: "auth.home.arpa" } },
      /not a full URL/,
    ],
  ])("refuses %s", (_, wrong, message) => {
    expect(() => blueprint({ ...base, ...wrong })).toThrow(message);
  });
});
