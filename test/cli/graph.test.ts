import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GraphFormat, renderGraph } from '../../src/cli/render/graph.ts';
import type { Address } from '../../src/core/address.ts';
import { Reference, type ValueObject } from '../../src/core/value.ts';
import { rerankctl } from '../support/cli.ts';

const TUTORIAL = fileURLToPath(new URL('../../manifests/ms-marco-tutorial', import.meta.url));

function schema(name: string): object {
  return JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../schemas/${name}`, import.meta.url)), 'utf8'),
  ) as object;
}

function graph(...args: string[]) {
  return rerankctl(['graph', '-f', TUTORIAL, ...args], { env: { OPENSEARCH_URL: 'http://127.0.0.1:9' } });
}

describe('rerankctl graph', () => {
  it('draws the tutorial in Mermaid, and contacts no cluster', async () => {
    const ran = await graph();
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^flowchart LR\n/);
    for (const line of [
      'Model_ms_marco(["Model/ms-marco"])',
      'Verification_capital("Verification/capital")',
      'Model_ms_marco -- "model_group_id" --> ModelGroup_cross_encoders',
      'SearchPipeline_rerank_pipeline -- "model_id" --> Model_ms_marco',
      'SeedData_passages -- "index" --> Index_my_test_data',
      'Verification_capital -- "search_pipeline" --> SearchPipeline_rerank_pipeline',
      'class Model_ms_marco Model',
    ]) {
      expect(ran.stdout.split('\n')).toContain(`  ${line}`);
    }
  });

  it('draws it in DOT', async () => {
    const { stdout } = await graph('--format', 'dot');
    expect(stdout).toMatch(/^digraph rerankctl \{\n.*\n\}\n$/s);
    expect(stdout).toContain('"SearchPipeline/rerank_pipeline" -> "Model/ms-marco" [label="model_id"]');
    expect(stdout).toMatch(/"Index\/my-test-data" \[label="Index\/my-test-data", shape=cylinder,/);
  });

  it('gives machines the edges and the drawing, by the schema', async () => {
    const output = JSON.parse((await graph('--output', 'json')).stdout) as Record<string, unknown>;
    const ajv = new Ajv({ strict: false });
    ajv.addSchema(schema('report.schema.json'), 'report.schema.json');
    expect(ajv.validate(schema('output.schema.json'), output), ajv.errorsText()).toBe(true);
    expect(output).toMatchObject({ command: 'graph', exitCode: 0, graph: (await graph()).stdout });
    expect(output.resources).toContainEqual({
      address: 'Model/ms-marco',
      dependsOn: ['ModelGroup/cross-encoders'],
    });
  });

  it('refuses another format, and manifests with errors', async () => {
    expect(await graph('--format', 'dott')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Did you mean `dot`?'),
    });
    expect(await rerankctl(['graph', '-f', '-'], { stdin: 'kind: Nonsense\n' })).toMatchObject({
      code: 3,
      stdout: '',
    });
  });
});

function drawn(address: Address, spec: ValueObject = {}, dependsOn: readonly Address[] = []) {
  return { address, kind: address.slice(0, address.indexOf('/')), spec, dependsOn };
}

describe('A drawing', () => {
  it('tells a dependency of depends_on from references, and names every field of these', () => {
    const target = new Reference('Index/i');
    const resources = [
      drawn('Verification/v', { index: target, others: [{ deep: { 'more.deep': [target] } }] }, ['Index/i']),
      drawn('Index/i', {}, ['ModelGroup/g']),
      drawn('ModelGroup/g'),
    ];
    const mermaid = renderGraph(resources, 'mermaid');
    expect(mermaid).toContain('Verification_v -- "index, more.deep" --> Index_i');
    expect(mermaid).toContain('Index_i -. "depends_on" .-> ModelGroup_g');
    const dot = renderGraph(resources, 'dot');
    expect(dot).toContain('"Verification/v" -> "Index/i" [label="index, more.deep"]');
    expect(dot).toContain('"Index/i" -> "ModelGroup/g" [label="depends_on", style=dashed]');
  });

  it('has a box for a kind without a look, and is one also of nothing', () => {
    expect(renderGraph([drawn('Novelty/n')], 'mermaid')).toContain('Novelty_n["Novelty/n"]');
    expect(renderGraph([drawn('Novelty/n')], 'dot')).toContain('shape=box,');
    expect(renderGraph([], 'mermaid')).toMatch(/^flowchart LR\n/);
    expect(renderGraph([], 'dot')).toMatch(/\}\n$/);
  });

  it('keeps names apart that look alike as identifiers', () => {
    const names = ['Index/a-b', 'Index/a.b', 'Index/a_b', 'Index/a_b_2', 'Index/ä', 'Index/ö'] as const;
    const text = renderGraph(
      names.map((address) => drawn(address)),
      'mermaid',
    );
    const ids = [...text.matchAll(/^ {2}(\w+)\[\(/gm)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(names.length);
  });

  // Mermaid or DOT would read something else in each. Escaped so, Mermaid 11.17 and Graphviz 2.43 draw the name.
  it.each([
    ['"', '#34;', '\\"'],
    ['a\\', 'a#92;', 'a\\\\'],
    ['\\N', '#92;N', '\\\\N'],
    ['&lt;', '#38;lt#59;', '&amp;lt;'],
    ['#35;', '#35;35#59;', '#35;'],
    ['<b>', '#60;b#62;', '<b>'],
    ['_it_', '#95;it#95;', '_it_'],
    ['**a**', '#42;#42;a#42;#42;', '**a**'],
    ['style:#x', 'style#58;#35;x', 'style:#x'],
    ['日本_😀', '日本#95;#128512;', '日本_😀'],
  ])('escapes %s for both', (name, mermaid, dot) => {
    const resources = [drawn(`Index/${name}`)];
    expect(renderGraph(resources, 'mermaid')).toContain(`[("Index/${mermaid}")]`);
    expect(renderGraph(resources, 'dot')).toContain(`[label="Index/${dot}",`);
  });

  it('of any names holds each label whole, once its escapes are read, and is the same in any order', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).map((text) => `x${text.trim()}`);
    const unescaped: Readonly<Record<GraphFormat, (text: string) => string>> = {
      mermaid: (text) => text.replace(/#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code))),
      dot: (text) => text.replace(/\\(.)/gs, '$1').replaceAll('&amp;', '&'),
    };
    const label = {
      mermaid: /^ {2}\w+\[\("([^"]*)"\)\]$/gm,
      dot: /\[label="((?:[^"\\]|\\.)*)", shape=cylinder/gs,
    };
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 5 }),
        fc.constantFrom('mermaid', 'dot'),
        (names, format) => {
          const resources = names.map((one) => drawn(`Index/${one}`));
          const text = renderGraph(resources, format);
          const found = [...text.matchAll(label[format])].map(([, escaped = '']) =>
            unescaped[format](escaped),
          );
          expect(found.sort()).toEqual(names.map((one) => `Index/${one}`).sort());
          expect(renderGraph([...resources].reverse(), format)).toBe(text);
        },
      ),
      { seed: 20_261_123, numRuns: 500 },
    );
  });
});
