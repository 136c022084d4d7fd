import { namespace } from "@idstack/cluster";
import { defaultDeny, dns } from "@idstack/policy";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { deniesByDefault } from "./connect.ts";
import { merge, type Part, part } from "./part.ts";

/** Namespaces with Pod Security labels; those that deny by default keep DNS. */
export function expandNamespaces(stack: StackDeclaration): Part {
  return merge(
    Object.entries(stack.namespaces).map(([name, { podSecurity = "restricted", justification }]) =>
      part(["namespaces", name], {
        objects: [
          namespace({
            name,
            podSecurity,
            ...(justification === undefined ? {} : { annotations: { "idstack.dev/justification": justification } }),
          }),
        ],
        intents: deniesByDefault(stack, name) ? [defaultDeny(name), dns(name)] : [],
      }),
    ),
  );
}
