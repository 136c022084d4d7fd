import { Agent, request as httpsRequest } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { RealError } from "../errors.ts";

export interface ApiResponse {
  readonly status: number;
  /** Parsed JSON, or the text where the server sent something else. */
  readonly body: unknown;
}

export interface ApiRequestOptions {
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
}

const connections = 8;
/** After that, a server that says it is still preparing a storage is taken at its word. */
const retryForMs = 30_000;

/** HTTPS to the test API server over a few connections that stay open. */
export class ApiClient implements Disposable {
  readonly #agent: Agent;
  readonly #port: number;
  readonly #token: string;
  readonly #ca: string;

  constructor(options: { readonly port: number; readonly token: string; readonly ca: string }) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#port = options.port;
    this.#token = options.token;
    this.#ca = options.ca;
  }

  /**
   * Sends one request. An answer 429 "storage is (re)initializing", which the first requests for a custom resource may
   * get, is waited out; every other answer is the result.
   *
   * @throws {RealError} `request-failed` when there is no answer at all.
   */
  async request(method: string, path: string, options: ApiRequestOptions = {}): Promise<ApiResponse> {
    const giveUp = Date.now() + retryForMs;
    for (;;) {
      const response = await this.#send(method, path, options);
      if (response.status !== 429 || Date.now() > giveUp) return response;
      await delay(100);
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, { body, contentType }: ApiRequestOptions): Promise<ApiResponse> {
    const payload = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const type = payload === undefined ? {} : { "content-type": contentType ?? "application/json" };
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void =>
        reject(new RealError("request-failed", `${method} ${path}: ${cause.message}`, { cause }));
      const request = httpsRequest(
        {
          agent: this.#agent,
          host: "127.0.0.1",
          port: this.#port,
          ca: this.#ca,
          method,
          path,
          headers: { authorization: `Bearer ${this.#token}`, accept: "application/json", ...type },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.once("error", fail);
          response.once("end", () => {
            resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString("utf8")) });
          });
        },
      );
      request.once("error", fail);
      request.end(payload);
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
