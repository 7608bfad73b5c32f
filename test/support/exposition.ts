/** Samples by series as it is written: `name{label="value"}`. */
export type Samples = ReadonlyMap<string, number>;

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`;
const HELP = new RegExp(String.raw`^# HELP (${NAME}) (?:[^\\\n]|\\[\\n])*$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(
  String.raw`^(${NAME})(?:\{(${LABEL}(?:,${LABEL})*)\})? ([+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$`,
);

/**
 * Reads the text format of Prometheus (0.0.4) and takes nothing that its specification does not: every family has its
 * HELP and TYPE once and before its samples, families stand together, no series and no label comes twice, a counter ends
 * in `_total` and is not negative, and the last line has an end.
 */
export function readExposition(text: string): Samples {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const closed = new Set<string>();
  let current: string | undefined;
  const enter = (family: string): void => {
    if (family === current) return;
    if (closed.has(family)) throw new Error(`${family} is in two places`);
    if (current !== undefined) closed.add(current);
    current = family;
  };
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const help = HELP.exec(line)?.[1];
    const [, typed, type] = TYPE.exec(line) ?? [];
    const [, name, labels, value] = SAMPLE.exec(line) ?? [];
    if (help !== undefined) {
      enter(help);
      if (helped.has(help)) throw new Error(`${help} has two HELP lines`);
      helped.add(help);
    } else if (typed !== undefined && type !== undefined) {
      enter(typed);
      if (types.has(typed)) throw new Error(`${typed} has two TYPE lines`);
      types.set(typed, type);
    } else if (name !== undefined) {
      enter(name);
      if (!helped.has(name) || !types.has(name)) throw new Error(`${name} has no HELP or TYPE before it`);
      const names = [...(labels ?? '').matchAll(/([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"/g)].map(([, each]) => each);
      if (new Set(names).size !== names.length) throw new Error(`a label comes twice: ${line}`);
      const series = labels === undefined ? name : `${name}{${labels}}`;
      if (samples.has(series)) throw new Error(`${series} comes twice`);
      const isCounter = types.get(name) === 'counter';
      if (isCounter && (!name.endsWith('_total') || !(Number(value) >= 0))) {
        throw new Error(`no counter: ${line}`);
      }
      samples.set(series, Number(value));
    } else throw new Error(`not the text format: ${line}`);
  }
  return samples;
}
