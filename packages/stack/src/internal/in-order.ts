import type { ServiceInput } from "../declaration/service-input.ts";
import type { StackDeclaration } from "../declaration/stack-declaration.ts";

/**
 * The declaration with its names sorted, so that the order in which somebody writes services down changes no file.
 * `env` stays as written: Kubernetes resolves `$(NAME)` from what stands before.
 */
export function inOrder(stack: StackDeclaration): StackDeclaration {
  const { namespaces, services, sops } = stack;
  return {
    ...stack,
    namespaces: sorted(namespaces),
    services: sorted(mapValues(services, sortedService)),
    ...(sops === undefined ? {} : { sops: { ...sops, files: sorted(sops.files) } }),
  };
}

function sortedService(service: ServiceInput): ServiceInput {
  return service.secrets === undefined ? service : { ...service, secrets: sorted(service.secrets) };
}

function sorted<T>(record: { readonly [key: string]: T }): { readonly [key: string]: T } {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mapValues<T>(record: { readonly [key: string]: T }, change: (value: T) => T): { readonly [key: string]: T } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
