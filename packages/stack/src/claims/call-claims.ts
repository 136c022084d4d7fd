import { type Claim, claim, flow } from "@idstack/reach";
import type { CallInput } from "../declaration/service-input.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";
import { serviceParty, servicePort } from "./parties.ts";

/** A request that a restricted call rarely allows. */
const stranger = { method: "TRACE", path: "/" };

/** Every declared call passes at its port; where it is restricted, a request that no rule names does not. */
export function callClaims(stack: StackDeclaration, name: string): Claim[] {
  return (stack.services[name]?.calls ?? []).flatMap((call) => {
    const target = typeof call === "string" ? call : call.service;
    const ends = [serviceParty(stack, name), serviceParty(stack, target), servicePort(stack, target)] as const;
    return [
      claim(`${name} calls ${target}`, flow(...ends), "allowed"),
      ...(typeof call === "string" || allowsStranger(call)
        ? []
        : [claim(`${name} sends ${target} only the requests declared`, flow(...ends, { http: stranger }), "denied")]),
    ];
  });
}

function allowsStranger({ http }: CallInput): boolean {
  const matches = (pattern: string | undefined, text: string) =>
    pattern === undefined || new RegExp(`^(?:${pattern})$`).test(text);
  return http.some(({ method, path }) => matches(method, stranger.method) && matches(path, stranger.path));
}
