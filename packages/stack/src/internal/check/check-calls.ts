import type { Path } from "@idstack/manifests";
import { allow } from "@idstack/policy";
import type { CallInput, ServiceInput } from "../../declaration/service-input.ts";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { deniesByDefault } from "../../expand/connect.ts";
import { targetOf } from "../../expand/services.ts";
import { didYouMean, type Report } from "./report.ts";

/** Every call goes to another service, once, and a restriction of it is one that something checks. */
export function checkCalls(
  stack: StackDeclaration,
  path: Path,
  name: string,
  { calls = [] }: ServiceInput,
  report: Report,
): void {
  const names = Object.keys(stack.services);
  const targets = calls.map(targetOf);
  for (const [index, call] of calls.entries()) {
    const at = [...path, index];
    const target = targetOf(call);
    if (target === name) {
      report("stack/conflict", at, `${name} calls itself.`, "Remove it: a pod reaches itself.");
    } else if (!names.includes(target)) {
      report("stack/unknown-name", at, `there is no service "${target}".`, didYouMean(target, names));
    } else if (targets.indexOf(target) < index) {
      report("stack/conflict", at, `names ${target} a second time.`, "Give one call all its rules.");
    } else if (typeof call !== "string") {
      checkRequests(stack, [...at, "http"], name, call, report);
    }
  }
}

function checkRequests(stack: StackDeclaration, path: Path, name: string, call: CallInput, report: Report): void {
  const caller = stack.services[name];
  const target = stack.services[call.service];
  if (caller === undefined || target === undefined) return;
  if (target.mtls === true) {
    const help = "Check requests in the service, or drop `mtls`.";
    report("stack/conflict", path, "cannot be checked by the network inside mutual TLS.", help);
  }
  if (![caller, target].some(({ namespace }) => deniesByDefault(stack, namespace))) {
    const message = `is checked by nobody: neither "${caller.namespace}" nor "${target.namespace}" denies by default.`;
    report("stack/conflict", path, message, "Leave `defaultDeny: false` out of one of them.");
  }
  const [from, to] = [`${caller.namespace}/${name}`, `${target.namespace}/${call.service}`] as const;
  try {
    allow({ from, to, ports: [`tcp/${target.port}`], http: call.http } as Parameters<typeof allow>[0]);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [, index, key, message = error.message] = /http\[(\d+)\](?:\.(\w+))?: (.*)$/s.exec(error.message) ?? [];
    const rule = index === undefined ? path : [...path, Number(index)];
    report("stack/conflict", key === undefined ? rule : [...rule, key], `${message}.`);
  }
}
