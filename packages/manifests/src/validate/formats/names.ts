const shortName = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const longName = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const hostname =
  /^(?:[a-zA-Z0-9\p{S}\p{L}](?:-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?|(?:[a-zA-Z0-9\p{S}\p{L}](?:[-a-zA-Z0-9\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?\.)+[a-zA-Z\p{L}]{2,63})$/u;

/** DNS label (RFC 1123). */
export function isShortName(text: string): boolean {
  return text.length <= 63 && shortName.test(text);
}

/** DNS labels, separated by dots. */
export function isLongName(text: string): boolean {
  return text.length <= 253 && longName.test(text);
}

/** A host name as the server's libraries see it: letters and symbols of any language pass. */
export function isHostname(text: string): boolean {
  const bytes = (part: string): number => Buffer.byteLength(part);
  return hostname.test(text) && bytes(text) <= 255 && text.split(".").every((label) => bytes(label) <= 63);
}

const scheme = /^([A-Za-z][-+.A-Za-z0-9]*):(.*)$/su;
const escapes = /^(?:[^%]|%[0-9A-Fa-f]{2})*$/su;
const authority =
  /^(?:[-A-Za-z0-9._~!$&'()*+,;=:@%]*@)?(?:\[[0-9A-Fa-f:.]+(?:%25[^\]]+)?\]|(?:[-A-Za-z0-9_.~!$&'()*+,;=<>"]|[^\0-\x7f]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/u;

/** As Go's `url.ParseRequestURI`: an absolute URI or an absolute path. */
export function isRequestUri(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused.
  if (/[\0-\x1f\x7f]/.test(text)) return false;
  if (text === "*") return true;
  const [, name, rest = text] = scheme.exec(text) ?? [];
  const [path = ""] = rest.split("?");
  if (!path.startsWith("/")) return name !== undefined;
  if (name === undefined || !path.startsWith("//")) return escapes.test(path);
  const end = path.indexOf("/", 2);
  const host = end < 0 ? path.slice(2) : path.slice(2, end);
  return authority.test(host) && escapes.test(host) && (end < 0 || escapes.test(path.slice(end)));
}

const atom = '[^\\s()<>@,;:\\\\".\\[\\]]+';
const address = `${atom}(?:\\.${atom})*@${atom}(?:\\.${atom})*`;
const mailAddress = new RegExp(`^\\s*(?:${address}|[^<>@,;:\\\\]*<${address}>)\\s*$`, "u");

/** `name@example.com`, with a name in front if need be; quoted names and addresses in brackets are left out. */
export function isMailAddress(text: string): boolean {
  return mailAddress.test(text);
}
