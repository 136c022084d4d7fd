/** A recipient as messages name it: a private key in its place must not travel on. */
export function shownKey(recipient: string): string {
  return /^AGE-(?!PLUGIN-)|^-----/i.test(recipient.trim()) ? "(a private key)" : recipient;
}
