import { type Kubernetes, RealError } from "@idstack/tool-real";
import type { KubeObject } from "../../src/index.ts";

/** What the API server says about an object. */
export interface Answer {
  readonly status: number;
  readonly accepted: boolean;
  readonly message: string;
  /** Why it refuses, by field. */
  readonly causes: readonly Cause[];
}

export interface Cause {
  /** As the server writes it: `spec.rules[0].name`; `""` where it names none. */
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

interface StatusBody {
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

/** Asks the server to create an object, without keeping it, and to be strict about it. */
export async function askServer(kubernetes: Kubernetes, object: KubeObject): Promise<Answer> {
  const { status, body } = await kubernetes.create(object, { dryRun: true }).catch(hungUp);
  if (status === 201) return { status, accepted: true, message: "", causes: [] };
  const { message = JSON.stringify(body), details } = body as StatusBody;
  const causes = (details?.causes ?? []).map((cause) => ({
    field: cause.field === "<nil>" ? "" : (cause.field ?? ""),
    reason: cause.reason ?? "",
    message: cause.message ?? "",
  }));
  return { status, accepted: false, message, causes: [...causes, ...strictCauses(message)] };
}

/** A handler of the server panics at a few malformed definitions, and closes the connection. */
function hungUp(error: unknown): { readonly status: number; readonly body: unknown } {
  if (error instanceof RealError && error.code === "request-failed")
    return { status: 599, body: { message: error.message } };
  throw error;
}

/** `strict decoding error: unknown field "spec.a", unknown field "spec.b"`. */
function strictCauses(message: string): Cause[] {
  return [...message.matchAll(/(unknown|duplicate) field "((?:[^"\\]|\\.)*)"/g)].map(
    ([text, reason = "", field = ""]) => ({
      field,
      reason: `${reason} field`,
      message: text,
    }),
  );
}

/** Asks about many objects at once; the answers in the same order. */
export async function askAll(kubernetes: Kubernetes, objects: readonly KubeObject[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < objects.length; index = next++) {
      answers[index] = await askServer(kubernetes, objects[index] as KubeObject);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return answers;
}
