import type { KubeObject } from "@idstack/manifests";
import type { CiliumQuery } from "@idstack/tool-real";
import { createCluster, type SideVerdict } from "../src/index.ts";
import { type TestCluster, type View, viewOf } from "./cluster.ts";

/** A question as both engines get it. */
export interface TestFlow {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
  readonly http?: NonNullable<CiliumQuery["http"]>;
}

/** One concrete pair of a flow, as our engine decides it. */
export interface ReachPair {
  readonly flow: TestFlow;
  /** Names of the ends, with what tells them apart: `entity:host (same node, with the API server)`. */
  readonly from: string;
  readonly to: string;
  readonly egress: SideVerdict;
  readonly ingress: SideVerdict;
}

export interface ReachAnswer {
  readonly pairs: readonly ReachPair[];
  /** Policies that take no effect, as `Kind namespace/name`. */
  readonly refused: readonly string[];
}

export function askReach(
  cluster: TestCluster,
  policies: readonly KubeObject[],
  flows: readonly TestFlow[],
  view: View = viewOf(cluster),
): ReachAnswer {
  const { objects, endpoints, facts } = view;
  const reach = createCluster({ objects: [...objects, ...policies], endpoints, facts });
  return {
    pairs: flows.flatMap((flow) => {
      const port = `${flow.protocol}/${flow.port}`;
      const options = flow.http === undefined ? {} : { http: flow.http };
      return reach
        .flow(flow.from, flow.to, port, options)
        .pairs.map(({ from, to, egress, ingress }) => ({ flow, from: from.name, to: to.name, egress, ingress }));
    }),
    refused: reach.diagnostics
      .filter(({ code }) => code === "policy-refused")
      .map(({ message }) => message.slice(0, message.indexOf(":")))
      .sort(),
  };
}
