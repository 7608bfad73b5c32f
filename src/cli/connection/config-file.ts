import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Diagnostic, sortDiagnostics } from '../../core/diagnostic.ts';
import { RerankctlError } from '../../core/errors.ts';
import { isObject, type Json, pointerTo } from '../../core/json.ts';
import type { Config } from '../../generated/specs.ts';
import { explainAll } from '../../manifest/explain.ts';
import { type ParsedDocument, parseSource } from '../../manifest/parse.ts';
import { validationErrors } from '../../manifest/validate.ts';
import { countOf } from '../render/diagnostics.ts';

export type Profile = NonNullable<Config['profiles']>[string];

/** `rerankctl.yaml`, read and valid. */
export interface ConfigFile {
  readonly path: string;
  readonly defaultProfile: string | undefined;
  readonly profiles: Readonly<Record<string, Profile>>;
  /** The line of a value, for its origin. */
  lineOf(pointer: string): number;
}

const NAME = 'rerankctl.yaml';

/** The file that `--config` names, or the one that belongs to the working folder. */
export async function readConfig(cwd: string, named: string | undefined): Promise<ConfigFile | undefined> {
  const path = named === undefined ? await findConfig(cwd) : resolve(cwd, named);
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RerankctlError(
      'usage',
      'RCTL_CONFIG_NOT_FOUND',
      `The configuration ${named ?? path} cannot be read (${error.code ?? error.message}).`,
      { remedy: `It was looked for at ${path}.` },
    );
  });
  return configOf(path, text);
}

/**
 * In the working folder, or above it up to the root of its git repository. Outside of one, only in the working folder:
 * above, it might be somebody else's who would like to see our password.
 */
async function findConfig(cwd: string): Promise<string | undefined> {
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder);
    if (await exists(join(folder, '.git'))) break;
    if (folder === dirname(folder)) {
      folders.splice(1);
      break;
    }
  }
  for (const folder of folders) {
    const path = join(folder, NAME);
    if (await exists(path)) return path;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function configOf(path: string, text: string): ConfigFile {
  const source = { file: path, folder: dirname(path), text: text.replace(/^\ufeff/, ''), isJson: false };
  const { documents, diagnostics } = parseSource(source);
  const [document, second] = documents;
  const problems: Diagnostic[] = [...diagnostics];
  if (second !== undefined) {
    const message = 'There is a second document in this file.';
    const remedy = 'Put all profiles into the first one, and remove the line `---`.';
    problems.push({
      severity: 'error',
      code: 'RCTL_INVALID_CONFIG',
      message,
      remedy,
      ...second.locator.at(''),
    });
  }
  if (document !== undefined && !document.broken) problems.push(...problemsOf(document));
  if (problems.length > 0) throw invalid(path, problems);
  const config = (document?.data ?? {}) as Config;
  return {
    path,
    defaultProfile: config.default_profile,
    profiles: config.profiles ?? {},
    lineOf: (pointer) => document?.locator.at(pointer, 'key').location.line ?? 1,
  };
}

/** No line of this file is ever shown: what is wrong with it may be that it holds a password. */
function invalid(path: string, problems: readonly Diagnostic[]): RerankctlError {
  const diagnostics = sortDiagnostics(problems.map(({ snippet: _hidden, ...problem }) => problem));
  const message = `${countOf(diagnostics.length, 'error')} in ${path}.`;
  return new RerankctlError('usage', 'RCTL_INVALID_CONFIG', message, { diagnostics });
}

function problemsOf({ data, locator }: ParsedDocument): Diagnostic[] {
  const secrets = literalSecrets(data, '');
  const shown = withoutKeys(data, new Set(secrets.map(({ pointer }) => pointer)));
  const subject = {
    name: 'config',
    shown,
    textOf: (pointer: string) => locator.textOf(pointer),
    isSecret: (pointer: string) => SECRET_WORD.test(pointer),
    isInFlow: (pointer: string) => locator.isInFlow(pointer),
  };
  const errors = validationErrors('config', shown, '', new Map());
  const wrong = explainAll(errors, subject).map(
    ({ code, message, remedy, pointer, aim }): Diagnostic => ({
      severity: 'error',
      code,
      message,
      ...(remedy === undefined ? {} : { remedy }),
      pointer,
      ...locator.at(pointer, aim),
    }),
  );
  const literal = secrets.map(
    ({ pointer, name, remedy }): Diagnostic => ({
      severity: 'error',
      code: 'RCTL_CONFIG_SECRET',
      message: `\`${name}\` is written in this file, and a secret does not belong there.`,
      remedy,
      pointer,
      ...locator.at(pointer, 'key'),
    }),
  );
  return [...wrong, ...literal, ...defaultProblem(shown, locator)];
}

const SECRET_WORD = /password|token|passphrase|secret|credential|access_?key|api_?key/i;

/** What to write instead, by the word that the key has in it. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [
    /passphrase/i,
    'Name a file (client_key_passphrase_file) or an environment variable (client_key_passphrase_env).',
  ],
  [
    /access_?key|session_?token|secret/i,
    'Keys of AWS are found by its SDK: AWS_PROFILE, AWS_ACCESS_KEY_ID and so on.',
  ],
  [/token|api_?key/i, 'Name a file (token_file) or an environment variable (token_env).'],
  [/./, 'Name a file (password_file) or an environment variable (password_env).'],
];

interface LiteralSecret {
  readonly pointer: string;
  readonly name: string;
  readonly remedy: string;
}

/** Keys that ask for a secret, wherever they stand and however they are spelt, and URLs with a password in them. */
function literalSecrets(value: Json, at: string): LiteralSecret[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]): LiteralSecret[] => {
    const pointer = pointerTo(at, name);
    if (isObject(inner)) return literalSecrets(inner, pointer);
    if (typeof inner === 'string' && /^[^/]*\/\/.*:.*@/.test(inner)) {
      const remedy =
        name === 'proxy'
          ? 'Leave user and password out here, and give the URL with them in HTTPS_PROXY or HTTP_PROXY.'
          : 'Leave them out of the URL: `username`, and `password_file` or `password_env`.';
      return [{ pointer, name: `${name} with a password`, remedy }];
    }
    if (!SECRET_WORD.test(name) || /_?(file|env)$/i.test(name)) return [];
    const remedy = INSTEAD.find(([word]) => word.test(name))?.[1] ?? '';
    return [{ pointer, name, remedy }];
  });
}

/** A tree without what was complained of already. */
function withoutKeys(value: Json, pointers: ReadonlySet<string>, at = ''): Json {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !pointers.has(pointerTo(at, name)));
  return Object.fromEntries(
    kept.map(([name, inner]) => [name, withoutKeys(inner, pointers, pointerTo(at, name))]),
  );
}

function defaultProblem(data: Json, locator: ParsedDocument['locator']): Diagnostic[] {
  const { default_profile: name, profiles } = isObject(data) ? data : {};
  if (typeof name !== 'string' || (isObject(profiles) && Object.hasOwn(profiles, name))) return [];
  return [
    {
      severity: 'error',
      code: 'RCTL_PROFILE_UNKNOWN',
      message: `There is no profile ${name} for \`default_profile\`.`,
      remedy: 'Give one of those under `profiles`.',
      pointer: '/default_profile',
      ...locator.at('/default_profile', 'value'),
    },
  ];
}
