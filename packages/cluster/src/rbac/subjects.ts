import { assertLabel, assertName } from "@idstack/manifests";
import type { Subject } from "@idstack/schemas/rbac.authorization.k8s.io/v1";

/** `"apps/web"`: the ServiceAccount `web` of namespace `apps`; or a user or a group. */
export type SubjectRef = `${string}/${string}` | { readonly user: string } | { readonly group: string };

/** Groups that hold everybody: a binding to one is never minimal. */
const EVERYBODY = new Set(["system:authenticated", "system:unauthenticated", "system:serviceaccounts"]);

/** The subjects as RBAC writes them; TypeError for none, or for everybody. */
export function subjects(refs: readonly SubjectRef[], what: string): Subject[] {
  if (refs.length === 0) throw new TypeError(`${what}: no subjects`);
  return refs.map((ref) => {
    if (typeof ref === "string") {
      const [namespace = "", name = "", ...rest] = ref.split("/");
      if (rest.length > 0) throw new TypeError(`${what}: "${ref}" is not "namespace/serviceaccount"`);
      assertLabel(namespace, `${what}: subject namespace`);
      assertName(name, `${what}: subject`);
      return { kind: "ServiceAccount", namespace, name };
    }
    const group = "group" in ref;
    const name = group ? ref.group : ref.user;
    if (EVERYBODY.has(name) || name === "system:anonymous") throw new TypeError(`${what}: "${name}" is everybody`);
    return { apiGroup: "rbac.authorization.k8s.io", kind: group ? "Group" : "User", name };
  });
}
