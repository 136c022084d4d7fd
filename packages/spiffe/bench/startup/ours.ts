import { WorkloadApiClient } from "@idstack/spiffe";

for await (const { svids } of new WorkloadApiClient().watchX509()) {
  process.stdout.write(`${JSON.stringify({ id: `${svids[0].id}`, rss: process.memoryUsage.rss() })}\n`);
  process.exit(0);
}
