import type { Pattern } from "./regex.ts";
import { and, MAYBE, NO, type Tri, tri, YES } from "./tri.ts";

/** A request as the proxy sees it. What is left out is unknown, not empty. */
export interface HttpRequest {
  readonly method: string;
  /** Path with query, as in the request line. */
  readonly path: string;
  /** The Host header. */
  readonly host?: string | undefined;
  readonly headers?: { readonly [name: string]: string } | undefined;
}

/** One HTTP rule of Cilium; every condition must hold. */
export interface HttpRule {
  readonly method: Pattern | undefined;
  readonly path: Pattern | undefined;
  readonly host: Pattern | undefined;
  readonly headers: readonly HeaderRule[];
}

/** A header that must be there, with this value if one is given. `open`: the value is in a Secret. */
export interface HeaderRule {
  readonly name: string;
  readonly value: string | undefined;
  readonly open: boolean;
}

export function matchHttp(rule: HttpRule, request: HttpRequest): Tri {
  let result = and(matchText(rule.method, request.method), matchText(rule.path, request.path));
  result = and(result, matchText(rule.host, request.host));
  for (const header of rule.headers) result = and(result, matchHeader(header, request));
  return result;
}

function matchText(pattern: Pattern | undefined, text: string | undefined): Tri {
  if (pattern === undefined) return YES;
  if (text === undefined) return MAYBE;
  return tri(pattern.test(text));
}

function matchHeader(rule: HeaderRule, request: HttpRequest): Tri {
  const { headers } = request;
  if (headers === undefined) return MAYBE;
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === rule.name.toLowerCase());
  if (found === undefined) return NO;
  if (rule.open) return MAYBE;
  return tri(rule.value === undefined || rule.value === found[1]);
}
