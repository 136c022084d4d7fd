/** An issuer: a ClusterIssuer if only the name is given. */
export type IssuerRef = string | { readonly kind: "Issuer" | "ClusterIssuer"; readonly name: string };

/** The reference as certificates write it. */
export function issuerRef(issuer: IssuerRef): { group: string; kind: string; name: string } {
  const { kind, name } = typeof issuer === "string" ? { kind: "ClusterIssuer", name: issuer } : issuer;
  return { group: "cert-manager.io", kind, name };
}
