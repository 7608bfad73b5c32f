import type { Output } from '../io.ts';

export type Level = 'info' | 'warning' | 'error';

export interface Fields {
  readonly [name: string]: unknown;
  /** More than a line, for whoever looks for a bug. */
  readonly stack?: string;
}

/** Writes one line, and remembers nothing. */
export type Log = (level: Level, message: string, fields?: Fields) => void;

const LABELS: Readonly<Record<Level, string>> = { info: '', warning: 'warning: ', error: 'error: ' };

/** `2026-11-28T22:01:42Z error: …` */
export function textLog(output: Output, now: () => Date = () => new Date()): Log {
  return (level, message, { stack } = {}) => {
    const time = now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const trace = stack === undefined ? '' : `${stack}\n`;
    output.write(`${time} ${LABELS[level]}${oneLine(message)}\n${trace}`);
  };
}

/** One JSON object a line: `time`, `level`, `event`, `message`, and what belongs to the event. */
export function jsonLog(output: Output, now: () => Date = () => new Date()): Log {
  return (level, message, fields = {}) => {
    const line = { time: now().toISOString(), level, message: oneLine(message), ...fields };
    output.write(`${JSON.stringify(line)}\n`);
  };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
