const COMPONENT = /\[(?:"(.*?)"|'(.*?)'|([-+]?\d+))\](?=\[|$)/gy;

/** A path as sops writes it, `["db"]["ports"][0]`; empty for the whole. Undefined for what is no path. */
export function treePath(text: string): readonly (string | number)[] | undefined {
  const path: (string | number)[] = [];
  let end = 0;
  for (const match of text.matchAll(COMPONENT)) {
    const [whole, double, single, index] = match;
    path.push(double ?? single ?? Number(index));
    end = match.index + whole.length;
  }
  return end === text.length ? path : undefined;
}
