import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { type ConnectionSettings, readSettings } from '../../src/cli/connection/settings.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import type { Io } from '../../src/cli/io.ts';
import { fieldHelp } from '../../src/manifest/fields.ts';
import { failureOf } from '../opensearch/failing.ts';
import { rerankctl } from '../support/cli.ts';

let root: string;
let cwd: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'rerankctl-settings-')));
  await mkdir(join(root, 'repository/.git'), { recursive: true });
  await mkdir(join(root, 'repository/deploy/eu'), { recursive: true });
  await writeFile(join(root, 'secret'), 'from-a-file\n', { mode: 0o600 });
  await writeFile(join(root, 'empty'), '\n');
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  cwd = join(root, 'repository');
  await rm(join(cwd, 'rerankctl.yaml'), { force: true });
});

type Env = Readonly<Record<string, string>>;

function read(args: readonly string[], env: Env = {}, folder = cwd): Promise<ConnectionSettings> {
  const { flags, positionals } = parseFlags('plan', args);
  const output = { isTTY: false, columns: 80, write: () => {} };
  const io: Io = {
    stdout: output,
    stderr: output,
    env,
    cwd: folder,
    signal: new AbortController().signal,
    readStdin: async () => 'from-stdin\n',
    ask: async () => undefined,
  };
  const color = { stdout: false, stderr: false };
  const live = { output, unicode: true };
  return readSettings({
    ...{ io, flags, positionals, color, live },
    ...{ output: 'text', stream: undefined, unicode: true },
  });
}

function config(text: string, folder = cwd): Promise<void> {
  return writeFile(join(folder, 'rerankctl.yaml'), text);
}

/** One profile `p`, which is the default, with one field. */
const profile = (field: string): string => `default_profile: p\nprofiles:\n  p:\n    ${field}\n`;

const shown = (
  { shown: all }: ConnectionSettings,
  name: string,
): [string | undefined, string | undefined] => {
  const found = all.find((each) => each.name === name);
  return [found?.value, found?.origin];
};

