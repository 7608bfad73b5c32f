import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rerankctl } from '../support/cli.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, openBench, SERVERS, summaryOf } from '../support/provision.ts';
import { type ModelFile, writeTinyModel } from '../support/tiny-model.ts';
import { documents, guarded, line } from './index-story.ts';

describe.each(SERVERS)('a guarded rollout of an index on %s', (_title, server) => {
  let bench: Bench;
  let file: ModelFile;
  const name = uniqueName('ixg');

  beforeAll(async () => {
    bench = await openBench(server, 'ixg');
    file = await writeTinyModel(0, 'best');
    await bench.settle(guarded(name, file.path));
  });
  afterAll(async () => {
    for (const index of Object.keys(await line(bench, name))) await bench.raw('DELETE', `/${index}`);
    await bench.cleanUp();
    await file.remove();
  });

  it('says in the plan what will measure it', async () => {
    const change = await bench.onlyChange(guarded(name, file.path, { analyzer: 'english' }));
    expect(change.notes).toContain(`made only when Verification/${name} holds with it`);
  });

  it('is stopped where the new index finds nothing: all is as it was', async () => {
    const before = [await bench.raw('GET', `/${name}-1`), await documents(bench, name)];
    const { report } = await bench.tryProvision(guarded(name, file.path, { analyzer: 'keyword' }));
    expect(report.release?.verdict).toBe('fail');
    expect(report.outcomes.map(({ address, action, result }) => [address, action, result])).toEqual([
      [`Index/${name}`, 'replace', 'failed'],
    ]);
    expect(report.outcomes).toMatchObject([{ error: { code: 'RCTL_RELEASE_STOPPED' } }]);
    expect([await bench.raw('GET', `/${name}-1`), await documents(bench, name)]).toEqual(before);
    expect(await line(bench, name)).toEqual({ [`${name}-1`]: [name] });
    expect(summaryOf(await bench.planOf(guarded(name, file.path)))).toEqual([]);
  });

  it('is stopped together with its pipeline, which waits for the same verdict', async () => {
    const pipeline = await bench.raw('GET', `/_search/pipeline/${name}`);
    const { report } = await bench.tryProvision(
      guarded(name, file.path, { analyzer: 'keyword', extra: 'new' }),
    );
    expect(report.release?.verdict).toBe('fail');
    expect(report.outcomes.every(({ result }) => result !== 'done')).toBe(true);
    expect(await bench.raw('GET', `/_search/pipeline/${name}`)).toEqual(pipeline);
    expect(await line(bench, name)).toEqual({ [`${name}-1`]: [name] });
  });

  it('is previewed in words alone', async () => {
    const { url, login } = server;
    const args = ['plan', '-f', '-', '--stack', bench.stack, '--url', url, '--preview', '--canary'];
    const user =
      'username' in login ? { OPENSEARCH_USERNAME: login.username, OPENSEARCH_PASSWORD: login.password } : {};
    const ran = await rerankctl([...args, ...(server.secured ? ['--insecure-skip-tls-verify'] : [])], {
      stdin: guarded(name, file.path, { analyzer: 'english' }),
      env: user as Record<string, string>,
    });
    expect([ran.code, ran.stderr]).toEqual([0, expect.anything()]);
    expect(ran.stdout).toContain(`Index/${name}`);
    expect(ran.stdout).toContain('a preview makes no second index');
    expect(await line(bench, name)).toEqual({ [`${name}-1`]: [name] });
  });

  it('passes with its pipeline, and then nothing is left to do', async () => {
    const next = guarded(name, file.path, { analyzer: 'english', extra: 'new' });
    const { outcomes } = await bench.provision(next);
    expect(outcomes.map(({ address, action }) => [address, action])).toEqual([
      [`SearchPipeline/${name}`, 'update'],
      [`Index/${name}`, 'replace'],
    ]);
    expect(Object.values(await line(bench, name))).toEqual([[name]]);
    await bench.settle(next);
  });

  it('keeps the candidate where that is asked for, and the next apply takes it away', async () => {
    const { url, login } = server;
    const [before] = Object.keys(await line(bench, name));
    const user =
      'username' in login ? { OPENSEARCH_USERNAME: login.username, OPENSEARCH_PASSWORD: login.password } : {};
    const args = ['apply', '--yes', '-f', '-', '--stack', bench.stack, '--url', url, '--keep-candidate'];
    const ran = await rerankctl([...args, ...(server.secured ? ['--insecure-skip-tls-verify'] : [])], {
      stdin: guarded(name, file.path, { analyzer: 'keyword', extra: 'new' }),
      env: user as Record<string, string>,
    });
    expect(ran.code, ran.stdout + ran.stderr).toBe(6);
    expect(Object.keys(await line(bench, name))).toHaveLength(2);
    const same = guarded(name, file.path, { analyzer: 'english', extra: 'new' });
    expect(summaryOf(await bench.planOf(same))[0]).toContain(`Index/${name} update: remove ${name}-`);
    await bench.settle(same);
    expect(Object.keys(await line(bench, name))).toEqual([before]);
  });
});
