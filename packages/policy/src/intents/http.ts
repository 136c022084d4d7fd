/**
 * One kind of HTTP request that may pass. The fields are regular expressions in RE2 syntax and match the **whole**
 * value; a field left out matches anything. A request passes when all fields of one rule match.
 *
 * `path` is matched against the path **with its query string**: {@link exactPath} and {@link pathPrefix} allow for it.
 */
export interface HttpRule {
  readonly method?: string;
  readonly path?: string;
  /** The Host header (`:authority`), port included where clients send one. */
  readonly host?: string;
  /** `"Name: value"`, or a name alone for any value. */
  readonly headers?: readonly string[];
}

/**
 * Text as a regular expression that matches nothing else.
 *
 * @example
 * ```ts
 * import { escapeRegex } from "@idstack/policy";
 * console.log(escapeRegex("web.home.arpa")); // web\.home\.arpa
 * ```
 */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/**
 * Exactly this path, with or without a query string.
 *
 * @throws TypeError when the path does not begin with `/`.
 * @example
 * ```ts
 * import { exactPath } from "@idstack/policy";
 * console.log(exactPath("/healthz")); // /healthz(\?.*)?
 * ```
 */
export function exactPath(path: string): string {
  assertPath(path);
  return `${escapeRegex(path)}(\\?.*)?`;
}

/**
 * This path and everything below it: `/v1` covers `/v1/users` and `/v1?x=1`, but not `/v10`.
 *
 * @throws TypeError when the path does not begin with `/`.
 * @example
 * ```ts
 * import { pathPrefix } from "@idstack/policy";
 * console.log(pathPrefix("/v1")); // /v1([/?].*)?
 * ```
 */
export function pathPrefix(path: string): string {
  assertPath(path);
  return path.endsWith("/") ? `${escapeRegex(path)}.*` : `${escapeRegex(path)}([/?].*)?`;
}

function assertPath(path: string): void {
  if (!path.startsWith("/")) throw new TypeError(`"${path}" is not a path: it does not begin with "/"`);
}

/** TypeError for rules that would match every request, or none. */
export function checkHttpRules(rules: readonly HttpRule[], where: string): void {
  if (rules.length === 0) throw new TypeError(`${where}: no rule; leave http out to allow every request`);
  for (const [index, rule] of rules.entries()) {
    const at = `${where}[${index}]`;
    if (!rule.method && !rule.path && !rule.host && !rule.headers?.length) {
      throw new TypeError(`${at}: an empty rule allows every request; leave http out if that is meant`);
    }
    for (const key of ["method", "path", "host"] as const) checkRegex(rule[key], `${at}.${key}`);
    if (rule.path !== undefined && /^\^?[-\w]/.test(rule.path)) {
      throw new TypeError(`${at}.path: "${rule.path}" never matches: paths begin with "/"`);
    }
    if (rule.method !== undefined && /^[a-z]+$/.test(rule.method)) {
      throw new TypeError(`${at}.method: "${rule.method}" never matches: methods are upper case`);
    }
  }
}

function checkRegex(pattern: string | undefined, where: string): void {
  if (pattern === undefined) return;
  // RE2, which Envoy uses, has neither look-around nor back references; JavaScript would accept them.
  if (/\(\?(?:[=!]|<[=!])|\\[1-9]/.test(pattern)) {
    throw new TypeError(`${where}: "${pattern}" uses look-around or back references, which RE2 has not`);
  }
  try {
    new RegExp(pattern);
  } catch (cause) {
    throw new TypeError(`${where}: "${pattern}" is not a regular expression`, { cause });
  }
}
