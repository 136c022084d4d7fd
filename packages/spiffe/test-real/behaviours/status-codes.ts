import { Code } from "@connectrpc/connect";
import { expect, it } from "vitest";
import { RawCalls, statusOf } from "../workload-api/raw-calls.ts";
import type { WorkloadApi } from "../workload-api/workload-api.ts";

const METHODS = ["FetchX509SVID", "FetchX509Bundles", "FetchJWTBundles", "FetchJWTSVID", "ValidateJWTSVID"] as const;

/** How calls are refused. */
export function statusCodes(api: () => WorkloadApi): void {
  it.each(METHODS)("%s without the security header is an invalid argument", async (method) => {
    for (const headers of [{}, { "workload.spiffe.io": "false" }]) {
      using calls = new RawCalls(api().address("web"), headers);
      expect(await statusOf(calls.all[method]?.())).toEqual({
        code: Code.InvalidArgument,
        rawMessage: "security header missing from request",
      });
    }
  });

  it.each(METHODS.filter((method) => method !== "ValidateJWTSVID"))(
    "%s is denied to a workload that nobody registered",
    async (method) => {
      using calls = new RawCalls(api().address("nobody"));
      const denied = { code: Code.PermissionDenied, rawMessage: "no identity issued" };
      expect(await statusOf(calls.all[method]?.())).toEqual(denied);
    },
  );

  it.each([
    ["no audience", [], "", Code.InvalidArgument, /^audience must be specified$/],
    ["an ID that is none", ["api"], "web", Code.InvalidArgument, /^invalid requested SPIFFE ID: /],
    [
      "an ID of another workload",
      ["api"],
      "spiffe://homelab.internal/api",
      Code.PermissionDenied,
      /^no identity issued$/,
    ],
  ] as const)("a JWT-SVID for %s is refused", async (_, audience, id, code, words) => {
    using calls = new RawCalls(api().address("web"));
    const status = await statusOf(calls.fetchJwt(audience, id));
    expect(status).toEqual({ code, rawMessage: expect.stringMatching(words) });
  });

  it("an ID that is none is refused before an unknown workload is", async () => {
    using calls = new RawCalls(api().address("nobody"));
    expect((await statusOf(calls.fetchJwt(["api"], "web"))).code).toBe(Code.InvalidArgument);
  });

  it.each([
    ["audience", "", "a.b.c", "audience must be specified"],
    ["token", "api", "", "svid must be specified"],
    ["both", "", "", "audience must be specified"],
  ])("validating without %s is an invalid argument", async (_, audience, svid, rawMessage) => {
    using calls = new RawCalls(api().address("web"));
    expect(await statusOf(calls.validateJwt(audience, svid))).toEqual({ code: Code.InvalidArgument, rawMessage });
  });

  it("a method of a later version of the API is not implemented", async () => {
    using calls = new RawCalls(api().address("web"));
    expect((await statusOf(calls.unknownMethod("FetchWhatIsToCome"))).code).toBe(Code.Unimplemented);
  });
}
