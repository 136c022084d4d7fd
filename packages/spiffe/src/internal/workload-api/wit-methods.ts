import { map, message, nested, repeated, string } from "../proto/message.ts";

const witSvid = message({ spiffeId: string(1), witSvid: string(2), witSvidKey: string(3), hint: string(4) });

/** The methods of the Workload API for WIT-SVIDs (SPIFFE_Workload_API §7, Incubating). */
export const witApi = {
  fetchWitSvid: {
    path: "/SpiffeWorkloadAPI/FetchWITSVID",
    request: message({ spiffeId: string(1) }),
    response: message({ svids: repeated(nested(1, () => witSvid)) }),
  },
  fetchWitBundles: {
    path: "/SpiffeWorkloadAPI/FetchWITBundles",
    request: message<Record<never, never>>({}),
    response: message({ bundles: map(1, string(2)) }),
  },
} as const;
