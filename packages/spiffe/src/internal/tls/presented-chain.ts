import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";

/** Longest chain that is collected from a socket; verification refuses it then. */
const MAX_LINKS = 20;

/**
 * The chain as the peer sent it, leaf first. To be asked once: Node takes the certificates out of the connection while it
 * hands them out.
 */
export function presentedChain(socket: TLSSocket): X509Certificate[] {
  // Where there are X509Certificates they come several times faster than objects with every field printed, and in the
  // order of the peer, where the objects are linked by name.
  return typeof socket.getPeerX509Certificate === "function" ? linkedCertificates(socket) : printedCertificates(socket);
}

function linkedCertificates(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let current = socket.getPeerX509Certificate();
  while (current !== undefined && chain.length < MAX_LINKS) {
    chain.push(current);
    current = current.issuerCertificate;
  }
  return chain;
}

function printedCertificates(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let current = socket.getPeerCertificate(true);
  while (current?.raw !== undefined && chain.length < MAX_LINKS) {
    chain.push(new X509Certificate(current.raw));
    if (current.issuerCertificate === current) break;
    current = current.issuerCertificate;
  }
  return chain;
}
