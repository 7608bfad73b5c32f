import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { COMMANDS, type CommandName } from '../../src/cli/command-table.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { dig, isObject, textAt } from '../../src/core/json.ts';
import { rerankctl } from '../support/cli.ts';
import { nodeUrl, securedNode, uniqueName } from '../support/node.ts';
import { startLoop } from './running.ts';

const FOLDER = fileURLToPath(new URL('../../examples/kubernetes/', import.meta.url));
const OBJECTS: readonly unknown[] = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(FOLDER + file, 'utf8')).map((document) => {
    expect(document.errors, file).toEqual([]);
    return document.toJS() as unknown;
  }),
);

function object(kind: string, name: string): unknown {
  const found = OBJECTS.filter(
    (each) => textAt(each, 'kind') === kind && dig(each, 'metadata', 'name') === name,
  );
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind}/${name}`);
  return found[0];
}

const WORKLOADS: [string, unknown][] = [
  ['CronJob', dig(object('CronJob', 'rerankctl-drift'), 'spec', 'jobTemplate', 'spec', 'template', 'spec')],
  ['Deployment', dig(object('Deployment', 'rerankctl-reconcile'), 'spec', 'template', 'spec')],
];

function container(pod: unknown): unknown {
  return dig(pod, 'containers', 0);
}

function argsOf(pod: unknown): string[] {
  return dig(container(pod), 'args') as string[];
}

describe.each(WORKLOADS)('The %s of examples/kubernetes', (_kind, pod) => {
  it('uses a command and flags that there are', () => {
    expect(dig(container(pod), 'command')).toEqual(['rerankctl']);
    const [command = '', ...args] = argsOf(pod);
    expect(Object.keys(COMMANDS)).toContain(command);
    expect(parseFlags(command as CommandName, args).positionals).toEqual([]);
  });

  it('mounts what there is, where its flags look for it', () => {
    const mounts = dig(container(pod), 'volumeMounts') as {
      name: string;
      mountPath: string;
      readOnly: boolean;
    }[];
    const volumes = dig(pod, 'volumes') as object[];
    const mountOf = (path: string) => mounts.find(({ mountPath }) => path.startsWith(mountPath));
    const { flags } = parseFlags(argsOf(pod)[0] as CommandName, argsOf(pod).slice(1));
    for (const path of [...flags.list('file'), flags.text('password-file'), flags.text('ca-file')]) {
      const mount = mountOf(path ?? '');
      expect(mount?.readOnly, path).toBe(true);
      const volume = volumes.find((each) => textAt(each, 'name') === mount?.name);
      const [configMap, secret] = [dig(volume, 'configMap', 'name'), dig(volume, 'secret', 'secretName')];
      const source =
        configMap === undefined ? object('Secret', String(secret)) : object('ConfigMap', String(configMap));
      const key = path?.slice((mount?.mountPath.length ?? 0) + 1) ?? '';
      const data = dig(source, 'data') ?? dig(source, 'stringData');
      if (key !== '') expect(isObject(data) && Object.keys(data)).toContain(key);
    }
    expect(object('ServiceAccount', String(dig(pod, 'serviceAccountName')))).toMatchObject({
      automountServiceAccountToken: false,
    });
  });

  it('has no more rights than it needs', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container(pod)).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { requests: { memory: expect.anything() }, limits: { memory: expect.anything() } },
    });
  });
});

/** What Node has for a read-only file system: writing anywhere is refused. */
const READ_ONLY = {
  NODE_OPTIONS: [
    process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission',
    '--allow-fs-read=*',
    ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
  ].join(' '),
};

describe('What they run', () => {
  const name = uniqueName('kubernetes');
  const node = securedNode();
  const url = node?.url ?? nodeUrl();
  let root: string;

  /** As the kubelet mounts it: links to a hidden folder, which is swapped as a whole. */
  async function mount(path: string, data: Readonly<Record<string, string>>): Promise<void> {
    const version = '..2026_11_28_22_01_42.1234567890';
    await mkdir(join(root, path, version), { recursive: true });
    await symlink(version, join(root, path, '..data'));
    for (const [key, text] of Object.entries(data)) {
      await writeFile(join(root, path, version, key), text);
      await symlink(join('..data', key), join(root, path, key));
    }
  }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'rerankctl-kubernetes-'));
    const manifests = dig(object('ConfigMap', 'rerankctl-manifests'), 'data') as Record<string, string>;
    const renamed = Object.entries(manifests).map(([key, text]) => [
      key,
      text.replace(/^( {2}name: ).*$/m, `$1${name}`),
    ]);
    await mount('manifests', Object.fromEntries(renamed));
    await mount('credentials', {
      password: `${node?.password ?? 'x'}\n`,
      'ca.crt': node === undefined ? '' : readFileSync(node.caFile, 'utf8'),
    });
  });
  afterAll(async () => {
    const cluster = argsOf(WORKLOADS[0]?.[1]).filter((arg) =>
      /^--(stack|url|username|password-file|ca-file)=/.test(arg),
    );
    const ran = await rerankctl(['destroy', '--confirm', name, ...here(cluster)]);
    expect(ran.code, ran.stderr).toBe(0);
    await rm(root, { recursive: true, force: true });
  });

  /** The flags of an example, with this cluster, this stack and these folders in the place of its own. */
  function here(args: readonly string[]): string[] {
    const own: Readonly<Record<string, string>> = {
      url,
      username: node?.username ?? 'nobody',
      stack: name,
      listen: '127.0.0.1:0',
      interval: '1s',
    };
    return args.map((arg) => {
      const flag = /^--([a-z-]+)=/.exec(arg)?.[1];
      if (flag !== undefined && Object.hasOwn(own, flag)) return `--${flag}=${own[flag]}`;
      return arg.replace(/(^|=)\/(manifests|credentials)/, `$1${root}/$2`);
    });
  }

  it('runs on a real node, without a file system to write to', async () => {
    const [[, cronJob], [, deployment]] = WORKLOADS as [[string, unknown], [string, unknown]];
    let metrics = '';
    const loop = await startLoop(here(argsOf(deployment).slice(1)), { env: READ_ONLY });
    try {
      await loop.until('rerankctl_changes_applied_total{kind="SearchPipeline",action="create"}');
      await loop.until('rerankctl_rounds_total{result="in_sync"}');
      metrics = (await loop.get('/metrics'))[1];
      const { livenessProbe, readinessProbe, ports } = container(deployment) as Record<string, unknown>;
      for (const each of [livenessProbe, readinessProbe]) {
        expect((await loop.get(String(dig(each, 'httpGet', 'path'))))[0]).toBe(200);
        expect(dig(each, 'httpGet', 'port')).toBe(dig(ports, 0, 'name'));
      }
      const { flags } = parseFlags('reconcile', argsOf(deployment).slice(1));
      expect(flags.text('listen')).toBe(`0.0.0.0:${dig(ports, 0, 'containerPort')}`);
    } finally {
      loop.child.kill('SIGTERM');
    }
    const ended = await loop.ended;
    expect(ended.code).toBe(0);
    if (node !== undefined) expect(ended.stdout + ended.stderr + metrics).not.toContain(node.password);
    const drift = await rerankctl(here(argsOf(cronJob)), { env: READ_ONLY });
    expect(drift).toMatchObject({ code: 0, stdout: expect.stringContaining('No drift: 1 resource') });
  });
});
