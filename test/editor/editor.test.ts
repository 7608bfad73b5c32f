import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { KIND_NAMES } from '../../src/manifest/schema.ts';
import { rerankctl } from '../support/cli.ts';
import { Editor, type Position } from './language-server.ts';

const MANIFESTS = resolve(import.meta.dirname, '../../manifests');
const SHIPPED = readdirSync(MANIFESTS, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml'))
  .map((path) => join(MANIFESTS, path));

async function printed(name: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await rerankctl(['schema', name]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

function documentsOf(text: string): { kind: string; spec: Record<string, unknown> }[] {
  return [...parseAllDocuments(text)].map((document) => document.toJS() as never);
}

const validator = (schema: Record<string, unknown>) =>
  new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    formats: { 'date-time': true },
  }).compile(schema);

describe('rerankctl schema', () => {
  it('prints a schema that takes every manifest of the repository, and no typo', async () => {
    const validate = validator(await printed('manifest'));
    expect(SHIPPED.length).toBeGreaterThan(5);
    for (const file of SHIPPED) {
      const text = readFileSync(file, 'utf8');
      expect(text, file).toMatch(
        /^# yaml-language-server: \$schema=(?:\.\.\/)+schemas\/manifest\.schema\.json\n/,
      );
      for (const data of documentsOf(text)) {
        expect(validate(data), file + JSON.stringify(validate.errors)).toBe(true);
        expect(validate({ ...data, spec: { ...data.spec, zork: 1 } })).toBe(false);
      }
    }
  });

  it('prints one of manifests of a kind, which takes no other', async () => {
    const model = validator(await printed('model'));
    const documents = documentsOf(readFileSync(join(MANIFESTS, 'quickstart/quickstart.yaml'), 'utf8'));
    expect(documents.filter((data) => model(data)).map(({ kind }) => kind)).toEqual(['Model']);
  });

  it('prints those of its own output, each whole', async () => {
    const plan = await rerankctl(['schema', 'output', '--output', 'json']);
    const envelope = JSON.parse(plan.stdout);
    expect(validator(envelope.schema)(envelope)).toBe(true);
    for (const name of ['report', 'stream', 'config']) validator(await printed(name));
  });

  it('prints the one that the other commands keep too, also when they fail', async () => {
    const validate = validator(await printed('output'));
    for (const args of [
      ['completion', 'bash'],
      ['completion'],
      ['explain', 'Model'],
      ['import', '--flow-framework', 'none'],
      ['init'],
      ['schema'],
    ]) {
      const { stdout } = await rerankctl([...args, '--output', 'json']);
      expect(validate(JSON.parse(stdout)), args.join(' ') + JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it('lists what there is, and guesses what was meant', async () => {
    const { stdout } = await rerankctl(['schema']);
    for (const name of ['manifest', 'output', 'report', 'stream', 'config', ...KIND_NAMES])
      expect(stdout).toContain(`  ${name} `);
    const wrong = await rerankctl(['schema', 'manifst']);
    expect(wrong).toMatchObject({ code: 3, stdout: '' });
    expect(wrong.stderr).toContain('Did you mean `manifest`?');
  });
});

/** A text with one `|`: without it, and where it was. */
function marked(text: string): { text: string; at: Position } {
  const [before = '', after = ''] = text.split('|');
  const lines = before.split('\n');
  return { text: before + after, at: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
}

describe('an editor with yaml-language-server', () => {
  const editor = new Editor();
  beforeAll(() => editor.open());
  afterAll(() => editor.close());

  const MODELINE = '# yaml-language-server: $schema=../../schemas/manifest.schema.json\n';
  const HEAD = 'apiVersion: rerankctl/v1\nkind: Model\nmetadata:\n  name: m\nspec:\n';
  /** The modeline names the schema relative to the file, which must lie where manifests lie. */
  const inFolder = (name: string): string => join(MANIFESTS, 'quickstart', name);

  it('finds nothing wrong with the manifests of the repository', async () => {
    for (const file of SHIPPED) {
      expect(await editor.show(file, readFileSync(file, 'utf8')), file).toEqual([]);
    }
  });

  it('finds nothing wrong with what init has made, by the schema that init has put beside it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'editor-'));
    await rerankctl(['init', folder, '--yes', '--reranker', 'cohere']);
    for (const name of ['model.yaml', 'index.yaml', 'search.yaml']) {
      const text = readFileSync(join(folder, name), 'utf8');
      expect(await editor.show(join(folder, name), text), name).toEqual([]);
      const typo = text.replace('\nspec:\n', '\nspec:\n  zork: 1\n');
      expect(await editor.show(join(folder, `typo-${name}`), typo), name).not.toEqual([]);
    }
    rmSync(folder, { recursive: true });
  });

  it('marks a typo, and what is missing, on its line', async () => {
    const text = `${MODELINE}${HEAD}  name: m\n  model_groupe_id: g\n`;
    const problems = await editor.show(inFolder('typo.yaml'), text);
    expect(problems).toContainEqual({ line: 7, message: expect.stringMatching(/model_groupe_id/) });
    expect(problems).toContainEqual({ line: 5, message: expect.stringMatching(/"model_group_id"/) });
  });

  it('completes fields, values and directives', async () => {
    const field = marked(`${MODELINE}${HEAD}  name: m\n  model_f|`);
    await editor.show(inFolder('field.yaml'), field.text);
    expect(await editor.complete(inFolder('field.yaml'), field.at)).toContain('model_format');
    const value = marked(`${MODELINE}${HEAD}  name: m\n  model_format: |`);
    await editor.show(inFolder('value.yaml'), value.text);
    const values = await editor.complete(inFolder('value.yaml'), value.at);
    expect(values).toEqual(expect.arrayContaining(['TORCH_SCRIPT', 'ONNX']));
    const kind = marked(`${MODELINE}apiVersion: rerankctl/v1\nkind: |`);
    await editor.show(inFolder('kind.yaml'), kind.text);
    expect(await editor.complete(inFolder('kind.yaml'), kind.at)).toEqual(
      expect.arrayContaining([...KIND_NAMES]),
    );
  });

  it('tells on hovering what a field is for', async () => {
    const { text, at } = marked(`${MODELINE}${HEAD}  name: m\n  model_|format: ONNX\n  model_group_id: g\n`);
    await editor.show(inFolder('hover.yaml'), text);
    expect(await editor.hover(inFolder('hover.yaml'), at)).toContain('The format of the model');
  });
});
