import { realpathSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevWorkloadApi } from "@idstack/spiffe/dev";
import type { AuthorizationTable } from "./src/authorization.ts";
import type { ApiCall } from "./src/call-api.ts";
import { type LoadResult, runLoad } from "./src/load.ts";
import type { RefusalReport } from "./src/report.ts";
import { type Service, type ServiceSettings, startService } from "./src/service-process.ts";

export { type Authorization, type AuthorizationTable, loadAuthorization } from "./src/authorization.ts";
export type { ApiCall, LoadResult };

/** Options of {@link runMtlsDemo}. */
export interface MtlsDemoOptions {
  /** Default: the web service calls the api, nobody else does. */
  readonly authorization?: AuthorizationTable;
  /** SPIFFE IDs of the two services; they have to be in the table. */
  readonly web?: string;
  readonly api?: string;
  /** Requests during the rotations. Default 200. */
  readonly requests?: number;
  /** Default 2. */
  readonly rotations?: number;
}

/** A call that was turned away, as both sides saw it. */
export interface RefusedCall {
  /** SPIFFE ID of the caller. */
  readonly caller: string;
  /** What the caller's request ended with: a closed connection. */
  readonly callerSaw: string;
  /** What the refusing side reported. */
  readonly refusal: Omit<RefusalReport, "event">;
}

/** What the demonstration found. */
export interface MtlsDemoResult {
  readonly allowed: ApiCall;
  /** An identity of the same trust domain that the api does not list. */
  readonly unauthorized: RefusedCall;
  /** An identity of a trust domain that the api has no bundle for. */
  readonly foreign: RefusedCall;
  readonly load: LoadResult;
  /** False if anything above is not as it has to be. */
  readonly ok: boolean;
  readonly elapsedMs: number;
}

const HOME = "spiffe://homelab.internal";

/**
 * Runs web and api as separate processes with generated identities: an allowed call, two refused ones, and a load of
 * requests during which the SVIDs of both sides are replaced. Every process it started is gone when it returns.
 */
export async function runMtlsDemo(options: MtlsDemoOptions = {}): Promise<MtlsDemoResult> {
  const cleanup: (() => Promise<void>)[] = [];
  try {
    return await demonstrate(options, (end) => cleanup.push(end));
  } finally {
    for (const end of cleanup.reverse()) await end();
  }
}

async function demonstrate(
  options: MtlsDemoOptions,
  atEnd: (end: () => Promise<void>) => void,
): Promise<MtlsDemoResult> {
  const started = performance.now();
  const { web = `${HOME}/ns/apps/sa/web`, api = `${HOME}/ns/apps/sa/api`, requests = 200, rotations = 2 } = options;
  const trustDomain = new URL(api).host;
  const intruder = `spiffe://${trustDomain}/ns/apps/sa/intruder`;
  const foreigner = `spiffe://other.${trustDomain}/ns/apps/sa/web`;

  const folder = await mkdtemp(join(tmpdir(), "mtls-demo-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const home = await startDevWorkloadApi({ trustDomain, identities: { web, api, intruder } });
  atEnd(() => home.close());
  // The other trust domain knows the api's bundle, so that it is the api that refuses.
  const other = await startDevWorkloadApi({
    trustDomain: `other.${trustDomain}`,
    identities: { web: foreigner },
    federatesWith: [home],
  });
  atEnd(() => other.close());

  const table = await writeTable(folder, "authorization.json", options.authorization ?? defaultTable(web, api));
  // Intruders bring their own table.
  const forged = await writeTable(folder, "forged.json", {
    ...defaultTable(intruder, api),
    ...defaultTable(foreigner, api),
  });
  const start = async (name: "api" | "web", settings: ServiceSettings): Promise<Service> => {
    const service = await startService(name, settings);
    atEnd(() => service.stop());
    return service;
  };
  const apiService = await start("api", { SPIFFE_ENDPOINT_SOCKET: home.addresses.api, AUTHORIZATION_FILE: table });
  const caller = (SPIFFE_ENDPOINT_SOCKET: string, AUTHORIZATION_FILE: string): Promise<Service> =>
    start("web", { SPIFFE_ENDPOINT_SOCKET, AUTHORIZATION_FILE, API_URL: apiService.url });
  const callers = [
    caller(home.addresses.web, table),
    caller(home.addresses.intruder, forged),
    caller(other.addresses.web, forged),
  ] as const;
  // When one fails the others have to be there before they can be stopped.
  await Promise.allSettled(callers);
  const [webService, intruderService, foreignService] = await Promise.all(callers);

  const allowed = await allowedCall(webService);
  const unauthorized = await refusedCall(intruderService, apiService);
  const foreign = await refusedCall(foreignService, apiService);
  const rotate = (): void => home.rotate();
  const load = await runLoad(webService.url, {
    concurrency: 8,
    minRequests: requests,
    rotate,
    rotations,
    // Only a machine that is busy with something else needs more than two seconds.
    timeoutMs: 30_000,
  });

  const ok =
    allowed.caller === web &&
    allowed.server === api &&
    unauthorized.refusal.code === "unauthorized" &&
    foreign.refusal.code === "no-bundle" &&
    load.failures === 0 &&
    Math.min(load.serverRotations, load.clientRotations) >= rotations;
  return { allowed, unauthorized, foreign, load, ok, elapsedMs: Math.round(performance.now() - started) };
}

/** The caller calls, the server answers it, nothing else. */
function defaultTable(caller: string, server: string): AuthorizationTable {
  return { [caller]: { accepts: [], calls: [server] }, [server]: { accepts: [caller], calls: [] } };
}

async function allowedCall(caller: Service): Promise<ApiCall> {
  const response = await fetch(caller.url);
  if (!response.ok) throw new Error(`${caller.id} was refused: ${await response.text()}`);
  return (await response.json()) as ApiCall;
}

async function refusedCall(caller: Service, api: Service): Promise<RefusedCall> {
  const response = await fetch(caller.url);
  const body = (await response.json()) as { readonly error?: string };
  if (response.ok) throw new Error(`${caller.id} was not refused`);
  const { event: _, ...refusal } = await api.nextRefusal();
  return { caller: caller.id, callerSaw: body.error ?? "unknown", refusal };
}

async function writeTable(folder: string, name: string, table: AuthorizationTable): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(table, null, 2), { mode: 0o600 });
  return file;
}

// import.meta.main needs Node 24.2; this runs from 22.18 on.
if (import.meta.filename === realpathSync(process.argv[1] ?? "")) {
  const result = await runMtlsDemo();
  console.log(JSON.stringify(result, null, 2));
  if (!result.ok) process.exitCode = 1;
}
