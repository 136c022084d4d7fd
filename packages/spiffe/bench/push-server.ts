/** A server of this package in a process of its own, for push-latency.bench.ts; is told the agent's address over IPC. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { X509Source } from "@idstack/spiffe";
import { createServer } from "@idstack/spiffe/https";

const [address] = (await once(process, "message")) as [string];
const source = await X509Source.open({ address });
const server = createServer({ source, authorize: () => true }, (_req, res) => res.end());
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
