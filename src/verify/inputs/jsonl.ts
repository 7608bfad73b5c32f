import { isObject } from '../../core/json.ts';
import { type Problems, quoted } from './problems.ts';
import { eachLine, type Source } from './source.ts';

/** Reads one JSON object a line. What is none is an error. There are no comments. */
export async function eachJsonLine(
  source: Source,
  problems: Problems,
  onObject: (value: Record<string, unknown>, line: number) => void,
): Promise<void> {
  await eachLine(source, (text, line) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    if (isObject(value)) {
      onObject(value, line);
      return;
    }
    problems.error(line, () => ({
      code: 'RCTL_INPUT_SYNTAX',
      message: `The line is not ${value === undefined ? 'JSON' : 'a JSON object'}: ${quoted(text.trim())}.`,
      remedy: 'Write one object a line, e.g. {"query_id": "q1", …}.',
    }));
  });
}
