import { isSecretRef, type SecretRef } from "@idstack/external-secrets";
import { z } from "zod";

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS label: lower-case letters, digits and dashes");
const hostName = z.hostname("must be a host name");
const quantity = z.string().regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|Pi)?$/, "must be a quantity such as 5Gi");
const duration = z.string().regex(/^(\d+(h|m|s))+$/, "must be a duration such as 1h or 30m");
const httpsUrl = z.url({ protocol: /^https$/, error: "must be an https:// URL" });

const secretRef = z.custom<SecretRef>(isSecretRef, 'must be a secret reference: secret("name")');
const image = z
  .string()
  .regex(/^[^\s@:]+(:\d+)?(\/[^\s@:]+)*:[\w][\w.-]*(@sha256:[0-9a-f]{64})?$|^[^\s@]+@sha256:[0-9a-f]{64}$/, {
    error: "must name a version: image:tag, image@sha256:… or both",
  });
const backup = z.union([
  z.enum(["hourly", "daily", "weekly"]),
  z.strictObject({ none: z.string().min(1, "must say why there is no backup") }),
]);
const database = z.strictObject({ size: quantity, instances: z.int().min(1).max(9).optional(), backup });
const empty = z.strictObject({});

const service = z.strictObject({
  namespace: dnsLabel,
  image,
  port: z.int().min(1).max(65535),
  replicas: z.int().min(0).optional(),
  calls: z
    .array(
      z.union([
        dnsLabel,
        z.strictObject({
          service: dnsLabel,
          http: z.array(z.strictObject({ method: z.string().optional(), path: z.string().optional() })).min(1),
        }),
      ]),
    )
    .optional(),
  mtls: z.boolean().optional(),
  expose: z.strictObject({ host: hostName, sso: z.array(z.string().min(1)).min(1).optional() }).optional(),
  database: database.optional(),
  egress: z
    .array(z.string().regex(/^[a-z0-9.-]+:\d{1,5}$/, "must be host:port, such as api.example.com:443"))
    .optional(),
  secrets: z.record(z.string().regex(/^[A-Za-z_]\w*$/, "must be an environment variable name"), secretRef).optional(),
  env: z.record(z.string(), z.string()).optional(),
});

/** What a declaration looks like at run time: names, formats and ranges. References are checked in `references.ts`. */
export const declarationShape = z.strictObject({
  cluster: z.strictObject({
    name: dnsLabel,
    trustDomain: z.string().regex(/^[a-z0-9._-]{1,255}$/, "must be a SPIFFE trust domain: [a-z0-9._-]"),
    cni: z.enum(["cilium", "kubernetes"]),
    podCidr: z.union([z.cidrv4("must be a CIDR such as 10.42.0.0/16"), z.cidrv6()]),
    apiServer: z
      .string()
      .regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\])(:\d{1,5})?$/i, "must be an IP address, with or without a port"),
  }),
  gitops: z.strictObject({
    repo: z.string().min(1),
    path: z.string().regex(/^(?!\/)(?!.*\.\.)[^\s]+$/, "must be a folder inside the repository"),
    revision: z.string().min(1).optional(),
  }),
  secretStore: z
    .custom<object>((value) => typeof value === "object" && value !== null, "must be a store: bitwarden({ … })")
    .optional(),
  sops: z
    .strictObject({
      recipients: z.array(z.string().regex(/^age1[0-9a-z]+$/, "must be an age recipient: age1…")).min(1),
      files: z.record(z.string(), dnsLabel),
    })
    .optional(),
  backups: z.strictObject({ bucket: z.string().min(3), endpoint: httpsUrl, credentials: secretRef }).optional(),
  platform: z
    .strictObject({
      namespace: dnsLabel,
      argoCd: z.strictObject({ host: hostName.optional() }).optional(),
      cilium: z.strictObject({ encryption: z.enum(["wireguard", "none"]).optional() }).optional(),
      tetragon: empty.optional(),
      spire: z
        .strictObject({ x509SvidTtl: duration.optional(), jwtSvidTtl: duration.optional(), caTtl: duration.optional() })
        .optional(),
      certManager: z
        .union([
          z.strictObject({
            acme: z.strictObject({ email: z.email(), zones: z.array(hostName).min(1), token: secretRef }),
          }),
          z.strictObject({ ca: z.strictObject({ secretName: dnsLabel }) }),
        ])
        .optional(),
      traefik: z.strictObject({ loadBalancerIp: z.ipv4().optional() }).optional(),
      cloudNativePg: empty.optional(),
      externalSecrets: empty.optional(),
      authentik: z.strictObject({ namespace: dnsLabel, host: hostName, secretKey: secretRef, database }).optional(),
    })
    .optional(),
  namespaces: z.record(
    dnsLabel,
    z.strictObject({
      podSecurity: z.enum(["restricted", "baseline", "privileged"]).optional(),
      defaultDeny: z.boolean().optional(),
      justification: z.string().min(1).optional(),
    }),
  ),
  services: z.record(dnsLabel, service),
  runtime: z.strictObject({ blockShells: z.array(dnsLabel).optional() }).optional(),
  objects: z
    .array(
      z.custom<object>(
        (value) => typeof value === "object" && value !== null && "apiVersion" in value && "kind" in value,
        "must be a Kubernetes object with apiVersion and kind",
      ),
    )
    .optional(),
});
