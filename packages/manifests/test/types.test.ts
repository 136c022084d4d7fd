import type { Deployment as GeneratedDeployment } from "@idstack/schemas/apps/v1";
import type { Application } from "@idstack/schemas/argoproj.io/v1alpha1";
import type { CiliumNetworkPolicy } from "@idstack/schemas/cilium.io/v2";
import type { LabelSelector as GeneratedSelector } from "@idstack/schemas/meta/v1";
import type { ConfigMap, PodSpec } from "@idstack/schemas/v1";
import { Deployment } from "kubernetes-models/apps/v1";
import type { Namespace } from "kubernetes-models/v1";
import { expect, expectTypeOf, test } from "vitest";
import {
  type Diagnostic,
  documentsOf,
  type KubeObject,
  type LabelSelector,
  matchesSelector,
  type ParseCode,
  type SchemaCode,
  stringify,
  validate,
  type Workload,
  workloads,
} from "../src/index.ts";

test("generated types and kubernetes-models classes are Kubernetes objects", () => {
  expectTypeOf<CiliumNetworkPolicy>().toExtend<KubeObject>();
  expectTypeOf<GeneratedDeployment>().toExtend<KubeObject>();
  expectTypeOf<Application>().toExtend<KubeObject>();
  expectTypeOf<ConfigMap>().toExtend<KubeObject>();
  expectTypeOf<Deployment>().toExtend<KubeObject>();
  expectTypeOf<Namespace>().toExtend<KubeObject>();
  expectTypeOf<GeneratedSelector>().toExtend<LabelSelector>();
  expectTypeOf<Workload["podSpec"]>().toEqualTypeOf<PodSpec>();
});

test("closed codes are plain diagnostics, but not the other way round", () => {
  expectTypeOf<Diagnostic<SchemaCode>>().toExtend<Diagnostic>();
  expectTypeOf<Diagnostic<ParseCode>>().toExtend<Diagnostic>();
  // @ts-expect-error a code of another package is no SchemaCode
  const wrong: SchemaCode = "yaml-syntax";
  expect(wrong).toBe("yaml-syntax");
});

test("a selector of the wrong shape is a type error", () => {
  // @ts-expect-error matchLabel does not exist
  expect(matchesSelector({ matchLabel: { a: "b" } }, {})).toBe(true);
});

test("an instance of a kubernetes-models class goes through everything unchanged", () => {
  const deployment = new Deployment({
    metadata: { name: "web", namespace: "apps" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx:1.27" }] } },
    },
  });
  expect(validate([deployment])).toEqual([]);
  expect(workloads(documentsOf([deployment]))[0]).toMatchObject({
    kind: "Deployment",
    name: "web",
    labels: { app: "web" },
  });
  expect(stringify(deployment)).toBe(stringify(deployment.toJSON() as KubeObject));
  expect(stringify(deployment)).toContain("image: nginx:1.27\n");
});