describe('what goes before what', () => {
  const secret = (): string => join(root, 'secret');
  /** Each setting in all the places that it can be given in, the first of which wins. */
  const TABLE: readonly {
    name: string;
    flag: readonly [flag: string, value: string];
    env?: readonly [variable: string, value: string];
    file: readonly [field: string, value: string];
    fallback: string | undefined;
    /** What else must be there. */
    with?: { args?: string[]; env?: Env };
  }[] = [
    {
      name: 'url',
      flag: ['--url', 'https://flag:1'],
      env: ['OPENSEARCH_URL', 'https://env:1'],
      file: ['url: https://file:1', 'https://file:1'],
      fallback: 'http://127.0.0.1:9200',
    },
    {
      name: 'username',
      flag: ['--username', 'by-flag'],
      env: ['OPENSEARCH_USERNAME', 'by-env'],
      file: ['username: by-file', 'by-file'],
      fallback: undefined,
    },
    {
      name: 'ca_file',
      flag: ['--ca-file', '/flag.pem'],
      env: ['OPENSEARCH_CA_FILE', '/env.pem'],
      file: ['ca_file: /file.pem', '/file.pem'],
      fallback: undefined,
    },
    {
      name: 'client_cert',
      flag: ['--client-cert', '/flag.pem'],
      env: ['OPENSEARCH_CLIENT_CERT', '/env.pem'],
      file: ['client_cert: /file.pem', '/file.pem'],
      fallback: undefined,
    },
    {
      name: 'client_key',
      flag: ['--client-key', '/flag.key'],
      env: ['OPENSEARCH_CLIENT_KEY', '/env.key'],
      file: ['client_key: /file.key', '/file.key'],
      fallback: undefined,
    },
    {
      name: 'aws.region',
      flag: ['--aws-region', 'eu-flag-1'],
      env: ['AWS_REGION', 'eu-env-1'],
      file: ['aws: { service: es, region: eu-file-1 }', 'eu-file-1'],
      fallback: 'eu-default-1',
      with: { args: ['--aws-service', 'es'], env: { AWS_DEFAULT_REGION: 'eu-default-1' } },
    },
    {
      name: 'aws.service',
      flag: ['--aws-service', 'aoss'],
      file: ['aws: { service: es }', 'es'],
      fallback: undefined,
      with: { env: { AWS_REGION: 'eu-central-1' } },
    },
    {
      name: 'proxy',
      flag: ['--proxy', 'http://flag:1'],
      env: ['HTTPS_PROXY', 'http://env:1'],
      file: ['proxy: http://file:1', 'http://file:1'],
      fallback: undefined,
      with: { args: ['--url', 'https://far:9200'] },
    },
    {
      name: 'stack',
      flag: ['--stack', 'by-flag'],
      file: ['stack: by-file', 'by-file'],
      fallback: 'default',
    },
    {
      name: 'request_timeout',
      flag: ['--request-timeout', '11'],
      file: ['request_timeout: 33', '33 s'],
      fallback: '60 s',
    },
  ];

  it.each(TABLE)('$name: flag, environment, file, default', async (row) => {
    const { name, flag, env, file, fallback } = row;
    const args = row.with?.args ?? [];
    const around = row.with?.env ?? {};
    const variable: Env = env === undefined ? {} : { [env[0]]: env[1] };
    const line = `rerankctl.yaml:4`;
    const ofFlag = name === 'request_timeout' ? `${flag[1]} s` : flag[1];
    const byFlag = [flag[0], flag[1]];
    const withoutOwn = args.filter((word, i) => word !== flag[0] && args[i - 1] !== flag[0]);

    const nothing = await read(args, around);
    expect(shown(nothing, name)[0]).toBe(fallback);
    await config(profile(file[0]));
    const fromFile = await read(name === 'aws.region' ? [] : withoutOwn, name === 'aws.region' ? {} : around);
    expect(shown(fromFile, name)).toEqual([file[1], line]);
    if (env !== undefined) {
      const fromEnv = await read(name === 'aws.region' ? [] : args, { ...around, ...variable });
      expect(shown(fromEnv, name)).toEqual([env[1], env[0]]);
    }
    const fromFlag = await read([...args, ...byFlag], { ...around, ...variable });
    expect(shown(fromFlag, name)).toEqual([ofFlag, flag[0]]);
    // A variable that is set to nothing says nothing.
    if (env !== undefined && name !== 'aws.region') {
      const empty = await read(args, { ...around, [env[0]]: '' });
      expect(shown(empty, name)).toEqual([file[1], line]);
    }
  });

  it.each([
    ['password', 'password', 'OPENSEARCH_PASSWORD', []],
    ['token', 'token', 'OPENSEARCH_TOKEN', []],
    [
      'client_key_passphrase',
      'clientKeyPassphrase',
      'OPENSEARCH_CLIENT_KEY_PASSPHRASE',
      ['--client-key', '/k'],
    ],
  ] as const)('%s: flag, environment, file or variable of the file', async (field, of, variable, args) => {
    const flag = `--${field.replaceAll('_', '-')}-file`;
    const env = { [variable]: 'from-env', MINE: 'from-mine' };
    await config(profile(`${field}_env: MINE`));
    const cases: [Promise<ConnectionSettings>, string, string][] = [
      [read([...args, flag, '-'], env), 'from-stdin', `${flag} (stdin)`],
      [read([...args, flag, secret()], env), 'from-a-file', `${flag} ${secret()}`],
      [read(args, env), 'from-env', variable],
      [read(args, { ...env, [variable]: '' }), 'from-mine', 'rerankctl.yaml:4 (MINE)'],
    ];
    for (const [reading, value, origin] of cases) {
      const settings = await reading;
      expect(settings.connection[of]).toBe(value);
      expect(shown(settings, field)).toEqual(['(sensitive)', origin]);
      expect(JSON.stringify(settings.shown)).not.toContain(value);
    }
    await config(profile(`${field}_file: ../secret`));
    const fromFile = await read(args);
    expect(fromFile.connection[of]).toBe('from-a-file');
    expect(shown(fromFile, field)[1]).toBe('rerankctl.yaml:4 (file ../secret)');
  });

  it('insecure: flag or file, and a warning with each run to an https cluster', async () => {
    const https = ['--url', 'https://far:9200'];
    expect((await read(https)).connection.insecure).toBe(false);
    const flagged = await read([...https, '--insecure-skip-tls-verify']);
    expect(flagged.warnings.map(({ code }) => code)).toEqual(['RCTL_TLS_UNCHECKED']);
    await config(profile('insecure: true'));
    const filed = await read(https);
    expect(filed.connection.insecure).toBe(true);
    expect(filed.warnings.map(({ message }) => message).join()).toContain('rerankctl.yaml:4');
    expect((await read([])).warnings).toEqual([]);
  });
});

