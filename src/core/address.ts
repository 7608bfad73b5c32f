/** The identity of a resource inside a stack: `Kind/name`, as written in `$ref` and on the command line. */
export type Address = `${string}/${string}`;

export function addressOf(kind: string, name: string): Address {
  return `${kind}/${name}`;
}

/** Splits `Kind/name`; `undefined` when the text is not an address. A name may itself hold slashes. */
export function parseAddress(text: string): { kind: string; name: string } | undefined {
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return { kind: text.slice(0, slash), name: text.slice(slash + 1) };
}
