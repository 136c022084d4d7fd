import type { Random } from "@idstack/tool-real";
import type { KubeObject } from "../../src/index.ts";
import type { CustomKind } from "./custom-kinds.ts";
import { makeValue, NoValue } from "./make-value.ts";
import type { Mapping, Schema } from "./schema.ts";

/** An object of a custom kind that its schema allows. */
export function makeObject(kind: CustomKind, random: Random): KubeObject {
  const { apiVersion, kind: name, schema, namespaced, dropsStatus } = kind;
  const { apiVersion: _, kind: __, metadata: ___, status, ...properties } = schema.properties ?? {};
  const required = (schema.required ?? []).filter((field) => field in properties);
  const rest: Schema = { ...schema, properties, required };
  const metadata = {
    name: random.pick(["web", "web-1", "a.example", "x"]),
    ...(namespaced && random.chance(0.5) ? { namespace: "apps" } : {}),
    ...(random.chance(0.3) ? { labels: { "app.kubernetes.io/name": "web", tier: "" } } : {}),
    ...(random.chance(0.2) ? { annotations: { "example.com/note": "any text, ünïcode" } } : {}),
    ...(random.chance(0.1) ? { finalizers: ["example.com/f"] } : {}),
  };
  for (let attempt = 0; ; attempt++) {
    try {
      const body = makeValue(rest, random) as Mapping;
      const needsStatus = !dropsStatus && schema.required?.includes("status") === true;
      const withStatus = status !== undefined && (needsStatus || random.chance(0.1));
      return {
        apiVersion,
        kind: name,
        metadata,
        ...body,
        ...(withStatus ? { status: makeValue(status, random, 1) } : {}),
      };
    } catch (error) {
      if (!(error instanceof NoValue) || attempt > 20) throw error;
    }
  }
}
