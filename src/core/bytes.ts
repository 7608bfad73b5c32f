const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 2 ** 10,
  mb: 2 ** 20,
  gb: 2 ** 30,
  tb: 2 ** 40,
  pb: 2 ** 50,
};

/** A size as OpenSearch writes it (`100mb`, `5gb`, `1.5gb`), in bytes; `undefined` for anything else. */
export function bytesOf(text: string | undefined): number | undefined {
  const [, amount = '', unit = ''] = /^(-?\d+(?:\.\d+)?)\s*([kmgtp]?b)$/i.exec(text?.trim() ?? '') ?? [];
  const factor = UNITS[unit.toLowerCase()];
  return factor === undefined ? undefined : Number(amount) * factor;
}

/** Bytes for people, in decimal units as disks and downloads have them: `1.2 GB`. */
export function inWords(bytes: number): string {
  const [unit, size] =
    bytes >= 1e9 ? (['GB', 1e9] as const) : bytes >= 1e6 ? (['MB', 1e6] as const) : (['kB', 1e3] as const);
  return `${(bytes / size).toFixed(bytes >= 100 * size ? 0 : 1)} ${unit}`;
}
