import type { X509Context, X509Source } from "@idstack/spiffe";

/** How long anything that SPIRE has to notice by itself may take. */
export const SOON = 120_000;

/** The present state of a source, or the first one to come, that fits. */
export async function until(
  source: X509Source,
  fits: (context: X509Context) => boolean,
  within = SOON,
): Promise<X509Context> {
  const updates = source.updates(AbortSignal.timeout(within));
  try {
    const present = stateOf(source);
    if (present !== undefined && fits(present)) return present;
    for await (const context of updates) if (fits(context)) return context;
  } finally {
    await updates.return?.();
  }
  const ids = stateOf(source)?.svids.map(({ id, hint }) => `${id} ${hint ?? ""}`);
  throw new Error(`no state that fits within ${within} ms; the last one was ${ids?.join(", ") ?? "none"}`);
}

/** Undefined while the identity is withdrawn. */
function stateOf(source: X509Source): X509Context | undefined {
  try {
    return source.getX509Context();
  } catch {
    return undefined;
  }
}
