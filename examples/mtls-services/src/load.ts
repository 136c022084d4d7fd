import type { ApiCall } from "./call-api.ts";

/** What happened while requests ran and SVIDs were replaced. */
export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  /** Rotations seen as new serial numbers of the api's leaf. */
  readonly serverRotations: number;
  /** Rotations seen as new serial numbers of the caller's leaf. */
  readonly clientRotations: number;
  /** What the first failure said. */
  readonly firstFailure?: string;
}

/** How long and how hard to ask. */
export interface LoadOptions {
  /** Requests under way at the same time. */
  readonly concurrency: number;
  readonly minRequests: number;
  /** Replaces the SVIDs of both services. */
  readonly rotate: () => void;
  readonly rotations: number;
  /** Gives up waiting for rotations to be seen, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Keeps requests running, on pooled and on new connections in turn, and rotates in the middle: each rotation is asked for
 * when the one before was seen on both sides.
 */
export async function runLoad(url: string, options: LoadOptions): Promise<LoadResult> {
  const servers = new Set<string>();
  const clients = new Set<string>();
  const deadline = Date.now() + options.timeoutMs;
  let requests = 0;
  let failures = 0;
  let rotated = 0;
  let firstFailure: string | undefined;
  const share = Math.ceil(options.minRequests / (options.rotations + 1));
  const seen = (): number => Math.min(servers.size, clients.size) - 1;
  const enough = (): boolean =>
    (requests >= options.minRequests && seen() >= options.rotations) || Date.now() > deadline;

  const worker = async (): Promise<void> => {
    while (!enough()) {
      requests += 1;
      const response = await fetch(requests % 2 === 0 ? url : `${url}?new`);
      if (response.ok) {
        const { serverSerial, callerSerial } = (await response.json()) as ApiCall;
        servers.add(serverSerial);
        clients.add(callerSerial);
      } else {
        failures += 1;
        firstFailure ??= await response.text();
      }
      if (rotated < options.rotations && seen() >= rotated && requests >= share * (rotated + 1)) {
        rotated += 1;
        options.rotate();
      }
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  const counts = { requests, failures, serverRotations: servers.size - 1, clientRotations: clients.size - 1 };
  return firstFailure === undefined ? counts : { ...counts, firstFailure };
}
