import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SpiffeError, TrustDomain } from "@idstack/spiffe";
import { parseWitBundle, proveWit, verifyWit, WitBundleSet } from "@idstack/spiffe/experimental";
import { TestWitAuthority, type TestWitOptions } from "@idstack/spiffe/testing";
import { goSpiffePeer, recordEvidence } from "@idstack/tool-real";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "wit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const home = TrustDomain.parse("homelab.internal");
const authority = new TestWitAuthority(home);
const bundles = new WitBundleSet([parseWitBundle(home, authority.jwks)]);
const audience = "https://api.internal/orders";

const tokens: Readonly<Record<string, TestWitOptions>> = {
  sound: {},
  "with unknown claims": { claims: { "x-a": { b: [1] }, jti: "1", iat: 1 } },
  "with an unknown header": { header: { "x-a": 1 } },
  "of another type": { header: { typ: "JWT" } },
  "without type": { header: { typ: undefined } },
  "without algorithm": { header: { alg: "none" } },
  "with a symmetric algorithm": { header: { alg: "HS256" } },
  "without key ID": { header: { kid: undefined } },
  "of an unknown key": { header: { kid: "another" } },
  "without subject": { claims: { sub: undefined } },
  "with a subject that is no SPIFFE ID": { claims: { sub: "web" } },
  "with an audience": { claims: { aud: audience } },
  "without expiry": { claims: { exp: undefined } },
  expired: { claims: { exp: 1 } },
  "not yet valid": { claims: { nbf: 4e9 } },
  "without a key to prove": { claims: { cnf: undefined } },
  "with a key to prove that is symmetric": { claims: { cnf: { jwk: { kty: "oct", k: "AAAA", alg: "HS256" } } } },
};

it("WIT-SVIDs are read as go-spiffe reads them", async () => {
  const path = join(folder, "bundle.json");
  writeFileSync(path, authority.jwks);
  const svids = Object.entries(tokens).map(([name, options]) => ({ name, svid: authority.svid("/web", options) }));
  const peer = await goSpiffePeer();
  const answers = await peer.validateWit(
    svids.map(({ svid }) => svid.token),
    { path, trustDomain: home.name },
  );
  const differ = svids.flatMap(({ name, svid }, at) => {
    const [own, theirs] = [verdict(svid), answers[at]];
    return own === (theirs !== undefined && "id" in theirs) ? [] : [`${name}: ${JSON.stringify(theirs)}`];
  });
  expect(differ).toEqual([]);
  expect(svids.filter(({ svid }) => verdict(svid)).length).toBeGreaterThan(2);
  await recordEvidence({
    component: "go-spiffe-peer",
    proves: "@idstack/spiffe/experimental accepts and refuses the same WIT-SVIDs",
    checked: svids.length,
    unit: "tokens",
    mismatches: differ.length,
  });
});

/** Whether a token with a sound proof is accepted. */
function verdict(svid: ReturnType<TestWitAuthority["svid"]>): boolean {
  try {
    verifyWit(proveWit(svid, { audience }), { bundles, audience });
    return true;
  } catch (error) {
    if (!(error instanceof SpiffeError)) throw error;
    return false;
  }
}
