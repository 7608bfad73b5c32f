import { relative } from 'node:path';
import { RerankctlError } from '../../core/errors.ts';
import { pointerTo } from '../../core/json.ts';
import { didYouMean, listed } from '../../core/suggest.ts';
import type { Flags } from '../flags.ts';
import type { Io } from '../io.ts';
import { type ConfigFile, type Profile, readConfig } from './config-file.ts';

/** The profile that counts in this run; without one, `values` is empty. */
export interface ChosenProfile {
  readonly name: string | undefined;
  readonly values: Profile;
  /** The file, for relative paths in it. */
  readonly file: string | undefined;
  /** `production of rerankctl.yaml, by --profile`; absent where there is none. */
  readonly words: string | undefined;
  /** `rerankctl.yaml:7`, of a field like `aws.region`. */
  placeOf(...field: string[]): string;
}

export async function chooseProfile(flags: Flags, io: Io): Promise<ChosenProfile> {
  const config = await readConfig(io.cwd, flags.text('config'));
  const [name, chosenBy] = nameOf(flags, io, config);
  const file = config === undefined ? undefined : relative(io.cwd, config.path);
  const placeOf = (...field: string[]): string => {
    const pointer = ['profiles', name ?? '', ...field].reduce(pointerTo, '');
    return `${file}:${config?.lineOf(pointer)}`;
  };
  if (name === undefined) return { name, values: {}, file: config?.path, words: undefined, placeOf };
  const values = config === undefined ? undefined : own(config.profiles, name);
  if (values === undefined) throw unknownProfile(name, chosenBy, config, file);
  return { name, values, file: config?.path, words: `${name} of ${file}, by ${chosenBy}`, placeOf };
}

function nameOf(
  flags: Flags,
  io: Io,
  config: ConfigFile | undefined,
): [name: string | undefined, chosenBy: string | undefined] {
  const flag = flags.text('profile');
  if (flag !== undefined) return [flag, '--profile'];
  const variable = io.env.RERANKCTL_PROFILE;
  if (variable !== undefined && variable !== '') return [variable, 'RERANKCTL_PROFILE'];
  const { defaultProfile } = config ?? {};
  return [defaultProfile, defaultProfile === undefined ? undefined : 'default_profile'];
}

function own(profiles: Readonly<Record<string, Profile>>, name: string): Profile | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

function unknownProfile(
  name: string,
  chosenBy: string | undefined,
  config: ConfigFile | undefined,
  file: string | undefined,
): RerankctlError {
  const known = Object.keys(config?.profiles ?? {});
  const remedy =
    config === undefined
      ? 'There is no rerankctl.yaml in this folder, nor above it up to the root of the git repository; --config names one elsewhere.'
      : (didYouMean(name, known) ??
        (known.length === 0 ? `${file} has no profiles.` : `${file} has ${listed(known, 'and')}.`));
  return new RerankctlError('usage', 'RCTL_PROFILE_UNKNOWN', `There is no profile ${name} (${chosenBy}).`, {
    remedy,
  });
}
