import type { BlueprintEntry } from "./entry.ts";
import { type BlueprintValue, find, keyOf } from "./tags.ts";

/** Options of {@link proxyApplication}. */
export interface ProxyApplicationOptions {
  /** Slug of the application, and name of its provider. */
  readonly slug: string;
  /** Name that users see; the slug by default. */
  readonly name?: string | undefined;
  /** Host people open, `web.home.arpa`; with `forward_domain` the host of Authentik itself. */
  readonly host: string;
  /** Groups that may open it. There is no default: an application for all users has to say `"everyone"`. */
  readonly groups: readonly string[] | "everyone";
  /**
   * `forward_single` protects one host. `forward_domain` protects a whole cookie domain and knows no access rules per
   * application. `forward_single` by default.
   */
  readonly mode?: "forward_single" | "forward_domain" | undefined;
  /** Cookie domain of `forward_domain`, `home.arpa`. */
  readonly cookieDomain?: string | undefined;
  /** Slug of the flow that authorizes; the default one without a consent page by default. */
  readonly authorizationFlow?: string | undefined;
  /** Slug of the flow that ends a session. */
  readonly invalidationFlow?: string | undefined;
  /** Paths that need no login, as regular expressions. */
  readonly publicPaths?: readonly string[] | undefined;
  /** Attributes of the provider that these options do not model, merged last. */
  readonly provider?: Readonly<Record<string, BlueprintValue>> | undefined;
  /** Attributes of the application that these options do not model, merged last. */
  readonly application?: Readonly<Record<string, BlueprintValue>> | undefined;
}

/** An application with its provider and access rules, to go into a {@link blueprint}. */
export interface ProxyApplication {
  readonly slug: string;
  /** Id of the provider's entry, which the outpost refers to. */
  readonly providerId: string;
  /** Groups the entries refer to with `!KeyOf`; {@link blueprint} makes them exist. */
  readonly groups: readonly string[];
  readonly entries: readonly BlueprintEntry[];
}

/** Slugs and blueprints of the flows that Authentik ships. */
export const DEFAULT_AUTHORIZATION_FLOW = "default-provider-authorization-implicit-consent";
export const DEFAULT_INVALIDATION_FLOW = "default-provider-invalidation-flow";

const RESERVED = ["authorize", "token", "device", "userinfo", "introspect", "revoke"];

/**
 * A web application behind forward authentication: proxy provider, application, one policy binding per group.
 *
 * Throws TypeError for slugs that Authentik reserves, for a host that is a URL, and for an empty list of groups (which
 * would let everyone in).
 *
 * @example
 * ```ts
 * import { proxyApplication } from "@idstack/authentik";
 * const web = proxyApplication({ slug: "web", host: "web.home.arpa", groups: ["members"] });
 * console.log(web.entries.map((entry) => entry.model.split(".")[1])); // [ 'proxyprovider', 'application', 'policybinding' ]
 * ```
 */
export function proxyApplication(options: ProxyApplicationOptions): ProxyApplication {
  check(options);
  const { slug, mode = "forward_single" } = options;
  const groups = options.groups === "everyone" ? [] : [...options.groups];
  const providerId = `provider-${slug}`;
  const applicationId = `application-${slug}`;
  const provider: BlueprintEntry = {
    model: "authentik_providers_proxy.proxyprovider",
    id: providerId,
    identifiers: { name: slug },
    attrs: {
      authorization_flow: flow(options.authorizationFlow ?? DEFAULT_AUTHORIZATION_FLOW),
      invalidation_flow: flow(options.invalidationFlow ?? DEFAULT_INVALIDATION_FLOW),
      mode,
      external_host: `https://${options.host}`,
      ...(options.cookieDomain === undefined ? {} : { cookie_domain: options.cookieDomain }),
      ...(options.publicPaths === undefined ? {} : { skip_path_regex: options.publicPaths.join("\n") }),
      ...options.provider,
    },
  };
  const application: BlueprintEntry = {
    model: "authentik_core.application",
    id: applicationId,
    identifiers: { slug },
    attrs: {
      name: options.name ?? slug,
      provider: keyOf(providerId),
      policy_engine_mode: "any",
      ...options.application,
    },
  };
  const bindings = groups.map(
    (group, order): BlueprintEntry => ({
      model: "authentik_policies.policybinding",
      identifiers: { target: keyOf(applicationId), group: keyOf(groupId(group)) },
      attrs: { order, enabled: true, negate: false },
    }),
  );
  return { slug, providerId, groups, entries: [provider, application, ...bindings] };
}

/** Id of a group's entry. */
export function groupId(group: string): string {
  return `group-${group}`;
}

function flow(slug: string) {
  return find("authentik_flows.flow", { slug });
}

function check({ slug, host, groups, mode, cookieDomain }: ProxyApplicationOptions): void {
  if (!/^[-a-zA-Z0-9_]+$/.test(slug)) throw new TypeError(`proxyApplication: "${slug}" is not a slug`);
  if (RESERVED.includes(slug)) throw new TypeError(`proxyApplication: Authentik reserves the slug "${slug}"`);
  if (!/^[a-z0-9.-]+(?::\d+)?$/i.test(host)) {
    throw new TypeError(`proxyApplication: host "${host}" of ${slug} is not a host name such as web.home.arpa`);
  }
  if (groups !== "everyone" && groups.length === 0) {
    throw new TypeError(`proxyApplication: groups of ${slug} is empty, which would let every user in; say "everyone"`);
  }
  if (mode === "forward_domain" && cookieDomain === undefined) {
    throw new TypeError(`proxyApplication: ${slug} protects a domain and needs its cookieDomain`);
  }
  if (mode === "forward_domain" && groups !== "everyone") {
    throw new TypeError(
      `proxyApplication: forward_domain of ${slug} has no access rules per application; groups do nothing`,
    );
  }
}
