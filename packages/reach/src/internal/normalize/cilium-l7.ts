import type { Path } from "@idstack/manifests";
import { type NamePattern, namePattern } from "../fqdn.ts";
import type { HeaderRule, HttpRule } from "../http.ts";
import type { L7 } from "../ports.ts";
import { compileAnchored, type Pattern } from "../regex.ts";
import type { PolicyContext } from "./context.ts";
import { HTTP, L7_RULES, NAME } from "./known-fields.ts";
import { type Mapping, mapping, maps, RefusedPolicy, text, texts } from "./read.ts";

/** Where a port rule stands, which decides what it may hold. */
export interface PortScope {
  readonly direction: "ingress" | "egress";
  readonly deny: boolean;
  readonly host: boolean;
}

/** What the proxy checks on the connections of a port rule; undefined when they bypass it. */
export function readL7(rule: Mapping, path: Path, scope: PortScope, context: PolicyContext): L7 | undefined {
  const rules = mapping(rule["rules"], [...path, "rules"]) ?? {};
  context.onlyKnown(rules, L7_RULES, [...path, "rules"]);
  const http = maps(rules["http"], [...path, "rules", "http"]);
  const dns = maps(rules["dns"], [...path, "rules", "dns"]);
  const some = (http?.length ?? 0) + (dns?.length ?? 0) > 0;
  const serverNames = texts(rule["serverNames"], [...path, "serverNames"]) ?? [];
  const listener = rule["listener"] !== undefined && rule["listener"] !== null;
  const terminating = rule["terminatingTLS"] !== undefined && rule["terminatingTLS"] !== null;
  const tls =
    terminating || serverNames.length > 0 || (rule["originatingTLS"] !== undefined && rule["originatingTLS"] !== null);
  refuseL7(path, scope, {
    http: http?.length ?? 0,
    dns: dns?.length ?? 0,
    both: http !== undefined && dns !== undefined,
    some,
    listener,
  });
  if (serverNames.includes("")) throw new RefusedPolicy([...path, "serverNames"], "a server name is empty");
  if (serverNames.length > 0 && some && !terminating) {
    throw new RefusedPolicy([...path, "serverNames"], "serverNames beside L7 rules need terminatingTLS");
  }
  if (listener) return { parser: "crd", http: [], dns: [] };
  if (some) {
    return {
      parser: (dns?.length ?? 0) > 0 ? "dns" : "http",
      http: (http ?? []).map((entry) => readHttp(entry.item, entry.path, context)),
      dns: (dns ?? []).map((entry) => readName(entry.item, entry.path, context)),
    };
  }
  return tls ? { parser: "tls", http: [], dns: [] } : undefined;
}

function refuseL7(
  path: Path,
  scope: PortScope,
  found: {
    readonly http: number;
    readonly dns: number;
    readonly both: boolean;
    readonly some: boolean;
    readonly listener: boolean;
  },
): void {
  const at = [...path, "rules"];
  if (found.some && found.both) throw new RefusedPolicy(at, "http and dns exclude each other");
  if (scope.direction === "ingress" && found.dns > 0)
    throw new RefusedPolicy(at, "DNS rules are not allowed on ingress");
  if (scope.host && found.some && (scope.direction === "ingress" || found.http > 0)) {
    throw new RefusedPolicy(at, "host policies take no such L7 rules");
  }
  if (found.listener && scope.direction === "ingress")
    throw new RefusedPolicy([...path, "listener"], "a listener is not allowed on ingress");
  if (found.listener && found.some) throw new RefusedPolicy([...path, "listener"], "a listener excludes L7 rules");
}

function readHttp(raw: Mapping, path: Path, context: PolicyContext): HttpRule {
  context.onlyKnown(raw, HTTP, path);
  const headers = (texts(raw["headers"], [...path, "headers"]) ?? []).map(readHeader);
  const matches = (maps(raw["headerMatches"], [...path, "headerMatches"]) ?? []).flatMap(({ item, path: at }) =>
    readHeaderMatch(item, at),
  );
  return {
    method: readRegex(raw["method"], [...path, "method"]),
    path: readRegex(raw["path"], [...path, "path"]),
    host: readHost(raw["host"], [...path, "host"], context),
    headers: [...headers, ...matches],
  };
}

/** The agent does not look at this expression; the proxy then refuses the whole policy of the endpoint. */
function readHost(raw: unknown, path: Path, context: PolicyContext): Pattern | undefined {
  try {
    return readRegex(raw, path);
  } catch (error) {
    if (!(error instanceof RefusedPolicy)) throw error;
    context.notEvaluated(path, error.message);
    return undefined;
  }
}

function readRegex(raw: unknown, path: Path): Pattern | undefined {
  const pattern = text(raw, path);
  if (pattern === undefined || pattern === "") return undefined;
  try {
    return compileAnchored(pattern);
  } catch (error) {
    throw new RefusedPolicy(path, `is not a regular expression of the proxy: ${(error as Error).message}`);
  }
}

/** `Name` demands presence, `Name: value` (with the space) the exact value. */
function readHeader(header: string): HeaderRule {
  const space = header.indexOf(" ");
  if (space < 0) return { name: header, value: undefined, open: false };
  return { name: header.slice(0, space).replace(/:+$/, ""), value: header.slice(space + 1), open: false };
}

function readHeaderMatch(raw: Mapping, path: Path): HeaderRule[] {
  const name = text(raw["name"], [...path, "name"]);
  if (name === undefined || name === "") throw new RefusedPolicy(path, "a header match needs a name");
  const mismatch = text(raw["mismatch"], [...path, "mismatch"]);
  if (mismatch !== undefined && mismatch !== "") {
    if (!["LOG", "ADD", "DELETE", "REPLACE"].includes(mismatch))
      throw new RefusedPolicy(path, `mismatch "${mismatch}" does not exist`);
    return []; // such a rule rewrites or logs, it never refuses
  }
  const value = text(raw["value"], [...path, "value"]);
  return [
    { name, value: value === "" ? undefined : value, open: raw["secret"] !== undefined && raw["secret"] !== null },
  ];
}

/** Reads a `matchName` or `matchPattern`. */
export function readName(raw: Mapping, path: Path, context: PolicyContext): NamePattern {
  context.onlyKnown(raw, NAME, path);
  const pattern = namePattern({
    matchName: text(raw["matchName"], path),
    matchPattern: text(raw["matchPattern"], path),
  });
  if (pattern === undefined) throw new RefusedPolicy(path, "one valid matchName or matchPattern is needed");
  return pattern;
}
