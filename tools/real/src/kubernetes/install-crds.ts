import { setTimeout as delay } from "node:timers/promises";
import type { CustomResourceDefinition } from "../crds/load-crds.ts";
import { RealError } from "../errors.ts";
import type { ApiClient } from "./api-client.ts";

const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const withinMs = 300_000;

/**
 * Creates the definitions and waits until the server has established every one.
 *
 * @throws {RealError} `request-failed` with the server's words for a refused one; `not-ready`
 */
export async function installCrds(client: ApiClient, crds: readonly CustomResourceDefinition[]): Promise<void> {
  await Promise.all(
    crds.map(async (crd) => {
      const { status, body } = await client.request("POST", collection, { body: crd });
      if (status === 201) return;
      const message = (body as { message?: string }).message ?? JSON.stringify(body);
      throw new RealError("request-failed", `${crd.metadata.name} is refused: ${status} ${message}`);
    }),
  );
  const giveUp = Date.now() + withinMs;
  for (;;) {
    const missing = await notEstablished(client, crds);
    if (missing.length === 0) return;
    if (Date.now() > giveUp) throw new RealError("not-ready", `not established: ${missing.join(", ")}`);
    await delay(200);
  }
}

interface CrdList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

async function notEstablished(client: ApiClient, crds: readonly CustomResourceDefinition[]): Promise<string[]> {
  const { body } = await client.request("GET", collection);
  const established = new Set(
    (body as CrdList).items
      .filter(({ status }) => status?.conditions?.some((each) => each.type === "Established" && each.status === "True"))
      .map(({ metadata }) => metadata.name),
  );
  return crds.map((crd) => crd.metadata.name).filter((name) => !established.has(name));
}
