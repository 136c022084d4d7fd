import { parentPort } from "node:worker_threads";
import { startWorkloadApi, TestCa } from "@idstack/spiffe/testing";

const agent = await startWorkloadApi({ svids: [new TestCa("homelab.internal").svid("/ns/apps/sa/web")] });
parentPort?.postMessage(agent.address);
