import { getAt } from "@idstack/manifests";
import { expect, test } from "vitest";
import { expand, folders, type StackDeclaration } from "../../src/index.ts";
import { base, full, render, small, stackOf } from "../fixtures.ts";

const objects = render(full);
const applications = (declaration: StackDeclaration) =>
  [...render(declaration)].filter(([ref]) => ref.startsWith("Application ")).map(([, object]) => object);
const paths = (declaration: StackDeclaration) =>
  applications(declaration).flatMap((object) => getAt(object, ["spec", "source", "path"]) ?? []);

test("each folder that holds something has an Application, and no other", () => {
  const { objects: placed, encrypted } = expand(stackOf(full));
  const filled = new Set([
    ...placed.map(({ folder }) => folder),
    ...encrypted.map(({ path }) => path.replace(/\/[^/]*$/, "")),
  ]);
  filled.delete(folders.bootstrap);
  expect(paths(full).sort()).toEqual([...filled].map((folder) => `rendered/${folder}`).sort());
});

test("a namespace without objects has no Application, since Argo CD fails on a folder that is not there", () => {
  const idle = { ...small, namespaces: { ...small.namespaces, idle: {}, open: { defaultDeny: false } } };
  expect(paths(idle)).toEqual(["rendered/_argocd", "rendered/_cluster", "rendered/apps", "rendered/idle"]);
  expect(render(idle).has("AppProject argocd/open")).toBe(true);
});

test("a declaration of nothing delivers nothing but itself", () => {
  expect(paths({ ...base, namespaces: {}, services: {} })).toEqual(["rendered/_argocd"]);
});

test("the root of a repository and a revision", () => {
  const declaration = {
    ...small,
    gitops: { repo: "git@git.home.example.org:me/home.git", path: ".", revision: "stable" },
  };
  expect(paths(declaration)).toEqual(["_argocd", "_cluster", "apps"]);
  for (const application of applications(declaration)) {
    expect(getAt(application, ["spec", "source", "targetRevision"])).toBe("stable");
  }
});

test("the project of a namespace deploys there only, and makes nothing cluster-wide", () => {
  expect(objects.get("AppProject argocd/apps")).toMatchObject({
    spec: {
      sourceRepos: ["https://git.home.example.org/me/home.git"],
      destinations: [{ namespace: "apps" }],
      clusterResourceWhitelist: [],
    },
  });
});

test("everything that is delivered may be: projects permit its repository, namespace and kind", () => {
  const { objects: placed } = expand(stackOf(full));
  const whitelist = getAt(objects.get("AppProject argocd/platform"), ["spec", "clusterResourceWhitelist"]) as {
    kind: string;
  }[];
  const kinds = whitelist.map(({ kind }) => kind);
  for (const { folder, object } of placed) {
    if (folder.startsWith("_") && object.metadata?.namespace === undefined && !folder.startsWith(folders.secrets)) {
      expect(kinds).toContain(object.kind);
    }
    if (!folder.startsWith("_")) expect(object.metadata?.namespace).toBe(folder);
  }
});

test("encrypted files are copied to a folder that ksops decrypts", () => {
  const { encrypted, objects: placed } = expand(stackOf(full));
  expect(encrypted).toEqual([
    { source: "secrets/token.sops.yaml", path: "_secrets/infra/token.sops.yaml", namespace: "infra" },
  ]);
  expect(placed.filter(({ folder }) => folder === "_secrets/infra").map(({ file }) => file)).toEqual([
    "kustomization.yaml",
    "ksops.yaml",
  ]);
  expect(
    getAt(objects.get("Application argocd/argocd"), ["spec", "source", "helm", "valuesObject", "repoServer"]),
  ).toBeDefined();
});

test("every object tells which setting it comes from", () => {
  const { objects: placed } = expand(stackOf(full));
  const sources = (ref: string) =>
    placed.filter(({ object }) => `${object.kind} ${object.metadata?.name}` === ref).map(({ source }) => source);
  expect(sources("Deployment web")).toEqual(["services.web"]);
  expect(sources("Cluster api-db")).toEqual(["services.api.database"]);
  expect(sources("Certificate search")).toEqual(["services.search.expose"]);
  expect(sources("Application traefik")).toEqual(["platform.traefik"]);
});
