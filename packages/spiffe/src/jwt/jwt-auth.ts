import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { SpiffeError } from "../errors.ts";
import { callSafely } from "../internal/listeners.ts";
import type { VerifiedJwtSvid } from "../svid/validate-jwt-svid.ts";
import { authorizationVerifier, type JwtAuthOptions } from "./authorization.ts";

/** Options of {@link jwtAuth}. */
export interface JwtMiddlewareOptions extends JwtAuthOptions {
  /** Told about every request that was turned away, and why. Must not throw. */
  readonly onRefused?: ((error: SpiffeError, req: JwtServerRequest) => void) | undefined;
}

/** A request of `node:http`, `node:https` or the compatibility layer of `node:http2`, and of frameworks on top of them. */
export type JwtServerRequest = IncomingMessage | Http2ServerRequest;
type JwtServerResponse = ServerResponse | Http2ServerResponse;

/** A request that passed {@link jwtAuth}. */
export type JwtRequest<Request = IncomingMessage> = Request & { readonly spiffe: VerifiedJwtSvid };

/** Fastify wraps request and response. */
interface Wrapped<T> {
  readonly raw: T;
}

/**
 * A handler that goes in front of others.
 *
 * Express and connect: `app.use(auth)`. Fastify: `app.addHook("onRequest", auth)`. Plain: `if (!auth(req, res)) return;`.
 */
export type JwtMiddleware = (
  req: JwtServerRequest | Wrapped<JwtServerRequest>,
  res: JwtServerResponse | (Wrapped<JwtServerResponse> & { hijack(): unknown }),
  next?: () => void,
) => boolean;

/**
 * Lets in only requests with a valid JWT-SVID of an authorized caller in `Authorization: Bearer` (JWT-SVID, token transmission). The caller is
 * at `req.spiffe` from then on. Others get an answer and are never passed on: 401 with `WWW-Authenticate` without a valid token,
 * 403 for a caller that is not admitted, 503 while the source has no bundles. Answers do not say more; `onRefused` is told the rule.
 *
 * Use it on connections that are encrypted: whoever reads a token can use it until it expires.
 *
 * @returns The middleware; its result says whether the request was let in.
 * @throws TypeError for options that cannot work.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { jwtAuth, type JwtRequest } from "@idstack/spiffe/jwt";
 * import type { JwtSource } from "@idstack/spiffe";
 * export function serve(source: JwtSource) {
 *   const auth = jwtAuth({ source, audience: "api", authorize: ["spiffe://homelab.internal/ns/apps/sa/web"] });
 *   return createServer((req, res) => {
 *     if (auth(req, res)) res.end(`hello ${(req as JwtRequest).spiffe.id}`);
 *   });
 * }
 * ```
 */
export function jwtAuth(options: JwtMiddlewareOptions): JwtMiddleware {
  const verify = authorizationVerifier(options);
  const { onRefused } = options;
  return (req, res, next) => {
    const raw = "raw" in req ? req.raw : req;
    try {
      const spiffe = verify(authorizationOf(raw));
      for (const each of new Set([raw, req]))
        Object.defineProperty(each, "spiffe", { value: spiffe, configurable: true });
    } catch (error) {
      const known = toSpiffeError(error);
      if (onRefused !== undefined) callSafely((refused: SpiffeError) => onRefused(refused, raw), known);
      refuse(res, known);
      return false;
    }
    next?.();
    return true;
  };
}

/** Node keeps the first of several, a proxy in front may have looked at the last. */
function authorizationOf({ headers, rawHeaders }: JwtServerRequest): string | undefined {
  const times = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "authorization").length;
  if (times > 1) throw new SpiffeError("jwt-malformed", "there is more than one Authorization header");
  return headers.authorization;
}

function refuse(res: Parameters<JwtMiddleware>[1], error: SpiffeError): void {
  // Fastify must not answer a second time.
  if ("raw" in res) res.hijack();
  const raw = ("raw" in res ? res.raw : res) as ServerResponse;
  const status = statusOf(error);
  const headers: Record<string, string> = { "content-type": "text/plain; charset=utf-8" };
  const challenge = challengeOf(error);
  if (challenge !== undefined) headers["www-authenticate"] = challenge;
  raw.writeHead(status, headers);
  raw.end(`${texts[status]}\n`);
}

const texts = {
  401: "a valid JWT-SVID is required",
  403: "not authorized",
  503: "no JWT bundles at the moment",
} as const;

function statusOf({ code }: SpiffeError): keyof typeof texts {
  if (code === "unauthorized") return 403;
  return code.startsWith("jwt-") ? 401 : 503;
}

/** RFC 6750 §3: no error code for a request that brought no token. */
function challengeOf({ code }: SpiffeError): string | undefined {
  if (code === "jwt-missing") return "Bearer";
  if (code === "unauthorized") return 'Bearer error="insufficient_scope"';
  return code.startsWith("jwt-") ? 'Bearer error="invalid_token"' : undefined;
}

/** A source or a predicate of the caller may throw anything. */
function toSpiffeError(error: unknown): SpiffeError {
  if (error instanceof SpiffeError) return error;
  return new SpiffeError("unauthorized", `authorize failed: ${(error as Error)?.message ?? error}`, { cause: error });
}
