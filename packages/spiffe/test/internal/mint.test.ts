import { spawnSync } from "node:child_process";
import type { X509Certificate } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestCa } from "@idstack/spiffe/testing";
import { describe, expect, it } from "vitest";
import { fieldsOf } from "../../src/internal/x509/fields.ts";

const ca = new TestCa("homelab.internal");
const svid = ca.intermediate().svid("/ns/apps/sa/web", { dnsNames: ["web.apps.svc"], ttlSeconds: 60 });
const [leaf, intermediate] = svid.certificates;
const [root] = ca.bundle.authorities;

describe("a minted chain as Node reads it", () => {
  it("has the names, serial and validity asked for", () => {
    expect(leaf.subjectAltName).toBe("DNS:web.apps.svc, URI:spiffe://homelab.internal/ns/apps/sa/web");
    expect(leaf.ca).toBe(false);
    expect(leaf.serialNumber).toMatch(/^[0-7][0-9A-F]{31}$/);
    expect(leaf.validToDate.getTime() - leaf.validFromDate.getTime()).toBe(70_000);
    expect(intermediate?.ca).toBe(true);
  });

  it("is signed link by link and carries its own key", () => {
    expect(leaf.checkIssued(intermediate as X509Certificate)).toBe(true);
    expect(leaf.verify((intermediate as X509Certificate).publicKey)).toBe(true);
    expect(intermediate?.verify((root as X509Certificate).publicKey)).toBe(true);
    expect(leaf.verify((root as X509Certificate).publicKey)).toBe(false);
    expect(leaf.checkPrivateKey(svid.privateKey)).toBe(true);
  });
});

describe("the field reader", () => {
  it("sees the key usage bits that Node does not expose", () => {
    expect([...(fieldsOf(leaf).keyUsage?.bits ?? [])]).toEqual([0]);
    expect([...(fieldsOf(root as X509Certificate).keyUsage?.bits ?? [])]).toEqual([5, 6]);
    expect(fieldsOf(leaf).keyUsage?.critical).toBe(true);
  });

  it("agrees with Node about the validity", () => {
    expect(fieldsOf(leaf).notAfter).toBe(leaf.validToDate.getTime());
    expect(fieldsOf(leaf).notBefore).toBe(leaf.validFromDate.getTime());
  });
});

const openssl = spawnSync("openssl", ["version"]).status === 0;

describe.runIf(openssl)("the same chain for openssl", () => {
  const folder = mkdtempSync(join(tmpdir(), "mint-"));
  const file = (name: string, certificate: X509Certificate | undefined): string => {
    const path = join(folder, name);
    writeFileSync(path, String(certificate));
    return path;
  };
  const rootFile = file("root.pem", root);
  const intermediateFile = file("intermediate.pem", intermediate);
  const leafFile = file("leaf.pem", leaf);

  it("verifies under strict rules, for both roles", () => {
    for (const purpose of ["sslserver", "sslclient"]) {
      const args = [
        "verify",
        "-x509_strict",
        "-purpose",
        purpose,
        "-CAfile",
        rootFile,
        "-untrusted",
        intermediateFile,
        leafFile,
      ];
      const { stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
      expect(stdout + stderr).toBe(`${leafFile}: OK\n`);
    }
  });

  it("prints the critical key usage", () => {
    const { stdout } = spawnSync(
      "openssl",
      ["x509", "-in", leafFile, "-noout", "-ext", "keyUsage,basicConstraints,subjectAltName"],
      {
        encoding: "utf8",
      },
    );
    expect(stdout).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(stdout).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(stdout).toMatch(/Subject Alternative Name: critical/);
  });
});
