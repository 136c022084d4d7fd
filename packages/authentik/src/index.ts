export type { ChartOutput, ChartRelease } from "@idstack/manifests";
export { type BlueprintOptions, type BlueprintOutput, blueprint } from "./blueprint/blueprint.ts";
export type { BlueprintEntry } from "./blueprint/entry.ts";
export { type OutpostOptions, outpostEntries } from "./blueprint/outpost.ts";
export {
  DEFAULT_AUTHORIZATION_FLOW,
  DEFAULT_INVALIDATION_FLOW,
  type ProxyApplication,
  type ProxyApplicationOptions,
  proxyApplication,
} from "./blueprint/proxy-application.ts";
export { type BlueprintTag, type BlueprintValue, context, env, file, find, format, keyOf } from "./blueprint/tags.ts";
export { type BlueprintFile, writeBlueprint } from "./blueprint/write-blueprint.ts";
export {
  AUTHENTIK_CHART,
  type AuthentikChartOptions,
  authentikChart,
  type SecretKeyRef,
} from "./chart/authentik-chart.ts";
export {
  AUTH_RESPONSE_HEADERS,
  type OutpostAddress,
  type OutpostAddressOptions,
  outpostAddress,
  outpostEndpoint,
} from "./outpost-address.ts";
