import { z } from "zod";
import { dnsLabel, httpsUrl, objectName, secretKey } from "./formats.ts";

const text = z.string().trim().min(1, "must not be empty");
const key = { name: objectName, namespace: dnsLabel, key: secretKey };

/** What `bitwarden()` makes. */
export const secretStore = z.strictObject(
  {
    provider: z.literal("bitwarden", 'must be "bitwarden", the one store there is'),
    organization: text,
    project: text,
    server: httpsUrl,
    credentials: z.strictObject(key),
    ca: z.union(
      [z.strictObject({ kind: z.enum(["Secret", "ConfigMap"]), ...key }), z.strictObject({ bundle: text })],
      "must be { kind, name, namespace, key } or { bundle }",
    ),
    apiUrl: httpsUrl.optional(),
    identityUrl: httpsUrl.optional(),
  },
  "must be a store: bitwarden({ … })",
);
