import { type Release, releases, removablePlugins } from './catalogue.ts';
import { DevError } from './errors.ts';
import type { NodeRecord } from './records.ts';
import { assertSettings } from './settings.ts';
import type { NodeOptions } from './types.ts';

const mostNodes = 9;

function invalid(message: string, remedy: string): DevError {
  return new DevError('DEV_OPTION_INVALID', message, remedy);
}

/** Checks what types cannot, before anything is touched. */
export function assertOptions(options: NodeOptions): Release {
  const release: Release | undefined = releases[options.version];
  if (release === undefined) {
    throw invalid(
      `OpenSearch ${options.version} is not among the versions a local node can be.`,
      `Choose one of ${Object.keys(releases).join(', ')}.`,
    );
  }
  if (options.security && release.security === undefined) {
    throw new DevError(
      'DEV_SECURITY_UNPUBLISHED',
      `The security plugin of OpenSearch ${options.version} is not published at Maven.`,
      'Use --version 2.19.1 --security.',
    );
  }
  assertName(options.name);
  if (!Number.isInteger(options.nodes) || options.nodes < 1 || options.nodes > mostNodes) {
    throw invalid(`${options.nodes} is no number of nodes.`, `Use --nodes 1 to ${mostNodes}.`);
  }
  const { port } = options;
  if (port !== undefined && (!Number.isInteger(port) || port < 1024 || port > 65_000)) {
    throw invalid(`${port} is no port for a local node.`, 'Use --port 1024 to 65000.');
  }
  if (options.heap !== undefined && !/^\d+[mg]$/i.test(options.heap)) {
    throw invalid(`${options.heap} is no heap size.`, 'Write it like --heap 2g or --heap 1536m.');
  }
  for (const name of options.without) {
    if (!removablePlugins.includes(name)) {
      throw invalid(`A node cannot start without ${name}.`, `Leave out: ${removablePlugins.join(', ')}.`);
    }
  }
  assertSettings(options.settings);
  return release;
}

/** A name is a folder and part of the cluster's name. */
export function assertName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return;
  throw invalid(
    `${JSON.stringify(name)} is no name for a node.`,
    'Use lower-case letters, digits and hyphens.',
  );
}

/** How `options` contradict a recorded node. Options left out (port, heap) agree with everything. */
export function differences(record: NodeRecord, options: NodeOptions): string[] {
  const pairs: [string, unknown, unknown][] = [
    ['--version', record.version, options.version],
    ['--security', record.security, options.security],
    ['--nodes', record.members.length, options.nodes],
    ['--port', record.members[0]?.port, options.port ?? record.members[0]?.port],
    ['--heap', record.heap, options.heap?.toLowerCase() ?? record.heap],
    ['--setting', sorted(record.settings), sorted(options.settings)],
    ['--java-opts', record.javaOpts, options.javaOpts],
    ['--without', record.without.toSorted(), options.without.toSorted()],
  ];
  return pairs
    .filter(([, was, is]) => JSON.stringify(was) !== JSON.stringify(is))
    .map(([option, was, is]) => `${option} is ${JSON.stringify(was)}, wanted ${JSON.stringify(is)}`);
}

/** What the data on disk depends on: a stopped node may change anything else. */
export function dataDifferences(record: NodeRecord, options: NodeOptions): string[] {
  return differences(record, options).filter((text) => /^--(version|security|nodes) /.test(text));
}

function sorted(settings: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
