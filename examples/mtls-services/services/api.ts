// A service that answers callers it knows, over mutual TLS. SPIFFE_ENDPOINT_SOCKET names its Workload API.
import type { AddressInfo } from "node:net";
import { X509Source } from "@idstack/spiffe";
import { createServer } from "@idstack/spiffe/https";
import { authorizationOf, loadAuthorization } from "../src/authorization.ts";
import { endOnSignal, endWithParent, listenOn, report, reportRefusal, setting } from "../src/report.ts";

endWithParent();
const source = await X509Source.open();
const { id } = source.svid;
const { accepts } = authorizationOf(loadAuthorization(setting("AUTHORIZATION_FILE")), id);

const server = createServer({ source, authorize: accepts, onRefused: reportRefusal }, (req, res) => {
  res.setHeader("content-type", "application/json");
  // Tell the caller whom we saw: a real service would look at req.peer.id to decide what this caller may do.
  res.end(JSON.stringify({ caller: req.peer.id, callerSerial: req.peer.certificates[0].serialNumber }));
});
endOnSignal(server, source);
server.listen(listenOn(), () => {
  report({ event: "listening", id: id.toString(), port: (server.address() as AddressInfo).port });
});
