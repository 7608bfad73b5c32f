import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, deleteGroups, openDesk } from '../support/export.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, openBench, SERVERS } from '../support/provision.ts';
import { makeUser } from '../support/users.ts';
import { groupSpec, indexSpec, pipelineSpec } from './generated.ts';

describe.each(SERVERS)('What was made on %s by hand, whatever it is,', (_title, server) => {
  let bench: Bench;
  let desk: Desk;
  beforeAll(async () => {
    bench = await openBench(server, 'export-laws');
    desk = await openDesk(bench);
  });
  afterAll(async () => {
    await bench.cleanUp();
    await desk.clear();
  });

  /** Some of each kind at once: an example costs six runs of the command. */
  const some = fc.record({
    indices: fc.array(indexSpec, { minLength: 2, maxLength: 4 }),
    pipelines: fc.array(pipelineSpec(server), { minLength: 2, maxLength: 4 }),
    groups: fc.array(groupSpec, { minLength: 2, maxLength: 4 }),
  });

  it('is exported so that a plan of it only adopts', async () => {
    await fc.assert(
      fc.asyncProperty(some, async ({ indices, pipelines, groups }) => {
        const prefix = uniqueName('exlaw');
        const made: string[] = [];
        try {
          for (const [i, { spec, aliases }] of indices.entries()) {
            const path = `/${prefix}-i${i}`;
            const named = Object.entries(aliases).map(([alias, body]) => [`${prefix}-${i}${alias}`, body]);
            // A hidden index is none that is exported.
            const settings = { ...(spec.settings as object), 'index.hidden': false };
            await bench
              .raw('PUT', path, {
                ...spec,
                ...(isHidden(spec.settings) ? { settings: {} } : { settings }),
                aliases: Object.fromEntries(named),
              })
              .catch(() => bench.raw('PUT', path, {}));
            made.push(path);
          }
          for (const [i, spec] of pipelines.entries()) {
            await bench.raw('PUT', `/_search/pipeline/${prefix}-p${i}`, spec);
            made.push(`/_search/pipeline/${prefix}-p${i}`);
          }
          for (const group of groups) {
            const name = `${prefix} ${group.name} ${uniqueName('g')}`;
            const answer = await bench.raw('POST', '/_plugins/_ml/model_groups/_register', {
              ...group,
              name,
            });
            made.push(`/_plugins/_ml/model_groups/${(answer as { model_group_id: string }).model_group_id}`);
          }
          const { code, stdout } = await desk.rerankctl('export', '--name', `${prefix}*`);
          expect(code).toBe(0);
          await writeFile(join(desk.home, 'all.yaml'), stdout);
          expect(await desk.isAdopted('all.yaml')).toHaveLength(made.length);
        } finally {
          for (const path of made) await bench.raw('DELETE', path);
        }
      }),
      { numRuns: server.secured ? 4 : 6, seed: 20_261_124, endOnFailure: true },
    );
  });

  const isHidden = (settings: unknown): boolean => /hidden/.test(JSON.stringify(settings ?? {}));

  it.skipIf(!server.secured)(
    'is exported as far as the user may read it, and what is forbidden is named',
    async () => {
      const name = uniqueName('exlaw');
      await bench.raw('PUT', `/${name}`, {});
      const user = await makeUser(bench.cluster, name, {
        cluster_permissions: ['cluster:monitor/main', 'cluster:monitor/state'],
        index_permissions: [{ index_patterns: [`${name}*`], allowed_actions: ['indices:admin/get'] }],
      });
      try {
        const rerankctl = desk.as(user);
        const all = await rerankctl('export');
        expect(all).toMatchObject({
          code: 4,
          stdout: '',
          stderr: expect.stringMatching(/RCTL_FORBIDDEN.*--kind/s),
        });
        const part = await rerankctl('export', '--kind', 'Index', '--name', `${name}*`);
        expect(part).toMatchObject({ code: 0, stdout: expect.stringContaining(`name: ${name}`) });
      } finally {
        await user.remove();
        await bench.raw('DELETE', `/${name}`);
      }
    },
  );

  it('of documents, routing is more than seed data can tell', async () => {
    const name = uniqueName('exlaw');
    try {
      await bench.raw('PUT', `/${name}-routed`, {});
      await bench.raw('PUT', `/${name}-routed/_doc/1?routing=a&refresh=true`, { a: 1 });
      await bench.raw('PUT', `/${name}-blind`, { mappings: { _source: { enabled: false } } });
      await bench.raw('PUT', `/${name}-blind/_doc/1?refresh=true`, { a: 1 });
      await bench.raw('PUT', `/${name}-closed`, {});
      await bench.raw('POST', `/${name}-closed/_close`);
      await bench.raw('PUT', `/${name}-empty`, {});
      const told = await desk.json('export', '--to', name, '--with-data', '--name', `${name}*`);
      expect(told.diagnostics).toMatchObject([
        { code: 'RCTL_EXPORT_DOCUMENTS', message: expect.stringContaining('_source') },
        { code: 'RCTL_EXPORT_DOCUMENTS', message: expect.stringContaining('closed') },
        { code: 'RCTL_EXPORT_DOCUMENTS', message: expect.stringContaining('routing a') },
      ]);
      expect(await desk.isAdopted(name)).toHaveLength(4);
    } finally {
      for (const end of ['routed', 'blind', 'closed', 'empty']) {
        await bench.cluster.request({ method: 'DELETE', path: `/${name}-${end}`, accept: [404] });
      }
    }
  });

  it('of a model, chunks are put together again', async () => {
    const name = uniqueName('exlaw');
    const bytes = Buffer.alloc(10_000_100, 'no zip at all ');
    const hash = createHash('sha256').update(bytes).digest('hex');
    const register = { name, function_name: 'TEXT_SIMILARITY', model_format: 'ONNX' };
    const group = (await bench.raw('POST', '/_plugins/_ml/model_groups/_register', { name })) as {
      model_group_id: string;
    };
    const { model_id: id } = (await bench.raw('POST', '/_plugins/_ml/models/_register_meta', {
      ...register,
      model_group_id: group.model_group_id,
      model_content_hash_value: hash,
      model_content_size_in_bytes: bytes.length,
      total_chunks: 2,
      model_config: {
        model_type: 'bert',
        embedding_dimension: 1,
        framework_type: 'huggingface_transformers',
      },
    })) as { model_id: string };
    for (const chunk of [0, 1]) {
      await bench.cluster.request({
        method: 'POST',
        path: `/_plugins/_ml/models/${id}/upload_chunk/${chunk}`,
        body: bytes.subarray(chunk * 10_000_000, (chunk + 1) * 10_000_000),
        contentType: 'application/json',
      });
    }
    await expect
      .poll(async () => bench.raw('GET', `/_plugins/_ml/models/${id}`), { timeout: 20_000 })
      .toMatchObject({ model_state: 'REGISTERED' });
    // The hash is right, and it is no zip: a manifest that names it would be refused.
    const told = await desk.json('export', '--to', name, '--name', name);
    expect(told.files).toEqual(['model-group.yaml', 'model.yaml']);
    expect(told.diagnostics).toMatchObject([
      { code: 'RCTL_EXPORT_NO_CONTENT', message: expect.stringContaining('cannot be read as a zip') },
    ]);
    expect(await desk.isAdopted(name)).toHaveLength(2);
    await bench.raw('DELETE', `/_plugins/_ml/models/${id}`);
    await deleteGroups(bench, name);
  });
});
