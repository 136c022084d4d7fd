import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findComponent, loadComponents, programsOf, selectComponents } from "../src/components.ts";

const components = await loadComponents();
const go = join(import.meta.dirname, "../go");
const versionedBy: Readonly<Record<string, string>> = {
  age: "filippo.io/age",
  "cilium-policy": "github.com/cilium/cilium",
  etcd: "go.etcd.io/etcd/server/v3",
  "go-sops-decrypt": "github.com/getsops/sops/v3",
  "go-spiffe-peer": "github.com/spiffe/go-spiffe/v2",
  kubeconform: "github.com/yannh/kubeconform",
  kubernetes: "k8s.io/kubernetes",
  sops: "github.com/getsops/sops/v3",
  spire: "github.com/spiffe/spire",
};

/** Packages of the system, which decides their version. */
const ofTheSystem = ["nats", "postgresql", "redis"];

describe("the components", () => {
  it("are one file each", () => {
    expect(components.map(({ name }) => name)).toEqual([...Object.keys(versionedBy), ...ofTheSystem].sort());
  });

  it("make programs of different names", () => {
    const programs = components.flatMap(programsOf);
    expect(new Set(programs).size).toBe(programs.length);
  });

  it.each(components.filter(({ name }) => name in versionedBy).map((each) => [each.name, each] as const))(
    "%s states the version that its go.mod pins",
    (name, each) => {
      const text = readFileSync(join(go, name, "go.mod"), "utf8");
      const pinned = new RegExp(`^\\s*(?:require )?${versionedBy[name]} v(\\S+)`, "m").exec(text)?.[1];
      expect(each.version).toBe(pinned);
      expect(existsSync(join(go, name, "go.sum"))).toBe(true);
    },
  );

  it("are found by their name and by that of a program", () => {
    expect(findComponent(components, "spire").name).toBe("spire");
    expect(findComponent(components, "kubectl").name).toBe("kubernetes");
    expect(selectComponents(components, ["kubectl", "kubernetes"])).toHaveLength(1);
    expect(selectComponents(components, [])).toBe(components);
  });

  it("are listed when a name is wrong", () => {
    expect(() => findComponent(components, "spyre")).toThrow(/^There is no component "spyre"\. There are: age, /);
  });
});
