import { type ExposeOptions, expose } from "@idstack/gateway";
import type { KubeObject } from "@idstack/manifests";
import type { PodLabels } from "@idstack/policy";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { connect } from "./connect.ts";
import { merge, type Part, part } from "./part.ts";
import { podsOf } from "./services.ts";

/** The authority that cert-manager makes itself, for names inside the cluster. */
export const INTERNAL_CA = "internal-ca";

/** Authentik's own name for the outpost that its server runs. */
const embeddedOutpost = "authentik-embedded-outpost";

/** Traefik's pods, as its chart labels them. */
export function ingressPods(stack: StackDeclaration): PodLabels {
  const namespace = stack.platform?.namespace ?? "traefik";
  return { namespace, labels: { "app.kubernetes.io/name": "traefik" } };
}

/** Who signs the certificates of exposed hosts. */
export function publicIssuer(stack: StackDeclaration): "letsencrypt" | "ca" | typeof INTERNAL_CA {
  const { certManager = {} } = stack.platform ?? {};
  if ("acme" in certManager) return "letsencrypt";
  return "ca" in certManager ? "ca" : INTERNAL_CA;
}

/** Route, certificate and single sign-on of a host. */
export function exposeHost(
  stack: StackDeclaration,
  options: Pick<ExposeOptions, "host" | "service" | "port" | "name"> & { readonly sso?: boolean },
): KubeObject[] {
  const { sso = false, ...route } = options;
  const outpostNamespace = stack.platform?.authentik?.namespace;
  return expose({
    via: "traefik",
    issuer: publicIssuer(stack),
    ...route,
    ...(sso && outpostNamespace !== undefined ? { sso: { name: embeddedOutpost, namespace: outpostNamespace } } : {}),
  });
}

/** Services that are reached from outside the cluster. */
export function expandExposure(stack: StackDeclaration): Part {
  return merge(
    Object.entries(stack.services).map(([name, { expose: exposure, namespace, port }]) =>
      part(["services", name, "expose"], {
        objects:
          exposure === undefined
            ? []
            : exposeHost(stack, {
                host: exposure.host,
                service: `${namespace}/${name}`,
                port,
                sso: exposure.sso !== undefined,
              }),
        intents: exposure === undefined ? [] : connect(stack, ingressPods(stack), podsOf(stack, name), port),
      }),
    ),
  );
}
