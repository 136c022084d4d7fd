import { type Agent, get } from "node:https";
import { text } from "node:stream/consumers";
import { peerOf } from "@idstack/spiffe/https";

/** One call of the api as both sides saw it. */
export interface ApiCall {
  /** SPIFFE ID of the caller, as the api saw it. */
  readonly caller: string;
  readonly callerSerial: string;
  /** SPIFFE ID of the api, as the caller saw it. */
  readonly server: string;
  readonly serverSerial: string;
}

/** Calls the api; the agent verifies who answers. */
export function callApi(url: string, agent: Agent): Promise<ApiCall> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      const { id, certificates } = peerOf(response);
      text(response)
        .then((body) => JSON.parse(body) as Pick<ApiCall, "caller" | "callerSerial">)
        .then((seen) => resolve({ ...seen, server: id.toString(), serverSerial: certificates[0].serialNumber }))
        .catch(reject);
    });
    request.on("error", reject);
  });
}
