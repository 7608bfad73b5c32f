import type { FieldHelp } from '../../manifest/fields.ts';
import type { Paint } from '../io.ts';
import { yamlText } from './manifests.ts';

/** One field with all that its schema says of it, and its fields with a line each. */
export function renderField(field: FieldHelp, paint: Paint): string {
  const facts: [string, string][] = [
    ['type', field.type],
    ...(field.required ? [['required', 'yes'] as [string, string]] : []),
    ...(field.default === undefined ? [] : [['default', asYaml(field.default)] as [string, string]]),
    ...(field.since === undefined ? [] : [['since', `OpenSearch ${field.since}`] as [string, string]]),
    ...(field.refersTo.length === 0
      ? []
      : [
          ['refers to', field.refersTo.map((kind) => `{ $ref: ${kind}/… }`).join(' or ')] as [string, string],
        ]),
    ...(field.secret ? [['secret', 'a directive alone, such as { $env: NAME }'] as [string, string]] : []),
    ...field.examples.map((example): [string, string] => ['example', asYaml(example)]),
  ];
  const width = Math.max(...field.fields.map(({ path }) => nameOf(path).length), 0);
  const lines = [
    paint('bold', field.path),
    ...(field.description === '' ? [] : [`  ${field.description}`]),
    '',
    ...facts.map(([name, value]) => factLine(paint, name, value)),
    ...(field.fields.length === 0 ? [] : ['', `  ${paint('dim', 'fields (* is required)')}`]),
    ...field.fields.map(
      ({ path, required, description, type }) =>
        `  ${required ? '*' : ' '} ${nameOf(path).padEnd(width)}  ${firstSentence(description) || type}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** The words that `explain` begins with, with a line each. */
export function renderSubjects(subjects: readonly FieldHelp[], paint: Paint): string {
  const width = Math.max(...subjects.map(({ path }) => path.length));
  const lines = subjects.map(
    ({ path, description }) => `  ${paint('bold', path.padEnd(width))}  ${firstSentence(description)}`,
  );
  return `${lines.join('\n')}\n\nOf one of them, or of a field: rerankctl explain Model.model_config\n`;
}

/** What takes several lines stands below its name. */
function factLine(paint: Paint, name: string, value: string): string {
  if (!value.includes('\n')) return `  ${paint('dim', name.padEnd(9))}  ${value}`;
  return `  ${paint('dim', name)}\n${value.replaceAll(/^/gm, '    ')}`;
}

/** As it would stand in a manifest. */
function asYaml(value: unknown): string {
  return yamlText(value).trimEnd();
}

function nameOf(path: string): string {
  return path.split('.').at(-1) ?? path;
}

export function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/s.exec(text)?.[0].replace(/:$/, '.') ?? text;
}
