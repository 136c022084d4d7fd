import { TrustDomain, WorkloadApiClient, X509Source } from "@idstack/spiffe";
import { expect, it } from "vitest";
import { fieldsOf, KEY_USAGE } from "../../src/internal/x509/fields.ts";
import { RawCalls } from "../workload-api/raw-calls.ts";
import { ELSEWHERE, HOME, type WorkloadApi } from "../workload-api/workload-api.ts";

/** X.509-SVIDs and bundles as they are delivered; the workloads are those of `registered.ts`. */
export function x509Behaviours(api: () => WorkloadApi): void {
  it("an X.509-SVID is one certificate with its P-256 key, valid for an hour and ten seconds back", async () => {
    await using source = await X509Source.open({ address: api().address("web") });
    const { svid, svids } = source.getX509Context();
    expect(svids.map(({ id, hint }) => [`${id}`, hint])).toEqual([["spiffe://homelab.internal/web", undefined]]);
    expect(svid.certificates).toHaveLength(1);
    const [leaf] = svid.certificates;
    expect(leaf.checkPrivateKey(svid.privateKey)).toBe(true);
    expect(svid.privateKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBe(3_610_000);
  });

  it("a leaf has the subject, names, usages and extensions that SPIRE gives it", async () => {
    await using source = await X509Source.open({ address: api().address("web") });
    const [leaf] = source.svid.certificates;
    expect(leaf.subject).toBe("C=US\nO=SPIRE\nCN=web.internal");
    expect(leaf.subjectAltName).toBe("DNS:web.internal, DNS:www.internal, URI:spiffe://homelab.internal/web");
    const fields = fieldsOf(leaf);
    const { digitalSignature, keyEncipherment, keyAgreement } = KEY_USAGE;
    expect(fields.keyUsage).toEqual({
      critical: true,
      bits: new Set([digitalSignature, keyEncipherment, keyAgreement]),
    });
    expect(fields.extendedKeyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(fields.basicConstraints).toEqual({ ca: false });
    expect(fields.subjectAltName?.critical).toBe(false);
    expect(fields.unknownCritical).toEqual([]);
    const [authority] = source.getX509Context().bundles.get(TrustDomain.parse(HOME))?.authorities ?? [];
    expect(fields.authorityKeyId).toBe(authority && fieldsOf(authority).subjectKeyId);
    expect(fields.subjectKeyId).toMatch(/^[0-9a-f]{40}$/);
  });

  it("a leaf without DNS names has no common name", async () => {
    await using source = await X509Source.open({ address: api().address("abroad") });
    const [leaf] = source.svid.certificates;
    expect([leaf.subject, leaf.subjectAltName]).toEqual(["C=US\nO=SPIRE", "URI:spiffe://elsewhere.internal/abroad"]);
  });

  it("several SVIDs come with their hints, and of two with one hint only one", async () => {
    const address = api().address("several");
    await using source = await X509Source.open({ address });
    const { svids } = source.getX509Context();
    const hints = svids.map(({ hint }) => hint);
    expect(hints.sort()).toEqual(["external", "internal"]);
    const paths = svids.map(({ id }) => id.path);
    expect(paths).toContain("/two");
    expect(new Set(svids.map(({ certificates }) => certificates[0].serialNumber)).size).toBe(2);
    await using chosen = await X509Source.open({ address, hint: "external" });
    expect(chosen.svid.id.path).toBe("/two");
  });

  it("a message names trust domains by their ID, own bundle beside each SVID, federated ones apart", async () => {
    using calls = new RawCalls(api().address("several"));
    const message = await calls.fetchX509();
    expect(Object.keys(message.federatedBundles)).toEqual([`spiffe://${ELSEWHERE}`]);
    expect(message.crl).toEqual([]);
    const [first, second] = message.svids;
    expect(first?.bundle.length).toBeGreaterThan(0);
    expect(second?.bundle).toEqual(first?.bundle);
  });

  it("bundles: the own authority is a CA of the trust domain, the federated one comes along", async () => {
    const address = api().address("web");
    await using source = await X509Source.open({ address });
    using client = new WorkloadApiClient({ address });
    const { value: watched } = await client.watchX509Bundles().next();
    for (const bundles of [source.getX509Context().bundles, watched ?? []]) {
      const all = [...bundles];
      expect(all.map(({ trustDomain }) => trustDomain.name).sort()).toEqual([ELSEWHERE, HOME]);
      for (const { trustDomain, authorities } of all) {
        const [authority, ...others] = authorities;
        expect(others).toEqual([]);
        expect(authority?.ca).toBe(true);
        expect(authority?.subjectAltName).toBe(`URI:${trustDomain.idString}`);
      }
    }
    const [leaf] = source.svid.certificates;
    const [own] = source.getX509Context().bundles.get(TrustDomain.parse(HOME))?.authorities ?? [];
    expect(own !== undefined && leaf.checkIssued(own) && leaf.verify(own.publicKey)).toBe(true);
  });

  it("each side of a federation gets the authority of the other", async () => {
    await using home = await X509Source.open({ address: api().address("web") });
    await using abroad = await X509Source.open({ address: api().address("abroad") });
    const authority = (source: X509Source, name: string): string | undefined =>
      source.getX509Context().bundles.get(TrustDomain.parse(name))?.authorities[0]?.fingerprint256;
    for (const name of [HOME, ELSEWHERE]) expect(authority(home, name)).toBe(authority(abroad, name));
  });
}
