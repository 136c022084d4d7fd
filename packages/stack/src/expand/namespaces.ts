import { namespace } from "@idstack/cluster";
import { defaultDeny, dns } from "@idstack/policy";
import type { StackDeclaration } from "../declaration.ts";
import { deniesByDefault } from "./connect.ts";
import { type Part, part } from "./part.ts";

/** Namespaces with Pod Security labels; those that deny by default keep DNS. */
export function expandNamespaces(stack: StackDeclaration): Part {
  const names = Object.keys(stack.namespaces);
  return part({
    objects: Object.entries(stack.namespaces).map(([name, { podSecurity = "restricted", justification }]) =>
      namespace({
        name,
        podSecurity,
        ...(justification === undefined ? {} : { annotations: { "idstack.dev/justification": justification } }),
      }),
    ),
    intents: names.filter((name) => deniesByDefault(stack, name)).flatMap((name) => [defaultDeny(name), dns(name)]),
  });
}
