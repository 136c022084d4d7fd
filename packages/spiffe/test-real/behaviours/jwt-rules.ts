import { WorkloadApiClient } from "@idstack/spiffe";
import { expect, it } from "vitest";
import type { WorkloadApi } from "../workload-api/workload-api.ts";

type Claims = Readonly<Record<string, unknown>>;

const sub = "spiffe://homelab.internal/forged";
const aud = ["api"];

/** Seconds from now, since a token is signed while its test runs. */
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const sound = (): Claims => ({ sub, aud, exp: inSeconds(60) });

const accepted: readonly [string, () => Claims, Claims?][] = [
  ["a single audience", () => ({ ...sound(), aud: "api" })],
  ["one audience of many", () => ({ ...sound(), aud: ["other", "api"] })],
  ["half a minute too late", () => ({ ...sound(), exp: inSeconds(-30) })],
  ["half a minute too early", () => ({ ...sound(), nbf: inSeconds(30) })],
  ["fractions of a second", () => ({ ...sound(), exp: inSeconds(60) + 0.5 })],
  ["claims of its own", () => ({ ...sound(), groups: ["a", { deep: [1, null] }] })],
  ["no typ", sound, { typ: undefined }],
  ["another typ", sound, { typ: "at+jwt" }],
];

const refused: readonly [string, RegExp, () => Claims, Claims?][] = [
  ["an expired token", /token has expired/, () => ({ ...sound(), exp: inSeconds(-90) })],
  ["one that is not yet valid", /token not valid yet \(nbf\)/, () => ({ ...sound(), nbf: inSeconds(90) })],
  ["one from the future", /token issued in the future \(iat\)/, () => ({ ...sound(), iat: inSeconds(90) })],
  ["no exp", /token missing exp claim/, () => ({ sub, aud })],
  ["an exp in words", /expected number value/, () => ({ ...sound(), exp: "tomorrow" })],
  ["no aud", /expected audience in \["api"\] \(audience=\[\]\)/, () => ({ sub, exp: inSeconds(60) })],
  [
    "other audiences",
    /expected audience in \["api"\] \(audience=\["a" "b"\]\)/,
    () => ({ ...sound(), aud: ["a", "b"] }),
  ],
  ["no sub", /token missing subject claim/, () => ({ aud, exp: inSeconds(60) })],
  ["a sub that is no SPIFFE ID", /invalid subject claim/, () => ({ ...sound(), sub: "someone" })],
  [
    "a sub of an unknown trust domain",
    /no keys found for trust domain "unknown.internal"/,
    () => ({ ...sound(), sub: "spiffe://unknown.internal/web" }),
  ],
  [
    "a sub of a federated trust domain",
    /public key ".+" not found in trust domain "elsewhere.internal"/,
    () => ({ ...sound(), sub: "spiffe://elsewhere.internal/web" }),
  ],
  ["no kid", /token header missing key id/, sound, { kid: undefined }],
  ["an unknown kid", /public key "other" not found in trust domain "homelab.internal"/, sound, { kid: "other" }],
  ["alg none", /unexpected signature algorithm "none"/, sound, { alg: "none" }],
  ["alg HS256", /unexpected signature algorithm "HS256"/, sound, { alg: "HS256" }],
  ["a critical header that nobody knows", /unsupported critical header/, sound, { crit: ["x"] }],
];

const damaged: readonly [string, RegExp, (token: string) => string][] = [
  ["another payload", /./, (token) => replacePart(token, 1, { ...sound(), sub: `${sub}/admin` })],
  ["a signature of zeros", /error in cryptographic primitive/, (token) => token.replace(/[^.]+$/, "A".repeat(86))],
  ["no signature", /./, (token) => token.replace(/[^.]+$/, "")],
  ["four parts", /unable to parse JWT token: .*compact JWS format must have three parts/, (token) => `${token}.x`],
  ["no token at all", /unable to parse JWT token/, () => "token"],
];

/** Which tokens the agent's validation lets through, and in which words it refuses the others. */
export function jwtRules(api: () => WorkloadApi): void {
  const validate = async (token: string) => {
    using client = new WorkloadApiClient({ address: api().address("web") });
    return await client.validateJwtSvid(token, "api");
  };
  const refusal = (words: RegExp) => ({
    code: "invalid-argument",
    message: expect.stringMatching(new RegExp(`gRPC InvalidArgument: .*${words.source}`)),
  });

  it.each(accepted)("accepts: %s", async (_, claims, header) => {
    const signed = claims();
    const { id, claims: found } = await validate(await api().forge(signed, header));
    expect(`${id}`).toBe(sub);
    expect(found).toEqual({ ...signed, aud: [signed["aud"]].flat() });
  });

  it.each(refused)("refuses: %s", async (_, words, claims, header) => {
    await expect(validate(await api().forge(claims(), header))).rejects.toMatchObject(refusal(words));
  });

  it.each(damaged)("refuses, in place of a sound token: %s", async (_, words, change) => {
    const token = await api().forge(sound());
    expect(`${(await validate(token)).id}`).toBe(sub);
    await expect(validate(change(token))).rejects.toMatchObject(refusal(words));
  });
}

function replacePart(token: string, index: number, content: object): string {
  const parts = token.split(".");
  parts[index] = Buffer.from(JSON.stringify(content)).toString("base64url");
  return parts.join(".");
}
