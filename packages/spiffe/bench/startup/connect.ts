// The same program as ours.ts, on @connectrpc/connect-node.
import { connect } from "node:net";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { Limits } from "../../src/workload-api/limits.ts";
import { readX509Response } from "../../src/workload-api/x509-response.ts";
import { SpiffeWorkloadAPI } from "../../test/gen/workloadapi_pb.ts";

const path = decodeURIComponent(new URL(process.env["SPIFFE_ENDPOINT_SOCKET"] ?? "").pathname);
const sessionManager = new Http2SessionManager("http://localhost", {}, { createConnection: () => connect({ path }) });
const transport = createGrpcTransport({ baseUrl: "http://localhost", sessionManager, acceptCompression: [] });
const client = createClient(SpiffeWorkloadAPI, transport);
for await (const message of client.fetchX509SVID({}, { headers: { "workload.spiffe.io": "true" } })) {
  const { svids } = readX509Response(message as never, Date.now(), () => {}, new Limits());
  process.stdout.write(`${JSON.stringify({ id: `${svids[0].id}`, rss: process.memoryUsage.rss() })}\n`);
  process.exit(0);
}
