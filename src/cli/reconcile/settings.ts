import { type Flags, usage } from '../flags.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const LONGEST_MS = 24 * UNITS.h;

/** `30s`, `5m`, `1h` in milliseconds, from a second to a day. */
export function durationOf(flags: Flags, name: string, otherwise: string): number {
  const text = flags.text(name) ?? otherwise;
  const [, count, unit] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? [];
  const ms = Number(count) * UNITS[unit as keyof typeof UNITS];
  if (!(ms <= LONGEST_MS)) {
    throw usage(`--${name} takes a duration from 1s to 24h, not ${text}.`, 'Write it as 30s, 5m or 1h.');
  }
  return ms;
}

export interface ListenOn {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`; an IPv6 address stands in brackets, and port 0 is any that is free. */
export function listenOn(flags: Flags): ListenOn {
  const text = flags.text('listen') ?? '127.0.0.1:9464';
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65_535)) {
    throw usage(
      `--listen takes HOST:PORT, not ${text}.`,
      'For example 127.0.0.1:9464, [::1]:9464, or 0.0.0.0:9464 for probes from outside.',
    );
  }
  return { host, port };
}
