import { isIP } from "node:net";
import { isSecretRef, type SecretRef } from "@idstack/external-secrets";
import { SpiffeError, TrustDomain } from "@idstack/spiffe";
import { z } from "zod";
import { parseApiServer, parseHostAndPort } from "./addresses.ts";

/** Namespaces, and whatever else is a DNS label. */
export const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a DNS label: lower-case letters, digits and dashes");

export const objectName = z
  .string()
  .max(253, "must have at most 253 characters")
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    "must be the name of an object: lower-case letters, digits, dashes and dots",
  );

export const secretKey = z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/, "must be a key: letters, digits, -, _ and .");

/** Services: unlike other objects, a Service may not begin with a digit. */
export const serviceName = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a Service name: lower-case letters, digits and dashes, beginning with a letter",
  );

export const hostName = z
  .string()
  .regex(
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    "must be a host name in lower case, such as web.home.arpa",
  );

export const quantity = z.string().regex(/^[1-9]\d*(\.\d+)?(Ki|Mi|Gi|Ti|Pi)?$/, "must be a quantity such as 5Gi");
export const duration = z.string().regex(/^(\d+(h|m|s))+$/, "must be a duration such as 1h or 30m");
export const httpsUrl = z.url({ protocol: /^https$/, error: "must be an https:// URL" });
export const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket name: 3 to 63 lower-case letters, digits, - and .");
export const ipAddress = z.string().refine((text) => isIP(text) !== 0, "must be an IP address");
const noCidr = "must be a CIDR such as 10.42.0.0/16 or fd42::/48";
export const cidr = z.union([z.cidrv4(), z.cidrv6()], noCidr);
export const port = z
  .int("must be a port between 1 and 65535")
  .min(1, "must be a port between 1 and 65535")
  .max(65535, "must be a port between 1 and 65535");
export const variable = z.string().regex(/^[A-Za-z_]\w*$/, "must be the name of an environment variable");

export const secretRef = z.custom<SecretRef>(isSecretRef, 'must be a secret reference: secret("name")');

export const trustDomain = z.string().superRefine((text, context) => {
  try {
    TrustDomain.parse(text);
    if (text.includes("://")) context.addIssue('must be the name alone, without "spiffe://"');
  } catch (error) {
    if (!(error instanceof SpiffeError)) throw error;
    context.addIssue(`is no trust domain: ${error.message.slice(error.message.lastIndexOf(": ") + 2)}`);
  }
});

export const apiServer = z
  .string()
  .refine(
    (text) => parseApiServer(text) !== undefined,
    "must be an IP address, with or without a port: 192.168.1.10, [fd00::10]:6443",
  );

export const destination = z
  .string()
  .refine(
    (text) => parseHostAndPort(text) !== undefined,
    "must be host:port with a port between 1 and 65535: api.example.com:443, 192.168.1.20:8123, [fd00::20]:443",
  );
