import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dig } from '../../src/core/json.ts';
import { Sensitive } from '../../src/core/value.ts';
import { checkResources } from '../../src/engine/provision.ts';
import { loadManifests } from '../../src/manifest/load.ts';
import { folderWith, loadText, placed } from './support.ts';

const connector = (credential: string, more = ''): string => `
apiVersion: rerankctl/v1
kind: Connector
metadata: { name: c }
spec:
  name: c
  version: 1
  protocol: http
  credential: ${credential}
  actions:
    - { action_type: predict, method: POST, url: "https://api.cohere.ai/v1/rerank"${more} }
`;

describe('a secret of a manifest', () => {
  it('that is written down is an error, and is not said again', async () => {
    const { diagnostics } = await loadText(connector('{ key: sk-do-not-tell }'));
    expect(diagnostics.map(placed)).toEqual(['9:22 RCTL_SECRET_LITERAL']);
    expect(diagnostics[0]?.remedy).toContain('$env');
    expect(JSON.stringify(diagnostics)).not.toContain('sk-do-not-tell');
  });

  it('is not said by any other error of its line either', async () => {
    const { diagnostics } = await loadText(connector('{ key: sk-do-not-tell, key2: 5512345, roleArn: 7 }'));
    expect(diagnostics.length).toBeGreaterThan(2);
    expect(JSON.stringify(diagnostics)).not.toMatch(/sk-do-not-tell|5512345/);
  });

  it('comes from the environment, a variable or a file, without the line end of the file', async () => {
    const cwd = await folderWith({ 'key.txt': 'from-file\n' });
    const yaml = connector(
      '{ a: { $env: A }, b: { $file: key.txt }, c: { $var: c }, d: { $join: [x-, { $file: key.txt }] } }',
    );
    await writeFile(join(cwd, 'c.yaml'), yaml);
    const loaded = await loadManifests(['c.yaml'], { cwd, env: { A: 'from-env' }, vars: { c: 'from-var' } });
    expect(loaded.diagnostics).toEqual([]);
    const credential = dig(loaded.resources[0]?.spec, 'credential');
    const revealed = ['a', 'b', 'c', 'd'].map((key) => {
      const value = dig(credential, key);
      return value instanceof Sensitive ? value.reveal() : `plain: ${String(value)}`;
    });
    expect(revealed).toEqual(['from-env', 'from-file', 'from-var', 'x-from-file\n']);
    expect(JSON.stringify(loaded.resources)).not.toContain('from-');
  });

  it('is none where a role of AWS is named', async () => {
    const { diagnostics } = await loadText(connector('{ roleArn: "arn:aws:iam::1:role/x" }'));
    expect(diagnostics).toEqual([]);
  });

  it('does not belong into a header, where the server shows it', async () => {
    const bad = await loadText(
      connector('{ key: { $env: A } }', ', headers: { Authorization: Bearer sk-plain }'),
      { env: { A: 'abcdef' } },
    );
    const found = await checkResources(bad.resources);
    expect(found.map(({ code }) => code)).toEqual(['RCTL_SECRET_LITERAL']);
    expect(JSON.stringify(found)).not.toContain('sk-plain');
    const readable = await loadText(
      connector('{ key: { $env: A } }', ', headers: { Authorization: { $env: A } }'),
      { env: { A: 'abcdef' } },
    );
    expect((await checkResources(readable.resources)).map(({ code, severity }) => [code, severity])).toEqual([
      ['RCTL_SECRET_READABLE', 'warning'],
    ]);
  });

  it('that an action uses is declared', async () => {
    const { resources } = await loadText(
      connector('{ key: { $env: A } }', ', headers: { Authorization: "Bearer ${credential.kee}" }'),
      { env: { A: 'abcdef' } },
    );
    expect((await checkResources(resources)).map(({ code }) => code)).toEqual(['RCTL_CREDENTIAL_UNKNOWN']);
  });
});
