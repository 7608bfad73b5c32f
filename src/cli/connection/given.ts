import { dirname, resolve } from 'node:path';
import type { Invocation } from '../command.ts';
import type { ChosenProfile } from './profile.ts';
import { isSet } from './secret-sources.ts';

/** A value that is no secret, and where it is from: `--url`, `OPENSEARCH_URL`, `rerankctl.yaml:7` or `default`. */
export interface Given {
  readonly value: string;
  readonly origin: string;
}

interface Sources {
  readonly flag: string;
  readonly env: readonly string[];
}

type PathField = 'ca_file' | 'client_cert' | 'client_key';

/** Looks values up: in the flags, then in the environment, then in the profile. */
export class GivenValues {
  readonly #invocation: Invocation;
  readonly #profile: ChosenProfile;

  constructor(invocation: Invocation, profile: ChosenProfile) {
    this.#invocation = invocation;
    this.#profile = profile;
  }

  /** `name` is that of the field in `rerankctl.yaml`, with dots; `field` its value there. */
  of(name: string, sources: Sources & { readonly field: string | undefined }): Given | undefined {
    const { flag, env, field } = sources;
    const inFlag = this.#invocation.flags.text(flag);
    if (inFlag !== undefined) return { value: inFlag, origin: `--${flag}` };
    for (const variable of env) {
      const value = this.#invocation.io.env[variable];
      if (isSet(value)) return { value, origin: variable };
    }
    return field === undefined
      ? undefined
      : { value: field, origin: this.#profile.placeOf(...name.split('.')) };
  }

  /** A path: from the working folder, or from that of the file which it stands in. */
  path(name: PathField, sources: Sources): Given | undefined {
    const field = this.#profile.values[name];
    const found = this.of(name, { ...sources, field });
    if (found === undefined) return undefined;
    const fromProfile = found.origin === this.#profile.placeOf(name) && found.value === field;
    const base = fromProfile ? dirname(this.#profile.file ?? '') : this.#invocation.io.cwd;
    return { ...found, value: resolve(base, found.value) };
  }
}
