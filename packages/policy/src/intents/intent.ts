import type { AllowIntent } from "./allow.ts";
import type { DefaultDenyIntent } from "./default-deny.ts";
import type { DnsIntent } from "./dns.ts";

/** What a set of network policies is to achieve, before it is known who enforces it. */
export type Intent = DefaultDenyIntent | DnsIntent | AllowIntent;
