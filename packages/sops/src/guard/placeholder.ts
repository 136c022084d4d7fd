/** Stands for every `{{ … }}` and `{% … %}` of a template that was made readable. */
export const TEMPLATED = "\ue000";

/**
 * Whether something else fills the value in later: Helm, Go and Jinja templates, Flux and shell substitution, Argo CD
 * vault plugin paths, references of vals, 1Password and vault-env. `${VAR:-value}` holds its value and is none.
 */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return (
    isTemplate(text) ||
    /\$\{\w+(?::?[=-])?\}/.test(text) ||
    /^\$\(\w[\w.]*\)$|^\$\w+$|^%\w+%$|^@\w+@$|^__\w+__$/.test(text) ||
    /^<[^<>\n]+>$/.test(text) ||
    /^(?:ref\+\w+|op|bws?|vault|secret|awssm|gcpsm|azurekv):\/\/\S+$/.test(text) ||
    /^vault:\S+#\S+$/.test(text)
  );
}

/** Whether a text has an expression of Helm, Go or Jinja in it. */
export function isTemplate(text: string): boolean {
  if (text.includes(TEMPLATED)) return true;
  return [
    ["{{", "}}"],
    ["{%", "%}"],
  ].some(([open = "", close = ""]) => {
    const at = text.indexOf(open);
    return at !== -1 && text.includes(close, at + 2);
  });
}

/** A placeholder in the `data` of a Secret, where values are base64. */
export function isEncodedPlaceholder(value: string): boolean {
  const text = value.replace(/\s/g, "");
  return text.length < 400 && /^[A-Za-z0-9+/]+=*$/.test(text) && isPlaceholder(Buffer.from(text, "base64").toString());
}

/**
 * Whether the random part of a key or token could be one: documentation repeats letters, counts, or says what to put
 * there.
 */
export function looksRandom(text: string, distinct = 10): boolean {
  if (new Set(text).size < distinct) return false;
  if (/(.)\1{5}/.test(text) || /example|placeholder|redacted|changeme|your[-_]|dummy/i.test(text)) return false;
  let run = 1;
  for (let at = 1; at < text.length; at += 1) {
    run = text.charCodeAt(at) === text.charCodeAt(at - 1) + 1 ? run + 1 : 1;
    if (run >= 7) return false;
  }
  return true;
}
