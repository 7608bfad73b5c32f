import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLISHER_HOST, withoutNameResolution } from '../support/publisher.ts';
import { boot, discard, rerankctl } from './support.ts';

describe('the MS MARCO tutorial, with no route to the publisher', () => {
  let url: string;
  let names: { javaOpts: string[]; close(): Promise<void> };

  beforeAll(async () => {
    names = await withoutNameResolution();
    url = await boot('tutorial-offline-test', names.javaOpts);
  }, 600_000);

  afterAll(async () => {
    await discard('tutorial-offline-test');
    await names?.close();
  }, 60_000);

  it('ends incomplete, and makes a sentence of the bare host name', async () => {
    const { code, stdout, stderr } = await rerankctl('apply', url, '--yes');
    expect(code, stdout + stderr).toBe(5);
    const sentence = new RegExp(`\\w+ [^\\n]*${PUBLISHER_HOST.replaceAll('.', '\\.')}`);
    expect(stdout + stderr).toMatch(sentence);
  }, 120_000);
});
