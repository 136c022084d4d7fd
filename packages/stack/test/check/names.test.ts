import { describe, expect, test } from "vitest";
import { errorsOf, full, IMAGE, small } from "../fixtures.ts";

const withNamespace = (name: string) => ({
  ...full,
  namespaces: { ...full.namespaces, [name]: {} },
  services: { ...full.services, idle: { namespace: name, image: IMAGE, port: 1 } },
});
const withService = (name: string, namespace: string, settings: object = {}) => ({
  ...full,
  services: { ...full.services, [name]: { namespace, image: IMAGE, port: 1, ...settings } },
});

describe("a namespace has an Application and a project of its name", () => {
  test.each([
    ["cert-manager", "platform.certManager"],
    ["traefik", "platform.traefik"],
    ["spire", "platform.spire"],
    ["authentik", "platform.authentik"],
    ["external-secrets", "platform.externalSecrets"],
    ["cloudnative-pg", "platform.cloudNativePg"],
    ["secrets-infra", "sops.files"],
    ["cluster", "the stack itself"],
  ])("%s is taken by %s", (name, owner) => {
    expect(errorsOf(withNamespace(name))).toEqual([
      `namespaces.${name}: makes Application argocd/${name}, which ${owner} makes too. Give one of them another name.`,
    ]);
  });

  test.each(["platform", "root"])("%s is taken twice", (name) => {
    expect(errorsOf(withNamespace(name))).toEqual(
      ["AppProject", "Application"].map(
        (kind) =>
          `namespaces.${name}: makes ${kind} argocd/${name}, which the stack itself makes too. Give one of them another name.`,
      ),
    );
  });

  test("argocd belongs to Argo CD, whoever installed it", () => {
    expect(errorsOf({ ...small, namespaces: { ...small.namespaces, argocd: {} } })).toEqual([
      "namespaces.argocd: belongs to Argo CD. Give yours another name.",
    ]);
  });

  test("a chart that is not installed takes no name", () => {
    expect(errorsOf({ ...small, namespaces: { apps: {}, traefik: {} } })).toEqual([]);
  });
});

describe("a service has objects and pods of its name", () => {
  test("a database's accounts are its own", () => {
    expect(errorsOf(withService("web-db", "apps"))).toEqual([
      "services.web-db: makes ServiceAccount apps/web-db, which services.web.database makes too. Give one of them another name.",
    ]);
    expect(errorsOf(withService("web-db-rw", "apps"))).toEqual([
      "services.web-db-rw: makes Service apps/web-db-rw, which services.web.database makes too. Give one of them another name.",
    ]);
    expect(errorsOf(withService("web-db", "lab"))).toEqual([]);
  });

  test("a certificate's Secret is its own", () => {
    const secrets = { TOKEN: full.services["web"]?.secrets?.["API_TOKEN"] };
    expect(errorsOf(withService("web-tls", "apps", { secrets }))).toEqual([
      "services.web.expose: makes Secret apps/web-tls, which services.web-tls makes too. Give one of them another name.",
    ]);
  });

  test("the backup credentials are the platform's", () => {
    const secrets = { TOKEN: full.services["web"]?.secrets?.["API_TOKEN"] };
    const kinds = ["ExternalSecret", "Secret"];
    expect(errorsOf(withService("s3-backup", "apps", { secrets }))).toEqual(
      kinds.map(
        (kind) =>
          `services.s3-backup: makes ${kind} apps/s3-backup, which backups.credentials makes too. Give one of them another name.`,
      ),
    );
  });

  test("pods of a chart with the same label would get the service's policies", () => {
    expect(errorsOf(withService("traefik", "infra"))).toEqual([
      expect.stringMatching(
        /^services\.traefik: has pods labelled app\.kubernetes\.io\/name: traefik in infra, as traefik of the traefik chart \S+ has: neither policies nor Services tell them apart\. Rename the service, or use another namespace\.$/,
      ),
    ]);
    expect(errorsOf(withService("traefik", "apps"))).toEqual([]);
  });

  test("names that are joined may meet", () => {
    const namespaces = { ...full.namespaces, a: {}, "a-b": {} };
    const services = {
      ...full.services,
      "b-c": { namespace: "a", image: IMAGE, port: 1, calls: ["api"] },
      c: { namespace: "a-b", image: IMAGE, port: 1, calls: ["api"] },
    };
    expect(errorsOf({ ...full, namespaces, services })).toEqual([
      "services.c: makes ClusterSPIFFEID a-b-c, which services.b-c makes too. Give one of them another name.",
    ]);
  });
});
