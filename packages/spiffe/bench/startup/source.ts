import { X509Source } from "@idstack/spiffe";

const { svid } = await X509Source.open();
process.stdout.write(`${JSON.stringify({ id: `${svid.id}`, rss: process.memoryUsage.rss() })}\n`);
process.exit(0);