describe('the file', () => {
  const two =
    'profiles:\n  dev:\n    url: http://dev:1\n  prod:\n    url: https://prod:1\n    ca_file: certs/ca.pem\n';

  it('is found in the folder or above it, up to the root of the repository; paths are relative to it', async () => {
    await config(two);
    const deep = await read(['--profile', 'prod'], {}, join(cwd, 'deploy/eu'));
    expect(shown(deep, 'url')).toEqual(['https://prod:1', '../../rerankctl.yaml:5']);
    expect(deep.connection.caFile).toBe(join(cwd, 'certs/ca.pem'));
    expect(deep.profile).toBe('prod of ../../rerankctl.yaml, by --profile');
    await config(two, root);
    await rm(join(cwd, 'rerankctl.yaml'));
    const above = await failureOf(read(['--profile', 'prod'], {}, join(cwd, 'deploy')));
    expect(above).toMatchObject({ code: 'RCTL_PROFILE_UNKNOWN', failure: 'usage' });
    expect((await read(['--profile', 'prod'], {}, root)).connection.url).toBe('https://prod:1');
  });

  it('outside of a repository counts in the working folder alone', async () => {
    await mkdir(join(root, 'outside/below'), { recursive: true });
    await config(two, join(root, 'outside'));
    const below = await failureOf(read(['--profile', 'dev'], {}, join(root, 'outside/below')));
    expect(below.remedy).toContain('no rerankctl.yaml');
    expect((await read(['--profile', 'dev'], {}, join(root, 'outside'))).connection.url).toBe('http://dev:1');
  });

  it('is another one with --config', async () => {
    const other = join(root, 'clusters.yml');
    await writeFile(other, two);
    const settings = await read(['--config', '../clusters.yml', '--profile', 'dev']);
    expect(shown(settings, 'url')).toEqual(['http://dev:1', '../clusters.yml:3']);
    const missing = await failureOf(read(['--config', 'absent.yaml']));
    expect(missing).toMatchObject({ code: 'RCTL_CONFIG_NOT_FOUND', failure: 'usage' });
  });

  it('has the profile chosen by flag, variable or itself, in this order', async () => {
    await config(`default_profile: dev\n${two}`);
    expect((await read([])).profile).toBe('dev of rerankctl.yaml, by default_profile');
    const env = { RERANKCTL_PROFILE: 'prod' };
    expect((await read([], env)).profile).toBe('prod of rerankctl.yaml, by RERANKCTL_PROFILE');
    expect((await read(['--profile', 'dev'], env)).profile).toBe('dev of rerankctl.yaml, by --profile');
    await config(two);
    const none = await read([]);
    expect([none.profile, none.connection.url]).toEqual([undefined, 'http://127.0.0.1:9200']);
  });

  it.each([
    ['--profile', 'pord', 'Did you mean `prod`?'],
    ['--profile', 'staging', 'rerankctl.yaml has `dev` and `prod`.'],
    ['--profile', 'constructor', 'rerankctl.yaml has `dev` and `prod`.'],
  ])('does not know %s %s', async (flag, name, remedy) => {
    await config(two);
    const failure = await failureOf(read([flag, name]));
    expect(failure).toMatchObject({ code: 'RCTL_PROFILE_UNKNOWN', remedy });
  });

  it('warns when a variable leads a profile to another cluster', async () => {
    await config(two);
    const args = ['--profile', 'prod'];
    const led = await read(args, { OPENSEARCH_URL: 'http://elsewhere:1' });
    expect(led.warnings.map(({ code }) => code)).toEqual(['RCTL_PROFILE_OVERRIDDEN']);
    expect((await read([...args, '--url', 'https://tunnel:1'])).warnings).toEqual([]);
  });

  it('may be empty', async () => {
    await config('# nothing yet\n');
    expect((await read([])).profile).toBeUndefined();
  });

  it('tells all its errors at once, with line and column and without the lines', async () => {
    await config(`default_profile: prdo
profiles:
  prod:
    ulr: https://prod:1
    password: hush-1
    aws:
      service: s3
      secret_access_key: hush-2
    request_timeout: soon
    proxy: http://al:hush-3@proxy:1
    pasword_file: secrets/password
token: hush-4
`);
    const ran = await rerankctl(['state', 'list'], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).not.toContain('hush');
    const told = ran.stderr.split('\n').filter((line) => line.includes('RCTL_'));
    expect(told.map((line) => line.replace(': error', ''))).toEqual([
      'rerankctl.yaml:1:18 RCTL_PROFILE_UNKNOWN',
      'rerankctl.yaml:4:5 RCTL_UNKNOWN_FIELD',
      'rerankctl.yaml:5:5 RCTL_CONFIG_SECRET',
      'rerankctl.yaml:7:16 RCTL_INVALID_VALUE',
      'rerankctl.yaml:8:7 RCTL_CONFIG_SECRET',
      'rerankctl.yaml:9:22 RCTL_WRONG_TYPE',
      'rerankctl.yaml:10:5 RCTL_CONFIG_SECRET',
      'rerankctl.yaml:11:5 RCTL_UNKNOWN_FIELD',
      'rerankctl.yaml:12:1 RCTL_CONFIG_SECRET',
    ]);
    for (const words of [
      'Did you mean `url`?',
      'password_file',
      'password_env',
      'AWS_PROFILE',
      'HTTPS_PROXY',
      'Did you mean `password_file`?',
      'token_env',
    ]) {
      expect(ran.stderr).toContain(words);
    }
    const json = await rerankctl(['state', 'list', '--output', 'json'], { cwd });
    expect(JSON.parse(json.stdout).diagnostics).toHaveLength(9);
    expect(json.stdout).not.toContain('hush');
  });

  it.each([
    ['profiles: {', 'RCTL_YAML_SYNTAX'],
    ['profiles: {}\n---\nprofiles: {}\n', 'RCTL_INVALID_CONFIG'],
    ['- a\n', 'RCTL_WRONG_TYPE'],
    ['profiles:\n  p:\n    password_env: "hush hush"\n', 'RCTL_INVALID_VALUE'],
    ['profiles:\n  p: { url: "https://al:hush@h:1" }\n', 'RCTL_CONFIG_SECRET'],
    ['profiles:\n  p: { url: "https://al:/hush@h:1" }\n', 'RCTL_CONFIG_SECRET'],
  ])('is refused: %j', async (text, code) => {
    await config(text);
    const failure = await failureOf(read([]));
    expect(failure).toMatchObject({ code: 'RCTL_INVALID_CONFIG', failure: 'usage' });
    expect(failure.diagnostics.map((each) => each.code)).toContain(code);
    expect(JSON.stringify(failure.diagnostics)).not.toContain('hush');
  });

  it('is no manifest of the folder that it lies in', async () => {
    await config(two);
    await writeFile(
      join(cwd, 'group.yaml'),
      'apiVersion: rerankctl/v1\nkind: ModelGroup\nmetadata: { name: g }\nspec: { name: g }\n',
    );
    const ran = await rerankctl(['validate', '-f', '.'], { cwd });
    expect(ran).toMatchObject({ code: 0, stdout: 'Valid: 1 resource in 1 file.\n' });
  });
});

