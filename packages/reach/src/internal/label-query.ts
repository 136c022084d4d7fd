/** Reads the label part of a party: `app=web`, `app!=db`, `tier` (present), `!tier` (absent), joined by commas. */
export function parseLabelQuery(query: string): (labels: { readonly [key: string]: string }) => boolean {
  const tests = query.split(",").map((raw) => {
    const term = raw.trim();
    const match = /^(!?)([^=!\s]+)\s*(?:(!?=)=?\s*(.*))?$/.exec(term);
    const [, negated, key = "", operator, value] = match ?? [];
    if (match === null || (negated === "!" && operator !== undefined)) {
      throw new TypeError(`"${term}" is not a label condition: write key=value, key!=value, key or !key`);
    }
    return (labels: { readonly [key: string]: string }): boolean => {
      const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
      if (operator === undefined) return (found !== undefined) === (negated === "");
      return operator === "=" ? found === value : found !== value;
    };
  });
  return (labels) => tests.every((test) => test(labels));
}
