import { z } from "zod";
import { dnsLabel, httpsUrl } from "./formats.ts";

const name = z.string().min(1, "must not be empty");
const key = { name, namespace: dnsLabel, key: name };

/** What `bitwarden()` makes. */
export const secretStore = z.strictObject(
  {
    provider: z.literal("bitwarden", 'must be "bitwarden", the one store there is'),
    organization: name,
    project: name,
    server: httpsUrl,
    credentials: z.strictObject(key),
    ca: z.union(
      [z.strictObject({ kind: z.enum(["Secret", "ConfigMap"]), ...key }), z.strictObject({ bundle: name })],
      "must be { kind, name, namespace, key } or { bundle }",
    ),
    apiUrl: httpsUrl.optional(),
    identityUrl: httpsUrl.optional(),
  },
  "must be a store: bitwarden({ … })",
);
