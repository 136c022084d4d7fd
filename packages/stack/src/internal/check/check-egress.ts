import { BlockList, isIPv6 } from "node:net";
import type { Path } from "@idstack/manifests";
import type { StackDeclaration } from "../../declaration/stack-declaration.ts";
import { apiServerAddress } from "../../expand/connect.ts";
import { isAddress, isClusterName, parseHostAndPort } from "../addresses.ts";
import type { Report } from "./report.ts";

/** Destinations that a policy about the outside never matches. */
export function checkEgress(stack: StackDeclaration, path: Path, destination: string, report: Report): void {
  const { host } = parseHostAndPort(destination) ?? { host: "" };
  if (isClusterName(host)) {
    report("stack/conflict", path, `${host} is inside the cluster.`, "Name the service in `calls`.");
  }
  if (!isAddress(host)) return;
  if (podAddresses(stack).check(host, isIPv6(host) ? "ipv6" : "ipv4")) {
    report("stack/conflict", path, `${host} is the address of a pod.`, "Name the service in `calls`.");
  }
  if (stack.cluster.cni === "cilium" && host === apiServerAddress(stack).host) {
    report(
      "stack/conflict",
      path,
      `${host} is the API server's node, which Cilium never matches by address.`,
      "Add a policy with the entity `kube-apiserver` or `host` to `objects`.",
    );
  }
}

function podAddresses({ cluster }: StackDeclaration): BlockList {
  const [address = "", length] = cluster.podCidr.split("/");
  const list = new BlockList();
  list.addSubnet(address, Number(length), isIPv6(address) ? "ipv6" : "ipv4");
  return list;
}
