import { describe, expect, it } from 'vitest';
import { connect } from '../../src/opensearch/connect.ts';
import { failureOf, startStranger } from './failing.ts';

const html = { headers: { 'content-type': 'text/html' } };

async function identityOf(body: string, options?: Parameters<typeof startStranger>[1]) {
  const stranger = await startStranger(body, options);
  const cluster = connect({ url: stranger.url, retryForMs: 50 });
  try {
    return await failureOf(cluster.identity());
  } finally {
    await cluster.close();
    await stranger.close();
  }
}

const version = (members: object): string => JSON.stringify({ version: members });

describe('what is not a supported OpenSearch', () => {
  it.each([
    ['a page', '<!DOCTYPE html><title>Dashboards</title>', html],
    ['a page that is not found', '<html>nginx</html>', { ...html, status: 404 }],
    ['an empty 404', '', { status: 404 }],
    ['another JSON', '{"status":"ok"}', {}],
    ['JSON that is broken', '{"version":', {}],
    ['nothing', '', {}],
  ])('%s', async (_, body, options) => {
    const failure = await identityOf(body, options);
    expect(failure).toMatchObject({ code: 'RCTL_NOT_OPENSEARCH', failure: 'connection' });
    expect(failure.remedy).toContain('port 9200');
  });

  it('Elasticsearch', async () => {
    const body = JSON.stringify({
      version: { number: '8.15.0', build_flavor: 'default' },
      tagline: 'You Know, for Search',
    });
    const failure = await identityOf(body);
    expect(failure.code).toBe('RCTL_NOT_OPENSEARCH');
    expect(failure.message).toContain('it is Elasticsearch 8.15.0');
  });

  it('an OpenSearch that is too old', async () => {
    const failure = await identityOf(version({ distribution: 'opensearch', number: '2.18.0' }));
    expect(failure).toMatchObject({ code: 'RCTL_VERSION_UNSUPPORTED', failure: 'refused' });
    expect(failure.message).toContain('OpenSearch 2.18.0');
  });

  it('an OpenSearch that hides its version', async () => {
    const failure = await identityOf(version({ distribution: 'opensearch', number: '7.10.2' }));
    expect(failure.remedy).toContain('override_main_response_version');
  });

  it('a redirect, shown without its query', async () => {
    const location = 'https://login.example.com/sso?ticket=hush';
    const failure = await identityOf('', { status: 302, headers: { location } });
    expect(failure).toMatchObject({ code: 'RCTL_REDIRECTED', failure: 'connection' });
    expect(failure.message).toContain('https://login.example.com/sso,');
  });

  it('an https port that answers plain http with a page', async () => {
    const body = '<html>400 The plain HTTP request was sent to HTTPS port</html>';
    const failure = await identityOf(body, { ...html, status: 400 });
    expect(failure.remedy).toMatch(/^Write https:\/\/127/);
  });
});
