import type { Diagnostic, Path } from "@idstack/manifests";
import { record, records, text } from "../internal/read.ts";
import { at, type Hook } from "./hooks.ts";

/** What one hook of a TracingPolicy does. */
export interface HookEffect {
  /** `kprobe security_bprm_check`. */
  readonly hook: string;
  readonly path: string;
  /**
   * `prevents`: the call fails. `kills`: the process is killed, the call may have happened. `reports`: an event, no more.
   * `inactive`: it never fires as written.
   */
  readonly effect: "prevents" | "kills" | "reports" | "inactive";
}

interface Judged {
  readonly hook: HookEffect;
  readonly diagnostics: readonly Diagnostic[];
}

const FILTERS = [
  "matchPIDs",
  "matchArgs",
  "matchData",
  "matchReturnArgs",
  "matchBinaries",
  "matchParentBinaries",
  "matchNamespaces",
  "matchNamespaceChanges",
  "matchCapabilities",
  "matchCapabilityChanges",
  "matchWorkloads",
  "macros",
];

/** Judges one hook under the options of its policy. */
export function effectOf(hook: Hook, options: ReadonlyMap<string, unknown>): Judged {
  const diagnostics: Diagnostic[] = [];
  const report = (severity: Diagnostic["severity"], code: string, path: Path, message: string, help: string) =>
    diagnostics.push({ code: `policy/${code}`, severity, message, path: at(path), help });
  const done = (effect: HookEffect["effect"]): Judged => ({
    hook: { hook: `${hook.type} ${hook.target}`, path: at(hook.path), effect },
    diagnostics,
  });

  if (isMisreadSyscall(hook)) {
    const message = `"${hook.target}" is not a system call, but syscall is true by default: the policy does not load`;
    report("error", "tetragon-syscall", hook.path, message, "Add syscall: false.");
    return done("inactive");
  }
  const undeclared = firstUndeclared(hook);
  if (undeclared !== undefined) {
    const message = "a filter uses an argument that args does not declare: the policy does not load";
    report("error", "tetragon-undeclared-arg", undeclared, message, "Declare the argument's index and type in args.");
    return done("inactive");
  }
  const override = firstUnsupportedOverride(hook);
  if (override !== undefined) {
    const message = `Override works on system calls and security_* functions, not on "${hook.target}": the policy does not load`;
    report(
      "error",
      "tetragon-override-unsupported",
      override,
      message,
      "Hook the security_* function of the operation.",
    );
    return done("inactive");
  }
  if (record(hook.fields["action"]) !== undefined || text(hook.fields["action"]) !== undefined) {
    const message = "an action beside the hook counts for nothing";
    report("error", "tetragon-misplaced-action", [...hook.path, "action"], message, ACTION_HELP);
  }
  const effects = reachable(hook, report).map((path) => selectorEffect(hook, path));
  const strongest = (["prevents", "kills"] as const).find((effect) => effects.includes(effect)) ?? "reports";
  if (strongest === "reports") return done("reports");
  if (options.get("policy-mode") === "monitor") {
    const message = "the policy is in monitor mode: its actions do nothing";
    report("error", "tetragon-monitor-mode", ["spec", "options"], message, 'Remove the option "policy-mode".');
    return done("reports");
  }
  if (strongest === "kills") {
    const message = "Sigkill alone acts after the call may have happened";
    report("warning", "tetragon-kill-without-override", hook.path, message, ACTION_HELP);
  } else if (hook.type === "kprobe" && !isSyscall(hook) && String(options.get("disable-kprobe-multi")) !== "1") {
    const message = "Tetragon refuses to override a security hook attached with kprobe-multi";
    const help = 'Add the option { name: "disable-kprobe-multi", value: "1" }.';
    report("warning", "tetragon-kprobe-multi", hook.path, message, help);
  }
  return done(strongest);
}

const ACTION_HELP = "Put Override with argError -1 (and Sigkill) into selectors[].matchActions.";

function isSyscall({ target }: Hook): boolean {
  return /^(__(x64|arm64)_)?sys_|^list:/.test(target);
}

function isMisreadSyscall(hook: Hook): boolean {
  return hook.type === "kprobe" && hook.fields["syscall"] !== false && !isSyscall(hook);
}

function firstUndeclared(hook: Hook): Path | undefined {
  const declared = new Set(records(hook.fields["args"]).map((arg) => arg["index"]));
  for (const [i, selector] of hook.selectors.entries()) {
    for (const [j, filter] of records(selector["matchArgs"]).entries()) {
      const used = Array.isArray(filter["args"]) ? filter["args"] : [filter["index"] ?? 0];
      if (used.some((index) => !declared.has(index))) return [...hook.path, "selectors", i, "matchArgs", j];
    }
  }
  return undefined;
}

function firstUnsupportedOverride(hook: Hook): Path | undefined {
  if (hook.type !== "kprobe" || isSyscall(hook) || hook.target.startsWith("security_")) return undefined;
  const index = hook.selectors.findIndex(({ matchActions }) =>
    records(matchActions).some(({ action }) => action === "Override"),
  );
  return index === -1 ? undefined : [...hook.path, "selectors", index, "matchActions"];
}

/** Selectors are tried in order and the first that matches decides: nothing after one without filters is reached. */
function reachable(hook: Hook, report: (...finding: [Diagnostic["severity"], string, Path, string, string]) => void) {
  const open = hook.selectors.findIndex((selector) => FILTERS.every((key) => isEmpty(selector[key])));
  const reached = open === -1 ? hook.selectors.length : open + 1;
  if (reached < hook.selectors.length || (open > 0 && hook.selectors.length > 1)) {
    const message = `selector ${open} has no filter and so matches every call`;
    const help = "If it was meant to continue the one before, write both as one list item.";
    report("warning", "tetragon-catch-all", [...hook.path, "selectors", open], message, help);
  }
  return hook.selectors.slice(0, reached).map((_, index) => index);
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || Object.keys(record(value) ?? {}).length === 0;
}

function selectorEffect(hook: Hook, index: number): "prevents" | "kills" | "reports" {
  const selector = hook.selectors[index] ?? {};
  const actions = records(selector["matchActions"]);
  if (actions.some((action) => prevents(hook, action))) return "prevents";
  const all = [...actions, ...records(selector["matchReturnActions"])];
  return all.some(({ action, argSig }) => action === "Sigkill" || (action === "Signal" && argSig === 9))
    ? "kills"
    : "reports";
}

function prevents(hook: Hook, action: Readonly<Record<string, unknown>>): boolean {
  if (action["action"] === "NotifyEnforcer") return typeof action["argError"] === "number";
  if (action["action"] !== "Override") return false;
  if (hook.type === "uprobe") return true;
  if (hook.type === "kprobe" && isSyscall(hook)) return true;
  // For the kernel's security hooks 0 means "go on", so only an error stops the call.
  const security = hook.type === "LSM hook" || (hook.type === "kprobe" && hook.target.startsWith("security_"));
  return security && typeof action["argError"] === "number" && action["argError"] !== 0;
}
