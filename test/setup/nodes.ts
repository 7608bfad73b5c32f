import { down, up } from '../../src/dev/index.ts';

/**
 * Boots the nodes that all test files share: 3.6.0 without security, and 2.19.1 with it. Test files isolate
 * themselves by names. Nodes given from outside (`RERANKCTL_TEST_URL`, `RERANKCTL_TEST_SECURED`) are used as they
 * are and left running, and so is a node that another run has started.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.RERANKCTL_TEST_OFFLINE) return undefined;
  const started: string[] = [];
  const onEvent = (): void => undefined;
  // Test files that run at once have more models between them than the ten that a node takes by default.
  const settings = { 'plugins.ml_commons.max_model_on_node': '100' };
  const node = (name: string) => ({ name, nodes: 1, settings, javaOpts: [], without: [] });
  // It lives for half an hour: the audit log and the second compiler took 40 % of its time (171 and 105 CPU seconds).
  const securedNode = {
    ...node('test-secured'),
    settings: { ...settings, 'plugins.security.audit.type': 'noop' },
    javaOpts: ['-XX:TieredStopAtLevel=1'],
  };
  // One after the other: together they fight for the cores, and take longer.
  if (process.env.RERANKCTL_TEST_URL === undefined) {
    const plain = await up({ ...node('test'), version: '3.6.0', security: false }, { onEvent });
    process.env.RERANKCTL_TEST_URL = plain.url;
    if (!plain.reused) started.push(plain.name);
  }
  if (process.env.RERANKCTL_TEST_SECURED === undefined) {
    const secured = await up({ ...securedNode, version: '2.19.1', security: true }, { onEvent });
    process.env.RERANKCTL_TEST_SECURED = JSON.stringify({ url: secured.url, ...secured.credentials });
    if (!secured.reused) started.push(secured.name);
  }
  return async () => {
    for (const name of started) await down({ name, all: false, purge: true }, { onEvent });
  };
}
