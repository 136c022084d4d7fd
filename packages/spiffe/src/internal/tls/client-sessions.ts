import type { X509Certificate } from "node:crypto";
import { BoundedMap } from "../bounded-map.ts";
import type { OwnIdentity } from "./identity.ts";

const MAX_SESSIONS = 256;

/** A TLS session and who was on the other side when it began. */
export interface KeptSession {
  readonly session: Buffer;
  readonly chain: readonly X509Certificate[];
  /** What this side showed: after a rotation nobody should go on knowing it by the old SVID. */
  readonly own: OwnIdentity;
}

/** Sessions that a client may resume, by target. */
export class ClientSessions {
  readonly #sessions = new BoundedMap<string, KeptSession>(MAX_SESSIONS);

  get(target: string): KeptSession | undefined {
    return this.#sessions.get(target);
  }

  keep(target: string, session: KeptSession): void {
    this.#sessions.set(target, session);
  }

  forget(target: string): void {
    this.#sessions.delete(target);
  }
}