describe('two ways at once', () => {
  const USER = { OPENSEARCH_USERNAME: 'al', OPENSEARCH_PASSWORD: 'hush' };
  const TOKEN = { OPENSEARCH_TOKEN: 'hush' };

  it.each<[string, string, string[], Env, string[]]>([
    [
      'user and token',
      '',
      [],
      { ...USER, ...TOKEN },
      ['user and password (OPENSEARCH_USERNAME)', 'a token (OPENSEARCH_TOKEN)'],
    ],
    [
      'a password that was left over',
      '',
      ['--token-file', '-'],
      { OPENSEARCH_PASSWORD: 'hush' },
      ['OPENSEARCH_PASSWORD', '--token-file (stdin)'],
    ],
    ['a flag and the file', 'token_env: T', ['--username', 'al'], {}, ['--username', 'rerankctl.yaml:4']],
    [
      'AWS and a user',
      'aws: { service: es, region: r }',
      [],
      USER,
      ['OPENSEARCH_USERNAME', 'signatures for AWS (rerankctl.yaml:4)'],
    ],
    [
      'AWS and a token',
      '',
      ['--aws-service', 'es', '--aws-region', 'r'],
      TOKEN,
      ['OPENSEARCH_TOKEN', '--aws-service'],
    ],
    [
      'the URL and a token',
      '',
      ['--url', 'http://al:hush@h:1'],
      TOKEN,
      ['the URL (--url)', 'OPENSEARCH_TOKEN'],
    ],
    [
      'two users',
      '',
      ['--url', 'http://al@h:1', '--username', 'bo'],
      { OPENSEARCH_PASSWORD: 'hush' },
      ['bo (--username)', 'al of the URL (--url)'],
    ],
    [
      'two passwords',
      '',
      [],
      { OPENSEARCH_URL: 'http://al:hush@h:1', OPENSEARCH_PASSWORD: 'hush' },
      ['OPENSEARCH_PASSWORD', 'the URL (OPENSEARCH_URL)'],
    ],
    [
      'two sources',
      'password_env: P\n    password_file: f',
      [],
      { P: 'hush' },
      ['rerankctl.yaml:4', 'rerankctl.yaml:5'],
    ],
  ])('%s', async (_, field, args, env, words) => {
    if (field !== '') await config(profile(field));
    const failure = await failureOf(read(args, env));
    expect(failure).toMatchObject({ code: 'RCTL_CREDENTIALS_CONFLICT', failure: 'usage' });
    for (const word of words) expect(failure.message).toContain(word);
    expect(failure.message).not.toContain('hush');
  });

  it('stdin is read once', async () => {
    const failure = await failureOf(read(['-f', '-', '--password-file', '-', '--username', 'al']));
    expect(failure.message).toBe('-f - and --password-file - both want stdin.');
  });

  it.each<[string[], Env, string, string]>([
    [
      ['--password-file', '/nowhere', '--username', 'al'],
      {},
      'RCTL_USAGE',
      'The password file /nowhere cannot be read (ENOENT)',
    ],
    [['--token-file', '../empty'], {}, 'RCTL_SECRET_MISSING', 'There is no token in it'],
    [['--aws-region', 'eu-central-1'], {}, 'RCTL_USAGE', 'nothing says that requests are to be signed'],
    [['--proxy', 'socks5://al:hush@h:1'], {}, 'RCTL_PROXY_INVALID', '`socks5://h:1`'],
  ])('%j is told', async (args, env, code, words) => {
    const failure = await failureOf(read(args, env));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
  });

  it('a variable that a profile names has to be set', async () => {
    await config(profile('token_env: CI_TOKEN'));
    expect(await failureOf(read([]))).toMatchObject({
      code: 'RCTL_SECRET_MISSING',
      message:
        'The environment variable CI_TOKEN is not set, and the token is to come from it (rerankctl.yaml:4 (CI_TOKEN)).',
    });
  });
});

