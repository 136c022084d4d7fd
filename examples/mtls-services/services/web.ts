// A service that people reach over plain HTTP (behind an ingress) and that calls the api over mutual TLS.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { X509Source } from "@idstack/spiffe";
import { spiffeAgent } from "@idstack/spiffe/https";
import { authorizationOf, loadAuthorization } from "../src/authorization.ts";
import { callApi } from "../src/call-api.ts";
import { endOnSignal, endWithParent, listenOn, report, reportRefusal, setting } from "../src/report.ts";

endWithParent();
const api = setting("API_URL");
const source = await X509Source.open();
const { id } = source.svid;
const { calls } = authorizationOf(loadAuthorization(setting("AUTHORIZATION_FILE")), id);
const options = { source, authorize: calls, onRefused: reportRefusal };
const pooled = spiffeAgent(options);
const oneShot = spiffeAgent({ ...options, keepAlive: false });

const server = createServer((req, res) => {
  // ?new asks for a connection of its own, so that a demonstration sees every rotation.
  const agent = req.url?.endsWith("?new") ? oneShot : pooled;
  callApi(api, agent).then(
    (call) => res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(call)),
    (error: NodeJS.ErrnoException) => {
      const failure = { error: error.code ?? "unknown", message: error.message };
      res.writeHead(502, { "content-type": "application/json" }).end(JSON.stringify(failure));
    },
  );
});
endOnSignal(server, source);
server.listen(listenOn(), () => {
  report({ event: "listening", id: id.toString(), port: (server.address() as AddressInfo).port });
});
