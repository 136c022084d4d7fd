import { planTree, validate } from "@idstack/manifests";
import { expect, test } from "vitest";
import example from "../../../examples/identity-stack/stack.config.ts";
import { expand, type StackDeclaration } from "../src/index.ts";
import { base, full, onKubernetes, small, stackOf } from "./fixtures.ts";

const stacks: Readonly<Record<string, StackDeclaration>> = {
  small,
  full,
  onKubernetes,
  empty: { ...base, namespaces: {}, services: {} },
  open: { ...small, namespaces: { apps: { defaultDeny: false } } },
  example: example.declaration,
};

test.each(Object.entries(stacks))("every object of %s is one that the API server takes", (_, declaration) => {
  const { objects } = expand(stackOf(declaration));
  const found = validate(objects.map(({ object }) => object));
  // Kustomize's own files are no objects of a server.
  expect(found.filter(({ code }) => code !== "no-schema")).toEqual([]);
  const unchecked = objects.filter(({ object }) => ["Kustomization", "ksops"].includes(object.kind));
  expect(found).toHaveLength(unchecked.length);
});

test.each(Object.entries(stacks))("the objects of %s have files of their own", (_, declaration) => {
  const { objects } = expand(stackOf(declaration));
  const paths = new Map(objects.map((placed) => [placed.object, `${placed.folder}/${placed.file ?? ""}`]));
  const { files } = planTree([...paths.keys()], { pathOf: (object) => paths.get(object) });
  expect(files).toHaveLength(objects.length);
});
