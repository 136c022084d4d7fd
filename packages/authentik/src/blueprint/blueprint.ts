import { metadata, type NamespacedOptions } from "@idstack/manifests";
import type { ConfigMap } from "@idstack/schemas/v1";
import type { BlueprintEntry } from "./entry.ts";
import { type OutpostOptions, outpostEntries } from "./outpost.ts";
import {
  DEFAULT_AUTHORIZATION_FLOW,
  DEFAULT_INVALIDATION_FLOW,
  groupId,
  type ProxyApplication,
} from "./proxy-application.ts";
import type { BlueprintValue } from "./tags.ts";
import { writeBlueprint } from "./write-blueprint.ts";

/** Options of {@link blueprint}. */
export interface BlueprintOptions extends NamespacedOptions {
  /** Name of the blueprint and of its ConfigMap. */
  readonly name: string;
  /** Namespace Authentik runs in. */
  readonly namespace: string;
  /** Applications; results of {@link proxyApplication}. */
  readonly applications?: readonly ProxyApplication[] | undefined;
  /**
   * The outpost that serves them. An outpost's list of providers is replaced as a whole, so one blueprint holds all
   * applications of one outpost.
   */
  readonly outpost?: OutpostOptions | undefined;
  readonly context?: Readonly<Record<string, BlueprintValue>> | undefined;
  /** Further entries, after all others. */
  readonly entries?: readonly BlueprintEntry[] | undefined;
}

/** Result of {@link blueprint}. */
export interface BlueprintOutput {
  readonly configMap: ConfigMap;
  readonly objects: [ConfigMap];
  /** The blueprint's text, as it stands in the ConfigMap. */
  readonly text: string;
}

/** Blueprints of Authentik's image that make the default flows. */
const FLOW_BLUEPRINTS: Readonly<Record<string, string>> = {
  [DEFAULT_AUTHORIZATION_FLOW]: "default/flow-default-provider-authorization-implicit-consent.yaml",
  [DEFAULT_INVALIDATION_FLOW]: "default/flow-default-provider-invalidation.yaml",
};

/**
 * A blueprint in a ConfigMap, for `blueprints.configMaps` of the chart: groups, applications with their providers and
 * access rules, and the outpost that serves them.
 *
 * Blueprints are applied in no certain order, and a `!Find` that finds nothing is saved as null. So this one first
 * requires the blueprints of the default flows it uses, makes the groups it binds, and refers to everything else by
 * `!KeyOf`. The whole file is one transaction. Throws TypeError for applications that share a slug and for an outpost
 * without applications.
 *
 * @example
 * ```ts
 * import { blueprint, proxyApplication } from "@idstack/authentik";
 * const { configMap } = blueprint({
 *   name: "apps", namespace: "security",
 *   applications: [proxyApplication({ slug: "web", host: "web.home.arpa", groups: ["members"] })],
 *   outpost: { name: "traefik", host: "https://auth.home.arpa", namespace: "security" },
 * });
 * console.log(Object.keys(configMap.data ?? {})); // [ 'apps.yaml' ]
 * ```
 */
export function blueprint(options: BlueprintOptions): BlueprintOutput {
  const { name, applications = [], outpost } = options;
  const slugs = applications.map(({ slug }) => slug);
  const twice = slugs.find((slug, index) => slugs.indexOf(slug) !== index);
  if (twice !== undefined) throw new TypeError(`blueprint: ${name} has two applications with the slug "${twice}"`);
  if (outpost !== undefined && applications.length === 0) {
    throw new TypeError(`blueprint: ${name} would take all providers from the outpost ${outpost.name ?? "embedded"}`);
  }
  const entries = [...groupEntries(applications), ...applications.flatMap((application) => application.entries)];
  const providers = applications.map(({ providerId }) => providerId);
  const all = [
    ...entries,
    ...(outpost === undefined ? [] : outpostEntries(outpost, providers)),
    ...(options.entries ?? []),
  ];
  const text = writeBlueprint({
    version: 1,
    metadata: { name, labels: { "blueprints.goauthentik.io/instantiate": "true" } },
    ...(options.context === undefined ? {} : { context: options.context }),
    entries: [...requirements(all), ...all],
  });
  const configMap: ConfigMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(options),
    // The worker reads mounted files that end in .yaml only.
    data: { [`${name}.yaml`]: text },
  };
  return { configMap, objects: [configMap], text };
}

function groupEntries(applications: readonly ProxyApplication[]): BlueprintEntry[] {
  const groups = [...new Set(applications.flatMap((application) => application.groups))].sort();
  return groups.map((group) => ({ model: "authentik_core.group", id: groupId(group), identifiers: { name: group } }));
}

/** Applies the blueprints of default flows first, and fails when Authentik has none of that path. */
function requirements(entries: readonly BlueprintEntry[]): BlueprintEntry[] {
  const used = JSON.stringify(entries);
  return Object.entries(FLOW_BLUEPRINTS).flatMap(([slug, path]) =>
    used.includes(`"${slug}"`)
      ? { model: "authentik_blueprints.metaapplyblueprint", attrs: { identifiers: { path }, required: true } }
      : [],
  );
}
