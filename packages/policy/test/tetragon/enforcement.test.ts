import { describe, expect, it } from "vitest";
import { enforcement } from "../../src/index.ts";

const kill = { matchActions: [{ action: "Override", argError: -1 }, { action: "Sigkill" }] };
const args = [{ index: 0, type: "linux_binprm" }];
const shells = { matchArgs: [{ index: 0, operator: "Postfix", values: ["/sh"] }] };
const options = [{ name: "disable-kprobe-multi", value: "1" }];

function judge(spec: object, kind = "TracingPolicy") {
  const found = enforcement({ apiVersion: "cilium.io/v1alpha1", kind, metadata: { name: "x" }, spec } as never);
  return {
    ...found,
    codes: found.diagnostics.map(({ code, path }) => `${code.slice("policy/tetragon-".length)} ${path}`),
  };
}

function kprobe(fields: object, more: object = { options }) {
  return judge({
    podSelector: {},
    kprobes: [{ call: "security_bprm_check", syscall: false, args, ...fields }],
    ...more,
  });
}

describe("enforcement: what blocks", () => {
  it("Override with an error prevents, Sigkill alone kills", () => {
    expect(kprobe({ selectors: [{ ...shells, ...kill }] })).toMatchObject({
      blocks: true,
      effect: "prevents",
      scopedToPods: true,
      codes: [],
      hooks: [{ hook: "kprobe security_bprm_check", path: "spec.kprobes[0]", effect: "prevents" }],
    });
    const sigkill = kprobe({ selectors: [{ ...shells, matchActions: [{ action: "Sigkill" }] }] });
    expect(sigkill).toMatchObject({ blocks: true, effect: "kills" });
    expect(sigkill.codes).toEqual(["kill-without-override spec.kprobes[0]"]);
    expect(kprobe({ selectors: [{ matchActions: [{ action: "Signal", argSig: 9 }] }] }).effect).toBe("kills");
    expect(kprobe({ selectors: [{ matchActions: [{ action: "Signal", argSig: 15 }] }] }).effect).toBe("reports");
  });

  it("a system call may be overridden with 0, a security hook not", () => {
    const zero = { selectors: [{ ...shells, matchActions: [{ action: "Override", argError: 0 }] }] };
    expect(kprobe(zero)).toMatchObject({ blocks: false, effect: "reports" });
    const call = { call: "sys_execve", args: [{ index: 0, type: "string" }], ...zero };
    expect(judge({ podSelector: {}, kprobes: [call] })).toMatchObject({ effect: "prevents", codes: [] });
  });

  it("warns of a security hook that Tetragon would not override", () => {
    const found = kprobe({ selectors: [{ ...shells, ...kill }] }, {});
    expect(found).toMatchObject({ effect: "prevents", codes: ["kprobe-multi spec.kprobes[0]"] });
  });
});

describe("enforcement: what only reports", () => {
  it.each<[string, object, string[]]>([
    ["Post", { selectors: [{ ...shells, matchActions: [{ action: "Post" }] }] }, []],
    ["no action", { selectors: [shells] }, []],
    ["no selector", {}, []],
    [
      "an action beside the hook",
      { action: "Sigkill", selectors: [shells] },
      ["misplaced-action spec.kprobes[0].action"],
    ],
    [
      "a catch-all before the selector that kills",
      { selectors: [{ matchActions: [{ action: "Post" }] }, { ...shells, ...kill }] },
      ["catch-all spec.kprobes[0].selectors[0]"],
    ],
  ])("%s", (_, fields, codes) => {
    expect(kprobe(fields)).toMatchObject({ blocks: false, effect: "reports", codes });
  });

  it("monitor mode", () => {
    const found = kprobe({ selectors: [kill] }, { options: [...options, { name: "policy-mode", value: "monitor" }] });
    expect(found).toMatchObject({ blocks: false, effect: "reports", codes: ["monitor-mode spec.options"] });
  });
});

describe("enforcement: what does nothing", () => {
  it("a function taken for a system call", () => {
    const found = kprobe({ syscall: undefined, selectors: [kill] });
    expect(found).toMatchObject({ blocks: false, effect: "inactive", codes: ["syscall spec.kprobes[0]"] });
  });

  it("a filter on an argument that is not declared", () => {
    const found = kprobe({ args: undefined, selectors: [{ ...shells, ...kill }] });
    expect(found.effect).toBe("inactive");
    expect(found.codes).toEqual(["undeclared-arg spec.kprobes[0].selectors[0].matchArgs[0]"]);
  });

  it("Override of a function that cannot be overridden", () => {
    const found = kprobe({ call: "tcp_connect", args: [{ index: 0, type: "sock" }], selectors: [kill] });
    expect(found).toMatchObject({ blocks: false, effect: "inactive" });
    expect(found.codes).toEqual(["override-unsupported spec.kprobes[0].selectors[0].matchActions"]);
  });

  it("a policy beyond Tetragon's limits", () => {
    const selectors = Array.from({ length: 6 }, () => ({ ...shells, ...kill }));
    const found = kprobe({ selectors });
    expect(found).toMatchObject({ blocks: false, effect: "inactive", codes: ["limit spec.kprobes[0].selectors"] });
  });

  it.each([[{}], [{ kprobes: null }], [{ kprobes: "x", options: 3 }], [{ kprobes: [null] }]])(
    "a spec like %o",
    (spec) => {
      expect(judge(spec).blocks).toBe(false);
    },
  );
});

describe("enforcement: scope", () => {
  const blocking = { lsmhooks: [{ hook: "bprm_check_security", args, selectors: [{ ...shells, ...kill }] }] };
  it.each([
    [{}, "host-and-pods"],
    [{ podSelector: null }, "host-and-pods"],
    [{ podSelector: {} }, "pods"],
    [{ containerSelector: { matchLabels: { name: "main" } } }, "pods"],
    [{ hostSelector: {} }, "host"],
    [{ podSelector: {}, hostSelector: {} }, "host-and-pods"],
  ])("%o applies to %s", (selectors, scope) => {
    const found = judge({ ...blocking, ...selectors });
    expect(found).toMatchObject({ blocks: true, scope, scopedToPods: scope === "pods" });
    expect(found.codes).toEqual(scope === "pods" ? [] : ["host spec"]);
  });

  it("a namespaced policy is scoped to pods whatever its selectors", () => {
    expect(judge(blocking, "TracingPolicyNamespaced")).toMatchObject({ scope: "pods", codes: [] });
  });

  it("rejects other kinds", () => {
    expect(() => enforcement({ apiVersion: "v1", kind: "Pod" })).toThrow("v1 Pod is not a TracingPolicy");
  });
});
