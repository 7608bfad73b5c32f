import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { RerankctlError } from '../../core/errors.ts';
import type { Invocation } from '../command.ts';
import { usage } from '../flags.ts';
import type { ChosenProfile } from './profile.ts';

/** A secret and where it is from. The value is behind a function, so that printing this shows none. */
export interface Secret {
  readonly origin: string;
  reveal(): string;
}

/** Where a secret may come from. There is no flag that takes the secret itself: every process may read flags. */
export interface SecretNames {
  /** In messages: `password`. */
  readonly what: string;
  readonly flag: string;
  readonly env: string;
  readonly file: 'password_file' | 'token_file' | 'client_key_passphrase_file';
  readonly variable: 'password_env' | 'token_env' | 'client_key_passphrase_env';
}

/** Where a secret is to be read from, before it is. */
export type SecretSource =
  | { readonly origin: string; readonly from: 'file'; readonly path: string }
  | { readonly origin: string; readonly from: 'stdin' }
  | { readonly origin: string; readonly from: 'variable'; readonly name: string };

/** The first place that names one: flag, environment, profile. Nothing is read yet. */
export function secretSource(
  names: SecretNames,
  { flags, io }: Invocation,
  profile: ChosenProfile,
): SecretSource | undefined {
  const path = flags.text(names.flag);
  if (path === '-') return { origin: `--${names.flag} (stdin)`, from: 'stdin' };
  if (path !== undefined)
    return { origin: `--${names.flag} ${path}`, from: 'file', path: resolve(io.cwd, path) };
  if (isSet(io.env[names.env])) return { origin: names.env, from: 'variable', name: names.env };
  return inProfile(names, profile);
}

function inProfile(names: SecretNames, profile: ChosenProfile): SecretSource | undefined {
  const file = profile.values[names.file];
  const variable = profile.values[names.variable];
  if (file !== undefined && variable !== undefined) {
    throw new RerankctlError(
      'usage',
      'RCTL_CREDENTIALS_CONFLICT',
      `The ${names.what} has two sources in profile ${profile.name}: \`${names.file}\` (${profile.placeOf(names.file)}) and \`${names.variable}\` (${profile.placeOf(names.variable)}).`,
      { remedy: 'Keep one of them.' },
    );
  }
  if (file !== undefined) {
    const origin = `${profile.placeOf(names.file)} (file ${file})`;
    return { origin, from: 'file', path: resolve(dirname(profile.file ?? ''), file) };
  }
  if (variable === undefined) return undefined;
  return { origin: `${profile.placeOf(names.variable)} (${variable})`, from: 'variable', name: variable };
}

/** A variable that is set to nothing, as CI systems do with secrets that a run may not see, is not set. */
export function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** Reads it. A final line end is none of it. */
export async function readSecret(
  names: SecretNames,
  source: SecretSource,
  { io }: Invocation,
): Promise<{ secret: Secret; warnings: Diagnostic[] }> {
  const { origin } = source;
  if (source.from === 'variable') {
    const value = io.env[source.name];
    if (!isSet(value)) {
      throw new RerankctlError(
        'usage',
        'RCTL_SECRET_MISSING',
        `The environment variable ${source.name} is not set, and the ${names.what} is to come from it (${origin}).`,
        { remedy: `Set it, or give the ${names.what} in a file.` },
      );
    }
    return { secret: { origin, reveal: () => value }, warnings: [] };
  }
  const text =
    source.from === 'stdin'
      ? await io.readStdin()
      : await readFile(source.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
          throw usage(
            `The ${names.what} file ${source.path} cannot be read (${error.code ?? error.message}): ${origin}.`,
            'Check the path and its permissions.',
          );
        });
  const value = text.replace(/\r?\n$/, '');
  if (value === '') {
    throw new RerankctlError('usage', 'RCTL_SECRET_MISSING', `There is no ${names.what} in it: ${origin}.`, {
      remedy: `Write the ${names.what} into it, on one line.`,
    });
  }
  const warnings = source.from === 'stdin' ? [] : await readableByOthers(names.what, source.path);
  return { secret: { origin, reveal: () => value }, warnings };
}

/** A warning where others on this machine may read a file that holds a secret. Windows has no such modes. */
export async function readableByOthers(what: string, path: string): Promise<Diagnostic[]> {
  if (process.platform === 'win32') return [];
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || (found.mode & 0o066) === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'RCTL_SECRET_FILE_MODE',
      message: `Others on this machine may read the ${what} file ${path} (mode ${(found.mode & 0o777).toString(8).padStart(4, '0')}).`,
      remedy: `chmod 600 ${path}`,
    },
  ];
}
