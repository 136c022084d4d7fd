import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type SpireAgent, type SpireServer, startSpire } from "@idstack/tool-real";
import { signJwt } from "./sign-jwt.ts";
import { ELSEWHERE, HOME, trustDomainOf, type WorkloadApi, workloads } from "./workload-api.ts";

/** Real SPIRE: two federated servers, and an agent for each workload, since all of them run as the same user. */
export async function startSpireWorkloadApi(): Promise<WorkloadApi> {
  const spire = await startSpire({
    servers: [{ trustDomain: HOME }, { trustDomain: ELSEWHERE }],
    agents: workloads.map((workload) => ({ trustDomain: trustDomainOf(workload) })),
    federation: true,
  });
  const agents = new Map(workloads.map((workload, index) => [workload, spire.agents[index] as SpireAgent]));
  const agentOf = (workload: (typeof workloads)[number]): SpireAgent => agents.get(workload) as SpireAgent;
  const entries = new Map<string, string[]>();
  return {
    address: (workload) => agentOf(workload).endpoint,
    async register(workload, registrations) {
      const own = trustDomainOf(workload);
      const server = spire.server(own);
      for (const id of entries.get(workload) ?? []) await server.deleteEntry(id);
      const created: string[] = [];
      for (const { path, x509Ttl, jwtTtl, dnsNames, hint } of registrations) {
        const id = await server.createEntry({
          spiffeId: path,
          parentId: agentOf(workload).id,
          federatesWith: [own === HOME ? ELSEWHERE : HOME],
          ...(dnsNames !== undefined && { dnsNames }),
          ...(hint !== undefined && { hint }),
          ...(x509Ttl !== undefined && { x509SvidTtl: x509Ttl }),
          ...(jwtTtl !== undefined && { jwtSvidTtl: jwtTtl }),
        });
        created.push(id);
      }
      entries.set(workload, created);
    },
    async forge(claims, header) {
      const { key, kid } = await jwtAuthority(spire.server(HOME));
      return signJwt(key, { alg: "ES256", kid, typ: "JWT", ...header }, claims);
    },
    [Symbol.asyncDispose]: () => spire.close(),
  };
}

/** The key with which a server signs JWT-SVIDs, from the file of its KeyManager. */
async function jwtAuthority(server: SpireServer): Promise<{ readonly key: KeyObject; readonly kid: string }> {
  const { keys } = JSON.parse(await readFile(join(server.dataDirectory, "keys.json"), "utf8")) as {
    keys: Record<string, string>;
  };
  const published = JSON.parse(await server.bundle()) as { keys: { use: string; kid: string; x: string }[] };
  const authority = published.keys.find(({ use }) => use === "jwt-svid");
  for (const der of Object.values(keys)) {
    const key = createPrivateKey({ key: Buffer.from(der, "base64"), format: "der", type: "pkcs8" });
    if (createPublicKey(key).export({ format: "jwk" }).x === authority?.x) return { key, kid: authority?.kid ?? "" };
  }
  throw new Error("the server's JWT key is not in the file of its KeyManager");
}
