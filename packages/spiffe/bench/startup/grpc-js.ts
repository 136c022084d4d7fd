// What a program without an SDK does: the call by grpc-js, nothing verified, only the ID taken out of the message.
import { Client, credentials, Metadata } from "@grpc/grpc-js";

const metadata = new Metadata();
metadata.set("workload.spiffe.io", "true");
const client = new Client(process.env["SPIFFE_ENDPOINT_SOCKET"] ?? "", credentials.createInsecure());
client
  .makeServerStreamRequest(
    "/SpiffeWorkloadAPI/FetchX509SVID",
    () => Buffer.alloc(0),
    (bytes: Buffer) => bytes,
    undefined,
    metadata,
  )
  .on("data", (message: Buffer) => {
    const id = /spiffe:\/\/[a-z0-9./-]+/.exec(message.toString("latin1"))?.[0];
    process.stdout.write(`${JSON.stringify({ id, rss: process.memoryUsage.rss() })}\n`);
    process.exit(0);
  });
