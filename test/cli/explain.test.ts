import { expect, it } from 'vitest';
import { SCHEMAS } from '../../src/generated/schemas.ts';
import { type FieldHelp, fieldHelp, SUBJECTS } from '../../src/manifest/fields.ts';
import { rerankctl } from '../support/cli.ts';

it('tells of a field what it is for, and what may stand there', async () => {
  const { code, stdout } = await rerankctl(['explain', 'Model.model_config.framework_type']);
  expect(code).toBe(0);
  expect(stdout).toContain('The library that the model comes from: `huggingface_transformers`');
  expect(stdout).toMatch(/type +one of huggingface_transformers, /);
});

it('goes through lists, and tells since when a field works and whether it is a secret', async () => {
  const reranking = await rerankctl([
    'explain',
    'searchpipeline.spec.response_processors[0].rerank.by_field',
  ]);
  expect(reranking.stdout).toContain('* target_field');
  const newer = await rerankctl([
    'explain',
    'SearchPipeline.response_processors.rerank.by_field.previous_score_field',
  ]);
  expect(newer.stdout).toMatch(/since +OpenSearch 3\.8/);
  const secret = await rerankctl(['explain', 'Connector.credential.cohere_key']);
  expect(secret.stdout).toMatch(/secret +a directive alone/);
  const reference = await rerankctl(['explain', 'Model.model_group_id']);
  expect(reference.stdout).toMatch(/required +yes\n.*refers to +\{ \$ref: ModelGroup\/… \}/s);
});

it('shows the default, and examples as they would stand in a manifest', async () => {
  const lifecycle = await rerankctl(['explain', 'metadata.lifecycle.retire_after']);
  expect(lifecycle.stdout).toMatch(/default +0s\n.*example +24h\n/s);
  const context = await rerankctl(['explain', 'SearchPipeline.response_processors']);
  expect(context.stdout).toMatch(
    / +example\n {4}- rerank:\n {8}ml_opensearch:\n {10}model_id: \{ \$ref: Model\/ms-marco \}\n/,
  );
});

it('lists what there is to explain, and guesses what was meant', async () => {
  const all = await rerankctl(['explain']);
  for (const subject of SUBJECTS) expect(all.stdout).toContain(`  ${subject} `);
  for (const [path, meant] of [
    ['Modle', 'Model'],
    ['Model.model_confg', 'model_config'],
    ['metadata.lifecycle.kep', 'keep'],
  ] as const) {
    const { code, stderr } = await rerankctl(['explain', path]);
    expect(code).toBe(3);
    expect(stderr).toContain(`Did you mean \`${meant}\`?`);
  }
  const none = await rerankctl(['explain', 'ModelGroup.name.more']);
  expect(none.stderr).toContain('ModelGroup.name has no field more.');
});

it('as JSON carries the same', async () => {
  const { stdout } = await rerankctl(['explain', 'ModelGroup.access_mode', '--output', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({
    field: { path: 'ModelGroup.access_mode', type: 'one of public, private, restricted', required: false },
  });
});

it('has a description of every field of every kind', () => {
  const bare = (field: FieldHelp): string[] => [
    ...(field.description === '' ? [field.path] : []),
    ...field.fields.flatMap(({ path }) => {
      const inner = fieldHelp(path.replaceAll('[]', ''));
      return 'missing' in inner ? [path] : bare(inner);
    }),
  ];
  for (const subject of Object.keys(SCHEMAS)) {
    const found = fieldHelp(subject);
    expect('missing' in found ? [subject] : bare(found)).toEqual([]);
  }
});
