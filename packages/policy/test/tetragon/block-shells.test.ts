import { describe, expect, it } from "vitest";
import { blockShells, enforcement, PolicyError, SHELLS } from "../../src/index.ts";

describe("blockShells", () => {
  it("stops shells of a namespace before they start", () => {
    expect(blockShells({ namespace: "apps" })).toEqual({
      apiVersion: "cilium.io/v1alpha1",
      kind: "TracingPolicyNamespaced",
      metadata: { name: "block-shells-apps", namespace: "apps" },
      spec: {
        podSelector: {},
        kprobes: [
          {
            call: "security_bprm_check",
            syscall: false,
            message: "Shell blocked in a pod",
            args: [{ index: 0, type: "linux_binprm" }],
            selectors: [
              {
                matchArgs: [{ index: 0, operator: "Postfix", values: [...SHELLS] }],
                matchActions: [{ action: "Override", argError: -1 }, { action: "Sigkill" }],
              },
            ],
          },
        ],
        options: [{ name: "disable-kprobe-multi", value: "1" }],
      },
    });
  });

  it("takes the LSM hook, other pods, other binaries and only denies", () => {
    const policy = blockShells({
      podSelector: { matchLabels: { role: "web" } },
      hook: "lsm",
      action: "deny",
      binaries: ["sh", "/sh", "/usr/bin/python3"],
    });
    expect(policy).toEqual({
      apiVersion: "cilium.io/v1alpha1",
      kind: "TracingPolicy",
      metadata: { name: "block-shells" },
      spec: {
        podSelector: { matchLabels: { role: "web" } },
        lsmhooks: [
          {
            hook: "bprm_check_security",
            message: "Shell blocked in a pod",
            args: [{ index: 0, type: "linux_binprm" }],
            selectors: [
              {
                matchArgs: [{ index: 0, operator: "Postfix", values: ["/sh", "/usr/bin/python3"] }],
                matchActions: [{ action: "Override", argError: -1 }],
              },
            ],
          },
        ],
      },
    });
  });

  it.each([
    ["kill", "kprobe", true],
    ["kill", "lsm", true],
    ["deny", "kprobe", true],
    ["deny", "lsm", true],
    ["report", "kprobe", false],
    ["report", "lsm", false],
  ] as const)("with action %s and hook %s: blocks is %s", (action, hook, blocks) => {
    const found = enforcement(blockShells({ namespace: "apps", action, hook }));
    expect(found).toMatchObject({ blocks, scopedToPods: true, namespace: "apps", diagnostics: [] });
    expect(found.effect).toBe(blocks ? "prevents" : "reports");
  });

  it("never hits the host's own shells", () => {
    expect(enforcement(blockShells({ podSelector: {} })).scope).toBe("pods");
    // @ts-expect-error neither namespace nor podSelector
    expect(() => blockShells({})).toThrow("or the host's own shells are hit");
    expect(() => blockShells({ namespace: "apps", binaries: [] })).toThrow(TypeError);
  });

  it("names the limit it would exceed", () => {
    let error: unknown;
    try {
      blockShells({ namespace: "apps", binaries: [`/${"x".repeat(127)}`] });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({
      name: "PolicyError",
      code: "LIMIT_EXCEEDED",
      message: "TracingPolicyNamespaced block-shells-apps: bytes of a Postfix value: at most 127, here 128",
      diagnostics: [{ path: "spec.kprobes[0].selectors[0].matchArgs[0].values[0]" }],
    });
  });
});
