import { closest, type Diagnostic } from "@idstack/manifests";
import type { HclBlock } from "../config/hcl.ts";
import { durationSeconds, durationText } from "./duration.ts";
import { REMOVED_SETTINGS } from "./settings.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** Names that the program would refuse to start with. */
export function unknownSettings(
  block: "server" | "agent",
  attributes: Attributes,
  known: readonly string[],
): Diagnostic[] {
  return Object.keys(attributes).flatMap((name) => {
    if (known.includes(name)) return [];
    const guess = closest(name, known);
    const help = REMOVED_SETTINGS[name] ?? (guess === undefined ? undefined : `did you mean ${guess}?`);
    return {
      code: "spire/unknown-setting",
      severity: "error",
      message: `SPIRE 1.15 has no ${block} setting ${name}`,
      path: `${block}.${name}`,
      ...(help === undefined
        ? {}
        : { help: `${help[0]?.toUpperCase()}${help.slice(1)}${help.endsWith("?") ? "" : "."}` }),
    };
  });
}

/** A SVID signed just before the server changes to its next CA must not outlive the old one: a sixth of the CA's life. */
const CA_SHARE = 6;
const LONGEST_SVID_SECONDS = 7 * 24 * 3600;

const TTLS: Readonly<Record<string, string>> = {
  default_x509_svid_ttl: "1h",
  default_jwt_svid_ttl: "5m",
  agent_ttl: "1h",
};

/** Lifetimes that are no durations, or that the server could not keep. */
export function checkLifetimes(attributes: Attributes): Diagnostic[] {
  const malformed = ["ca_ttl", ...Object.keys(TTLS)].flatMap((name) => malformedDuration(attributes, name));
  const ca = durationSeconds(String(attributes["ca_ttl"] ?? "24h"));
  if (malformed.length > 0 || ca === undefined) return malformed;
  return Object.entries(TTLS).flatMap(([name, standard]) => {
    const ttl = durationSeconds(String(attributes[name] ?? standard));
    return ttl === undefined ? [] : compareWithCa(name, ttl, ca);
  });
}

function compareWithCa(name: string, ttl: number, ca: number): Diagnostic[] {
  const longest = Math.min(ca / CA_SHARE, LONGEST_SVID_SECONDS);
  if (ttl <= longest) return [];
  const place = { path: `server.${name}` };
  if (ttl >= ca) {
    const message = `${name} (${durationText(ttl)}) is not shorter than ca_ttl (${durationText(ca)}): no SVID outlives the CA that signed it`;
    return [{ code: "spire/svid-outlives-ca", severity: "error", message, ...place, help: advice(name, ttl, longest) }];
  }
  const message = `${name} (${durationText(ttl)}) cannot be kept with ca_ttl ${durationText(ca)}: SVIDs signed before a CA rotation are cut short`;
  return [{ code: "spire/svid-cut-short", severity: "warning", message, ...place, help: advice(name, ttl, longest) }];
}

function advice(name: string, ttl: number, longest: number): string {
  const shorter = `Set ${name} to ${durationText(longest)} or less`;
  return ttl > LONGEST_SVID_SECONDS
    ? `${shorter}.`
    : `${shorter}, or ca_ttl to ${durationText(ttl * CA_SHARE)} or more.`;
}

function malformedDuration(attributes: Attributes, name: string): Diagnostic[] {
  const value = attributes[name];
  if (value === undefined || (typeof value === "string" && (durationSeconds(value) ?? 0) > 0)) return [];
  return [
    {
      code: "spire/duration",
      severity: "error",
      message: `${name} is ${JSON.stringify(value)}, which is not a positive duration such as 1h or 90m`,
      path: `server.${name}`,
    },
  ];
}

/** Plug-ins that are declared twice: the program refuses them, also where it would take several of the type. */
export function repeatedPlugins(plugins: readonly HclBlock[]): Diagnostic[] {
  const names = plugins.map(({ type, label }) => `${type} "${label}"`);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map((name) => ({
    code: "spire/plugin-twice",
    severity: "error",
    message: `${name} is declared twice`,
    path: `plugins.${name}`,
  }));
}

/** Ports that no program can listen on or reach, by their path. */
export function impossiblePorts(ports: Readonly<Record<string, unknown>>): Diagnostic[] {
  return Object.entries(ports).flatMap(([path, port]) =>
    port === undefined || port === false || (Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536)
      ? []
      : [{ code: "spire/port", severity: "error", message: `${port} is not a port: 1 to 65535`, path }],
  );
}

/** Throws one TypeError for all errors among the findings. */
export function throwErrors(builder: string, findings: readonly Diagnostic[]): void {
  const errors = findings.filter((finding) => finding.severity === "error");
  if (errors.length === 0) return;
  const lines = errors.map(({ message, help, path }) => `${path}: ${message}${help === undefined ? "" : `. ${help}`}`);
  throw new TypeError(`${builder}: ${lines.join("\n")}`);
}
