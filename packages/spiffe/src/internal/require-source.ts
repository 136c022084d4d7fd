/**
 * Finds out at start-up that a source is none; most often somebody forgot to wait for `open()`.
 *
 * @throws TypeError
 */
export function requireSource(source: unknown, methods: readonly string[], wanted: string): void {
  const given = (source ?? {}) as Readonly<Record<string, unknown>>;
  if (methods.some((method) => typeof given[method] === "function")) return;
  const promised = typeof given["then"] === "function" ? "; this is a promise: await it" : "";
  throw new TypeError(`source is required: ${wanted}${promised}`);
}
