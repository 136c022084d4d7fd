import type { IncomingMessage } from "node:http";
import { type Agent, request } from "node:https";
import { SpiffeError } from "../errors.ts";
import { urlFault } from "./endpoint.ts";

/** Limits of one fetch. */
export interface GetOptions {
  readonly agent: Agent;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  readonly maxRedirects: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches a document over https. Redirects are followed to https only, with the same agent and thereby the same checks of
 * the server; they are not remembered (SPIFFE_Federation).
 */
export async function httpsGet(start: URL, options: GetOptions): Promise<Buffer> {
  let url = start;
  for (let redirects = 0; ; redirects += 1) {
    const response = await respond(url, options);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return readBody(response, url, options.maxBytes);
    response.destroy();
    if (!REDIRECTS.has(statusCode) || headers.location === undefined) {
      throw new SpiffeError("bundle-endpoint-status", `${printable(url)} answered with status ${statusCode}`);
    }
    if (redirects >= options.maxRedirects) {
      throw new SpiffeError("bundle-endpoint-redirect", `${printable(start)} redirects more than ${redirects} times`);
    }
    url = redirectTarget(headers.location, url);
  }
}

/** A URL without what may be secret in it. */
export function printable({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function respond(url: URL, { agent, signal }: GetOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { agent, signal, headers: { accept: "application/json" } }, resolve)
      .on("error", reject)
      .end();
  });
}

async function readBody(response: IncomingMessage, url: URL, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new SpiffeError("bundle-too-large", `${printable(url)} sends more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function redirectTarget(location: string, from: URL): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const fault = target === undefined ? "its target is no URL" : urlFault(target);
  if (target !== undefined && fault === undefined) return target;
  throw new SpiffeError("bundle-endpoint-redirect", `a redirect of ${printable(from)} is not followed: ${fault}`, {
    section: "SPIFFE_Federation",
  });
}
