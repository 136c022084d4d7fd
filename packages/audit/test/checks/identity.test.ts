import { describe, expect, it } from "vitest";
import { findings, found } from "../found.ts";

const only = { only: ["spire-removed-setting"] };

describe("spire-removed-setting", () => {
  it("reads files, values of charts, and JSON in a ConfigMap", () => {
    const files = [{ path: "spire/server.conf", text: 'server {\n  default_svid_ttl = "1h"\n}\n' }];
    expect(findings("", { ...only, files })).toMatchObject([{ file: "spire/server.conf", line: 2, column: 3 }]);
    const values =
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: spire }\nspec:\n  values:\n    server:\n      default_svid_ttl: 1h\n";
    expect(found(values, only)).toEqual(["spire-removed-setting 7"]);
    const json =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: spire }\ndata:\n  server.json: |\n    {\n      "default_svid_ttl": "1h"\n    }\n';
    expect(found(json, only)).toEqual(["spire-removed-setting 7"]);
  });

  it("leaves comments and the current settings alone", () => {
    const text = '# default_svid_ttl = "1h"\ndefault_x509_svid_ttl = "1h"\n';
    expect(found("", { ...only, files: [{ path: "server.hcl", text }] })).toEqual([]);
  });
});
