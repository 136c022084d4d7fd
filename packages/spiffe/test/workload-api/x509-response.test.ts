import type { SpiffeError } from "@idstack/spiffe";
import { TestCa } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";
import { Limits } from "../../src/workload-api/limits.ts";
import { readX509Response } from "../../src/workload-api/x509-response.ts";

const ca = new TestCa("homelab.internal");
type Message = Parameters<typeof readX509Response>[0];
type Entry = Message["svids"][number];

function entry(svid = ca.svid("/web")): Entry {
  return {
    spiffeId: `${svid.id}`,
    x509Svid: Buffer.concat(svid.certificates.map(({ raw }) => raw)),
    x509SvidKey: svid.privateKey.export({ type: "pkcs8", format: "der" }),
    bundle: ca.certificate.raw,
    hint: "",
  };
}

function pem({ privateKey }: ReturnType<TestCa["svid"]>): string {
  return String(privateKey.export({ type: "pkcs8", format: "pem" }));
}

function read(svids: readonly Entry[], limits = new Limits({})) {
  const reports: SpiffeError[] = [];
  const message = { svids: [...svids], crl: [], federatedBundles: {} } as Message;
  const update = readX509Response(message, Date.now(), (error) => reports.push(error), limits);
  return { update, reports };
}

describe("an empty mandatory field discards the message, also beside a good SVID", () => {
  it.each([
    ["spiffe_id", { spiffeId: "" }],
    ["x509_svid", { x509Svid: Buffer.alloc(0) }],
    ["x509_svid_key", { x509SvidKey: Buffer.alloc(0) }],
    ["bundle", { bundle: Buffer.alloc(0) }],
  ])("%s", (name, empty) => {
    const expected = {
      code: "malformed-response",
      message: expect.stringContaining(`mandatory field ${name} is empty`),
    };
    expect(() => read([entry(), { ...entry(), ...empty }])).toThrow(expect.objectContaining(expected));
  });

  it("svids", () => {
    expect(() => read([])).toThrow("the mandatory field svids is empty");
  });
});

describe("an SVID is reported with its reason, the others stay", () => {
  it.each<[string, Partial<Entry>, string]>([
    ["a key that is none", { x509SvidKey: Buffer.from("no key") }, "key-mismatch"],
    ["a chain of 17", { x509Svid: Buffer.concat(Array(17).fill(ca.certificate.raw)) }, "chain-too-long"],
    ["PEM in place of DER", { x509Svid: Buffer.from(ca.svid("/web").certificates.join("")) }, "certificate-malformed"],
    ["a bundle in PEM", { bundle: Buffer.from(String(ca.certificate)) }, "certificate-malformed"],
    ["a key in PEM", { x509SvidKey: Buffer.from(pem(ca.svid("/web"))) }, "key-mismatch"],
    ["a chain that is none", { x509Svid: Buffer.from("no chain") }, "certificate-malformed"],
  ])("%s", (_, broken, code) => {
    const { update, reports } = read([entry(), { ...entry(), ...broken }]);
    expect(update.svids).toHaveLength(1);
    expect(reports).toMatchObject([{ code: "svid-rejected", cause: { name: "SpiffeError", code } }]);
  });
});
