import { goSpiffePeer } from "@idstack/tool-real";
import { expect, it } from "vitest";
import type { Workload, WorkloadApi } from "../workload-api/workload-api.ts";

const WEB = "spiffe://homelab.internal/web";
const ABROAD = "spiffe://elsewhere.internal/abroad";

/** The reference library as the workload. */
export function goSpiffeBehaviours(api: () => WorkloadApi): void {
  const go = (workload: Workload) => goSpiffePeer({ workloadApi: api().address(workload) });

  it("go-spiffe does mutual TLS with what it gets, across the two trust domains", async () => {
    await using server = await (await go("web")).serve({ authorize: [ABROAD] });
    expect(server.id).toBe(WEB);
    const answer = await (await go("abroad")).get(server.url, { authorize: [WEB] });
    expect(answer).toMatchObject({ status: 200, peer: WEB });
    expect(JSON.parse(answer.body)).toEqual({ peer: ABROAD, server: WEB });
  });

  it("go-spiffe fetches JWT-SVIDs, and validates them with the JWT bundles of either trust domain", async () => {
    const svids = await (await go("several")).fetchJwt({ audience: ["api"] });
    expect(svids.map(({ hint }) => hint).sort()).toEqual(["external", "internal"]);
    const tokens = svids.map(({ token }) => token);
    for (const workload of ["web", "abroad"] as const) {
      const answers = await (await go(workload)).validateJwt(tokens, { audience: ["api"] });
      expect(answers).toMatchObject(svids.map(({ id }) => ({ id, audience: ["api"] })));
    }
  });

  it("go-spiffe is told that nobody registered it", async () => {
    const call = (await go("nobody")).fetchJwt({ audience: ["api"] });
    await expect(call).rejects.toThrow("code = PermissionDenied desc = no identity issued");
  });
}
