import type { Environment, EnvValue } from "@idstack/cluster";
import type { ServiceInput } from "../declaration/service-input.ts";
import { AUTHORIZATION_FILE } from "./authorization-files.ts";
import { databaseName } from "./databases.ts";

/**
 * The variables of a service's container. Those of `env` come last and in the order written: `$(NAME)` in them refers to
 * what stands before, secrets included.
 */
export function environmentOf(name: string, input: ServiceInput, identity: boolean): Environment {
  const secrets = Object.keys(input.secrets ?? {}).map((key): [string, EnvValue] => [key, { secret: name, key }]);
  return {
    PORT: String(input.port),
    ...Object.fromEntries(secrets),
    ...(input.database === undefined ? {} : { DATABASE_URL: { secret: `${databaseName(name)}-app`, key: "uri" } }),
    ...(identity ? { IDSTACK_AUTHORIZATION: AUTHORIZATION_FILE } : {}),
    ...input.env,
  };
}

/** Variables that the stack sets itself, each with what it comes from. */
export function givenVariables(input: ServiceInput, identity: boolean): ReadonlyMap<string, string> {
  return new Map([
    ["PORT", "`port`"],
    ...(input.database === undefined ? [] : [["DATABASE_URL", "`database`"] as const]),
    ...(identity
      ? [
          ["IDSTACK_AUTHORIZATION", "`mtls` and `calls`"] as const,
          ["SPIFFE_ENDPOINT_SOCKET", "the SPIFFE CSI driver"] as const,
        ]
      : []),
  ]);
}
