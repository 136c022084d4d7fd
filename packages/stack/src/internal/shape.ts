import { z } from "zod";
import {
  apiServer,
  bucketName,
  cidr,
  destination,
  dnsLabel,
  duration,
  hostName,
  httpsUrl,
  ipAddress,
  objectName,
  port,
  quantity,
  secretRef,
  serviceName,
  trustDomain,
  variable,
} from "./formats.ts";
import { secretStore } from "./store-shape.ts";

const text = z.string().min(1, "must not be empty");
const noSettings = z.strictObject({});

const database = z.strictObject({
  size: quantity,
  instances: z.int("must be a whole number").min(1, "must be at least 1").max(9, "must be at most 9").optional(),
  backup: z.union(
    [z.enum(["hourly", "daily", "weekly"]), z.strictObject({ none: text })],
    'must be "hourly", "daily", "weekly", or { none: "why there is no backup" }',
  ),
});

const call = z.union(
  [
    serviceName,
    z.strictObject({
      service: serviceName,
      http: z
        .array(z.strictObject({ method: z.string().optional(), path: z.string().optional() }))
        .min(1, "must hold a rule; name the service alone to allow every request"),
    }),
  ],
  "must be the name of a service, or { service, http }",
);

const service = z.strictObject({
  namespace: dnsLabel,
  image: z.string(),
  port,
  replicas: z.int("must be a whole number").min(0, "must not be negative").optional(),
  calls: z.array(call).optional(),
  mtls: z.boolean().optional(),
  expose: z
    .strictObject({
      host: hostName,
      sso: z.array(text).min(1, "must name a group; leave it out to let everyone in").optional(),
    })
    .optional(),
  database: database.optional(),
  egress: z.array(destination).optional(),
  secrets: z.record(variable, secretRef).optional(),
  env: z.record(variable, z.string()).optional(),
});

const namespace = z.strictObject({
  podSecurity: z.enum(["restricted", "baseline", "privileged"]).optional(),
  defaultDeny: z.boolean().optional(),
  justification: text.optional(),
});

const certManager = z.union(
  [
    z.strictObject({
      acme: z.strictObject({
        email: z.email("must be an e-mail address"),
        zones: z.array(hostName).min(1, "must name a zone"),
        token: secretRef,
      }),
    }),
    z.strictObject({ ca: z.strictObject({ secretName: objectName }) }),
    z.strictObject({ internalCa: noSettings }),
  ],
  "must be { acme: { email, zones, token } }, { ca: { secretName } } or { internalCa: {} }",
);

const platform = z.strictObject({
  namespace: dnsLabel,
  argoCd: z.strictObject({ host: hostName.optional() }).optional(),
  cilium: z.strictObject({ encryption: z.enum(["wireguard", "none"]).optional() }).optional(),
  tetragon: noSettings.optional(),
  spire: z
    .strictObject({ x509SvidTtl: duration.optional(), jwtSvidTtl: duration.optional(), caTtl: duration.optional() })
    .optional(),
  certManager: certManager.optional(),
  traefik: z.strictObject({ loadBalancerIp: ipAddress.optional() }).optional(),
  cloudNativePg: noSettings.optional(),
  externalSecrets: noSettings.optional(),
  authentik: z.strictObject({ namespace: dnsLabel, host: hostName, secretKey: secretRef, database }).optional(),
});

/** What a declaration looks like at run time: names, formats and ranges. What they refer to is checked after that. */
export const declarationShape = z.strictObject({
  cluster: z.strictObject({
    name: dnsLabel,
    trustDomain,
    cni: z.enum(["cilium", "kubernetes"]),
    podCidr: cidr,
    apiServer,
  }),
  gitops: z.strictObject({
    repo: text,
    path: z
      .string()
      .regex(
        /^(\.|(?!\.{1,2}(\/|$))[^\s/\\]+(\/(?!\.{1,2}(\/|$))[^\s/\\]+)*)$/,
        "must be a folder inside the repository",
      ),
    revision: text.optional(),
  }),
  secretStore: secretStore.optional(),
  sops: z
    .strictObject({
      recipients: z
        .array(z.string().regex(/^age1[0-9a-z]+$/, "must be an age recipient: age1…"))
        .min(1, "must name a recipient"),
      files: z.record(
        z.string().regex(/^[^\\]*[^\\/]\.(ya?ml|json)$/, "must be the path of a .yaml or .json file"),
        dnsLabel,
      ),
    })
    .optional(),
  backups: z.strictObject({ bucket: bucketName, endpoint: httpsUrl, credentials: secretRef }).optional(),
  platform: platform.optional(),
  namespaces: z.record(dnsLabel, namespace),
  services: z.record(serviceName, service),
  runtime: z.strictObject({ blockShells: z.array(dnsLabel).optional() }).optional(),
  objects: z
    .array(
      z.custom<object>(
        (value) =>
          typeof value === "object" &&
          value !== null &&
          "apiVersion" in value &&
          typeof value.apiVersion === "string" &&
          "kind" in value &&
          typeof value.kind === "string",
        "must be a Kubernetes object with apiVersion and kind",
      ),
    )
    .optional(),
});
