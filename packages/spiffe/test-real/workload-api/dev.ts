import { createPrivateKey } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DevEntry, type DevWorkloadApi, startDevWorkloadApi } from "@idstack/spiffe/dev";
import { signJwt } from "./sign-jwt.ts";
import { ELSEWHERE, HOME, type Registration, type Workload, type WorkloadApi, workloads } from "./workload-api.ts";

/** The Workload API for development: two of them, federated. */
export async function startDev(): Promise<WorkloadApi> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(await mkdtemp(join(tmpdir(), "ids-dev-")), (path) => rm(path, { recursive: true }));
  const [homeFiles, elsewhereFiles] = [join(directory, "h"), join(directory, "e")];
  // Both have to exist before either can trust the other.
  const first = await startDevWorkloadApi({ trustDomain: HOME, identities: {}, directory: homeFiles });
  await first.close();
  const elsewhere = stack.use(
    await startDevWorkloadApi({
      trustDomain: ELSEWHERE,
      identities: { abroad: [] },
      directory: elsewhereFiles,
      federatesWith: [first],
    }),
  );
  const inside = workloads.filter((workload) => workload !== "abroad").map((workload) => [workload, []]);
  const home = stack.use(
    await startDevWorkloadApi({
      trustDomain: HOME,
      identities: Object.fromEntries(inside) as Record<Workload, []>,
      directory: homeFiles,
      federatesWith: [elsewhere],
    }),
  );
  const of = (workload: Workload): DevWorkloadApi<Workload> =>
    workload === "abroad" ? (elsewhere as DevWorkloadApi<Workload>) : home;
  const owned = stack.move();
  return {
    address: (workload) => of(workload).addresses[workload],
    async register(workload, registrations) {
      of(workload).register(workload, registrations.map(entry));
    },
    async forge(claims, header) {
      const key = createPrivateKey(await readFile(join(homeFiles, "jwt.key.pem")));
      const [{ kid } = { kid: "" }] = home.bundle.jwt["keys"] as { kid: string }[];
      return signJwt(key, { alg: "ES256", kid, typ: "JWT", ...header }, claims);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function entry({ path, dnsNames, hint, x509Ttl, jwtTtl }: Registration): DevEntry {
  return { id: path, dnsNames, hint, ttlSeconds: x509Ttl, jwtTtlSeconds: jwtTtl };
}
