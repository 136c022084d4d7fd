import { WorkloadApiClient, X509Source } from "@idstack/spiffe";
import { expect, it } from "vitest";
import { SOON, until } from "../wait.ts";
import type { WorkloadApi } from "../workload-api/workload-api.ts";

/** Half of it is over after three seconds; SPIRE counts the ten seconds into the past too, and renews whenever it looks. */
const SHORT_TTL_SECONDS = 6;

/** What open streams are told while registrations come, change and go. They build on each other, in this order. */
export function changes(api: () => WorkloadApi): void {
  it("a workload is served as soon as it is registered, and its SVIDs are renewed in time", async () => {
    const address = api().address("changing");
    const opening = X509Source.open({ address });
    await api().register("changing", [{ path: "/changing", x509Ttl: SHORT_TTL_SECONDS }]);
    await using source = await opening;
    const seen = new Map<string, Date>();
    for await (const { svid } of withFirst(source)) {
      const [leaf] = svid.certificates;
      expect(leaf.validToDate.getTime()).toBeGreaterThan(Date.now());
      expect(leaf.checkPrivateKey(svid.privateKey)).toBe(true);
      seen.set(leaf.serialNumber, leaf.validToDate);
      if (seen.size === 3) break;
    }
    const ends = [...seen.values()].map(Number);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(ends[2]).toBeGreaterThan(Number(ends[0]));
  });

  it("who watches bundles is not told about renewed SVIDs", async () => {
    const address = api().address("changing");
    using client = new WorkloadApiClient({ address });
    const told: string[] = [];
    const stop = new AbortController();
    const follow = async (name: string, stream: AsyncIterable<unknown>): Promise<void> => {
      try {
        for await (const _ of stream) told.push(name);
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      }
    };
    const { signal } = stop;
    const following = [
      follow("x509", client.watchX509Bundles({ signal })),
      follow("jwt", client.watchJwtBundles({ signal })),
    ];
    await using source = await X509Source.open({ address });
    const { serialNumber } = source.svid.certificates[0];
    await until(source, ({ svid }) => svid.certificates[0].serialNumber !== serialNumber);
    stop.abort(new Error("seen enough"));
    await Promise.all(following);
    expect(told.sort()).toEqual(["jwt", "x509"]);
  });

  it("a changed registration reaches an open stream", async () => {
    await using source = await X509Source.open({ address: api().address("changing") });
    await api().register("changing", [{ path: "/changed", dnsNames: ["changed.internal"], hint: "new" }]);
    const { svid } = await until(source, ({ svids }) => svids.some(({ hint }) => hint === "new"));
    expect([svid.id.path, svid.hint]).toEqual(["/changed", "new"]);
    expect(svid.certificates[0].subjectAltName).toContain("DNS:changed.internal");
  });

  it("a deleted registration ends every stream with permission denied, and a source serves nothing any more", async () => {
    const address = api().address("changing");
    const errors: string[] = [];
    const withdrawn = Promise.withResolvers<void>();
    await using source = await X509Source.open({
      address,
      onError: ({ code }) => {
        errors.push(code);
        withdrawn.resolve();
      },
    });
    using client = new WorkloadApiClient({ address });
    const signal = AbortSignal.timeout(SOON);
    const ends = [
      client.watchX509({ signal }),
      client.watchX509Bundles({ signal }),
      client.watchJwtBundles({ signal }),
    ];
    const endings = ends.map(async (stream) => {
      for await (const _ of stream as AsyncIterable<unknown>);
    });
    const settled = Promise.allSettled(endings);
    await api().register("changing", []);
    const denied = { status: "rejected", reason: expect.objectContaining({ code: "permission-denied" }) };
    expect(await settled).toEqual([denied, denied, denied]);
    await withdrawn.promise;
    expect(errors[0]).toBe("permission-denied");
    expect(() => source.getX509Context()).toThrow(expect.objectContaining({ code: "no-svid" }));

    await api().register("changing", [{ path: "/back" }]);
    expect((await until(source, () => true)).svid.id.path).toBe("/back");
  });
}

/** The present state and every one after it. */
async function* withFirst(source: X509Source) {
  const updates = source.updates(AbortSignal.timeout(SOON));
  yield source.getX509Context();
  yield* updates;
}