describe('user and password in a URL', () => {
  it('are used and show nowhere, not even in the words to apply', async () => {
    const url = 'http://al:hush@127.0.0.1:1';
    const settings = await read(['--url', url]);
    expect(settings.connection).toMatchObject({
      url: 'http://127.0.0.1:1/',
      username: 'al',
      password: 'hush',
    });
    expect(shown(settings, 'username')).toEqual(['al', 'the URL (--url)']);
    for (const args of [['doctor'], ['doctor', '--output', 'json'], ['state', 'list', '--debug']]) {
      const ran = await rerankctl([...args, '--url', url, '--proxy', 'http://bo:hush@127.0.0.1:1'], { cwd });
      expect(ran.code).toBe(4);
      expect(ran.stdout + ran.stderr).not.toContain('hush');
      expect(ran.stdout + ran.stderr).toContain('http://***@127.0.0.1:1');
    }
  });
});

it('a URL that is none shows no password either', async () => {
  const ran = await rerankctl(['doctor', '--debug', '--url', 'http://al:hu/sh@h:1'], { cwd });
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain('RCTL_URL_INVALID');
  expect(ran.stdout + ran.stderr).not.toContain('hu/sh');
});

describe('the page about it', () => {
  const page = readFileSync(new URL('../../docs/connecting.md', import.meta.url), 'utf8');

  it('has every flag of the connection and every field of a profile', () => {
    const common = ['output', 'color', 'debug', 'help'];
    for (const { name } of COMMANDS.state.flags) {
      if (!common.includes(name)) expect(page).toContain(`\`--${name}\``);
    }
    const fields = fieldHelp('config.profiles.any');
    for (const { path } of 'missing' in fields ? [] : fields.fields) {
      expect(page).toContain(`\`${path.replace('config.profiles.*.', '')}`);
    }
    expect('missing' in fields ? [] : fields.fields).toHaveLength(16);
  });

  it('shows a file that works', async () => {
    const example = /```yaml\n# rerankctl\.yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
    await config(example);
    const settings = await read(['--profile', 'production'], { SEARCH_PASSWORD: 'hush' });
    expect(settings.connection).toMatchObject({ username: 'rerankctl', password: 'hush' });
    expect(settings.stack).toBe('production');
    expect((await read(['--profile', 'aws'])).connection.aws).toEqual({
      service: 'es',
      region: 'eu-central-1',
    });
    expect((await read([])).connection.url).toBe('http://127.0.0.1:9200');
  });
});

describe('NO_PROXY', () => {
  it.each([
    ['far.test', 'https://far.test:9200', true],
    ['far.test', 'https://a.far.test:9200', true],
    ['.far.test', 'https://far.test:9200', true],
    ['*.far.test', 'https://a.far.test:9200', true],
    ['far.test', 'https://nearfar.test:9200', false],
    ['near.test far.test', 'https://FAR.test:9200', true],
    ['far.test:9200', 'https://far.test:9200', true],
    ['far.test:9201', 'https://far.test:9200', false],
    ['far.test:443', 'https://far.test', true],
    ['*', 'https://far.test:9200', true],
    ['10.1.2.3', 'https://10.1.2.3:9200', true],
    ['10.1.0.0/16', 'https://10.1.2.3:9200', true],
    ['10.1.0.0/16', 'https://10.2.2.3:9200', false],
    ['10.1.0.0/16', 'https://far.test:9200', false],
    ['2.3', 'https://10.1.2.3:9200', false],
    ['fd00::/8', 'https://[fd00::1]:9200', true],
    ['fd00::1', 'https://[fd00::1]:9200', true],
    ['[fd00::1]:9200', 'https://[fd00::1]:9200', true],
    ['nonsense/99, , .', 'https://far.test:9200', false],
  ])('%s and %s: %s', async (list, url, direct) => {
    const settings = await read(['--url', url], { HTTPS_PROXY: 'proxy.test:3128', NO_PROXY: list });
    expect(settings.connection.proxy === undefined).toBe(direct);
  });

  it('is not asked about --proxy, and is about the file', async () => {
    await config(profile('proxy: http://proxy:1'));
    const url = ['--url', 'https://far.test:9200'];
    const env = { no_proxy: 'far.test' };
    expect(shown(await read(url, env), 'proxy')).toEqual(['none', 'no_proxy (and not rerankctl.yaml:4)']);
    expect(shown(await read([...url, '--proxy', 'http://flag:1'], env), 'proxy')[0]).toBe('http://flag:1');
  });
});
