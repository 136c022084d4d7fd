import { describe, expect, it } from "vitest";
import { found } from "../found.ts";

const policy = (
  kprobe: string,
  head = "  podSelector: {}\n",
  name = "block-shells",
  kind = "TracingPolicy",
) => `apiVersion: cilium.io/v1alpha1
kind: ${kind}
metadata:
  name: ${name}
${kind === "TracingPolicy" ? "" : "  namespace: apps\n"}spec:
${head}  kprobes:
    - call: sys_execve
      syscall: true
${kprobe}`;
const args = "      args: [{ index: 0, type: string }]\n";
const selector = (action: string) => `      selectors:
        - matchArgs: [{ index: 0, operator: Postfix, values: [/sh] }]
          matchActions: [{ action: ${action}, argError: -1 }]
`;
const runtime = /^tracing-policy/;
const only = (yaml: string) => found(yaml).filter((each) => runtime.test(each));

describe("tracing policies", () => {
  it("a policy that overrides the call is fine", () => {
    expect(only(policy(args + selector("Override")))).toEqual([]);
  });

  it("everything wrong at once: misplaced action, no args, a Kubernetes namespace, nothing blocked, host hit", () => {
    const kprobe = `      selectors:
        - matchArgs: [{ index: 0, operator: Equal, values: [/bin/sh] }]
          matchNamespaces: [{ namespace: apps }]
      action: Post
`;
    // The schema's own words about the same nodes are left out.
    expect(found(policy(kprobe, ""))).toEqual([
      "tracing-policy-hits-host 5",
      "tracing-policy-undeclared-argument 10",
      "tracing-policy-kubernetes-namespace 11",
      "tracing-policy-misplaced-action 12",
    ]);
  });

  it("an action on a selector, and matchActions on a hook, are misplaced", () => {
    const onSelector = `${args}      selectors:\n        - matchArgs: [{ index: 0, operator: Postfix, values: [/sh] }]\n          action: Sigkill\n`;
    expect(only(policy(onSelector))).toEqual(["tracing-policy-reports-only 8", "tracing-policy-misplaced-action 13"]);
    const onHook = `${args}      matchActions: [{ action: Sigkill }]\n`;
    expect(only(policy(onHook))).toEqual(["tracing-policy-reports-only 8", "tracing-policy-misplaced-action 11"]);
  });

  it("monitor mode makes a blocker a reporter", () => {
    const head = "  podSelector: {}\n  options: [{ name: policy-mode, value: monitor }]\n";
    expect(only(policy(args + selector("Override"), head))).toEqual(["tracing-policy-reports-only 7"]);
  });

  it("observation may report, on the host too", () => {
    expect(only(policy(args + selector("Post").replace(", argError: -1", ""), "", "log-exec"))).toEqual([]);
  });

  it("the purpose may stand in an annotation or a message", () => {
    const message = policy(`      message: shell blocked\n${args}`, undefined, "exec");
    expect(only(message)).toEqual(["tracing-policy-reports-only 8"]);
    const annotated = policy(args, undefined, "exec\n  annotations: { description: kills shells }");
    expect(only(annotated)).toEqual(["tracing-policy-reports-only 9"]);
  });

  it.each(["  hostSelector: {}\n", "  containerSelector: {}\n"])("a stated scope is meant: %s", (head) => {
    expect(only(policy(args + selector("Override"), head))).toEqual([]);
  });

  it("a namespaced policy never hits the host", () => {
    expect(only(policy(args + selector("Override"), "", "block-shells", "TracingPolicyNamespaced"))).toEqual([]);
  });
});
