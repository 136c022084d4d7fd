import { validate } from "@idstack/manifests";
import { proveClaims, renderProof } from "@idstack/reach";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDeclaration, claims, expand, type StackDeclaration } from "../src/index.ts";
import { clusterOf } from "./fixtures.ts";
import { declarations, runs } from "./generated.ts";

const isOpen = (declaration: StackDeclaration, namespace: string) =>
  declaration.namespaces[namespace]?.defaultDeny === false;

describe("for all stacks", () => {
  test("what has no mistake expands to valid objects, without an error", () => {
    fc.assert(
      fc.property(declarations, (declaration) => {
        expect(checkDeclaration(declaration)).toEqual([]);
        const { objects, diagnostics } = expand({ declaration });
        expect(diagnostics).toEqual([]);
        expect(validate(objects.map(({ object }) => object))).toEqual([]);
      }),
      runs(20),
    );
  });

  test("a service reaches another at its port exactly if it declares the call, or nothing is enforced", () => {
    fc.assert(
      fc.property(declarations, (declaration) => {
        const cluster = clusterOf(declaration);
        for (const [from, caller] of Object.entries(declaration.services)) {
          for (const [to, target] of Object.entries(declaration.services)) {
            if (from === to) continue;
            const declared = caller.calls?.some((call) => (typeof call === "string" ? call : call.service) === to);
            const open = isOpen(declaration, caller.namespace) && isOpen(declaration, target.namespace);
            const { verdict } = cluster.flow(
              `${caller.namespace}/${from}`,
              `${target.namespace}/${to}`,
              `tcp/${target.port}`,
            );
            expect(`${from} → ${to} ${verdict}`).toBe(`${from} → ${to} ${declared || open ? "allowed" : "denied"}`);
          }
        }
      }),
      runs(25),
    );
  });

  test("a declared call is allowed at no other port of a closed namespace", () => {
    fc.assert(
      fc.property(declarations, (declaration) => {
        const cluster = clusterOf(declaration);
        for (const [from, caller] of Object.entries(declaration.services)) {
          for (const [to, target] of Object.entries(declaration.services)) {
            if (from === to || (isOpen(declaration, caller.namespace) && isOpen(declaration, target.namespace)))
              continue;
            const { verdict } = cluster.flow(`${caller.namespace}/${from}`, `${target.namespace}/${to}`, "tcp/9999");
            expect(`${from} → ${to} ${verdict}`).toBe(`${from} → ${to} denied`);
          }
        }
      }),
      runs(10),
    );
  });

  test("a closed database answers its service, its own instances, and nobody else", () => {
    fc.assert(
      fc.property(declarations, (declaration) => {
        const cluster = clusterOf(declaration);
        for (const [owner, { namespace, database }] of Object.entries(declaration.services)) {
          if (database === undefined || isOpen(declaration, namespace)) continue;
          const clients = [
            "infra/traefik",
            `${namespace}/${owner}-db`,
            ...Object.entries(declaration.services).map(([name, each]) => `${each.namespace}/${name}`),
          ];
          const allowed = clients.filter(
            (from) => cluster.flow(from, `${namespace}/${owner}-db`, "tcp/5432").verdict === "allowed",
          );
          expect(allowed.sort()).toEqual([`${namespace}/${owner}`, `${namespace}/${owner}-db`]);
        }
      }),
      runs(15),
    );
  });

  test("Traefik reaches what is exposed, and nothing else in a closed namespace", () => {
    fc.assert(
      fc.property(declarations, (declaration) => {
        const cluster = clusterOf(declaration);
        for (const [name, { namespace, port, expose }] of Object.entries(declaration.services)) {
          const { verdict } = cluster.flow("infra/traefik", `${namespace}/${name}`, `tcp/${port}`);
          const open = isOpen(declaration, namespace);
          expect(`${name} ${verdict}`).toBe(`${name} ${expose !== undefined || open ? "allowed" : "denied"}`);
        }
      }),
      runs(15),
    );
  });

  test("the derived claims hold", () => {
    fc.assert(
      fc.property(declarations, (declaration) => {
        const proof = proveClaims(clusterOf(declaration), claims({ declaration }));
        expect(proof.ok, renderProof(proof)).toBe(true);
      }),
      runs(20),
    );
  });

  test("the same stack gives the same data, in whatever order its names are written", () => {
    fc.assert(
      fc.property(declarations, (declaration) => {
        const once = JSON.stringify(expand({ declaration }));
        expect(JSON.stringify(expand({ declaration: structuredClone(declaration) }))).toBe(once);
        expect(JSON.stringify(expand({ declaration: backwards(declaration) }))).toBe(once);
      }),
      runs(15),
    );
  });
});

/** The same declaration with the keys of every mapping in reverse. */
function backwards<T>(value: T): T {
  if (Array.isArray(value)) return value.map(backwards) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, backwards(each)]),
  ) as T;
}
