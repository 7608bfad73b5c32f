import { CODES } from '../../catalogue/codes.ts';
import { didYouMean } from '../../core/suggest.ts';
import { type FieldHelp, fieldHelp, type NoField, SUBJECTS } from '../../manifest/fields.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { painter } from '../io.ts';
import { renderField, renderSubjects } from '../render/explain.ts';

/** What the schemas say of a kind or a field, or what a code means. Contacts no cluster. */
export async function explainCommand({ io, positionals, output, color }: Invocation): Promise<CommandResult> {
  const paint = painter(color.stdout);
  const [path, ...more] = positionals;
  if (more.length > 0)
    throw usage(`explain takes one thing to explain, not also ${more[0]}.`, 'Like Model.version');
  if (path === undefined) {
    const subjects = SUBJECTS.map(explained);
    if (output === 'text') io.stdout.write(renderSubjects(subjects, paint));
    return {
      exitCode: EXIT.done,
      json: { subjects: subjects.map(({ path, description }) => ({ path, description })) },
    };
  }
  if (/^(RCTL_|DEV_)?[A-Z]{2,}(_[A-Z0-9]+)*$/.test(path)) {
    const code = codeMeant(path);
    const meaning = CODES[code] ?? '';
    if (output === 'text') io.stdout.write(`${paint('bold', code)}\n  ${meaning}\n`);
    return { exitCode: EXIT.done, json: { code, meaning } };
  }
  const field = explained(path);
  if (output === 'text') io.stdout.write(renderField(field, paint));
  return { exitCode: EXIT.done, json: { field } };
}

/** `RCTL_` may be left out. */
function codeMeant(word: string): string {
  const code = /^(RCTL|DEV)_/.test(word) ? word : `RCTL_${word}`;
  if (Object.hasOwn(CODES, code)) return code;
  if (code.startsWith('RCTL_LINT_'))
    throw usage(`${code} is a lint rule.`, 'docs/lint.md explains each of them.');
  throw usage(`There is no code ${code}.`, didYouMean(code, Object.keys(CODES)));
}

function explained(path: string): FieldHelp {
  const found = fieldHelp(path);
  if ('missing' in found) throw unknown(found);
  return found;
}

function unknown({ found, missing, known }: NoField): Error {
  const near = didYouMean(missing, known);
  if (found === '') return usage(`There is no kind ${missing}.`, near ?? `The kinds: ${known.join(', ')}.`);
  const what = known.length === 0 ? 'It has no fields of its own.' : `Its fields: ${known.join(', ')}.`;
  return usage(`${found} has no field ${missing}.`, near ?? what);
}
