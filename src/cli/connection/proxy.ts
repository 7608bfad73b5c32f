import { proxyUrl } from '../../opensearch/endpoint.ts';
import { environmentProxy, excludedBy } from './environment-proxy.ts';
import type { Given, GivenValues } from './given.ts';
import type { ChosenProfile } from './profile.ts';

export interface ProxySetting {
  /** With its user and password: for the connection alone. */
  readonly url: string | undefined;
  readonly shown: { readonly value?: string; readonly origin?: string };
}

/** `--proxy` is what counts whatever else is said; NO_PROXY goes before all other ways to name one. */
export function proxyOf(
  given: GivenValues,
  env: Readonly<Record<string, string | undefined>>,
  target: string,
  { values }: ChosenProfile,
): ProxySetting {
  const flag = given.of('proxy', { flag: 'proxy', env: [], field: undefined });
  if (flag !== undefined) return through(flag);
  if (!URL.canParse(target)) return { url: undefined, shown: {} };
  const url = new URL(target);
  const variable = environmentProxy(env, url);
  const found =
    variable === undefined
      ? given.of('proxy', { flag: 'proxy', env: [], field: values.proxy })
      : { value: variable.value, origin: variable.name };
  if (found === undefined) return { url: undefined, shown: {} };
  const excluded = excludedBy(env, url);
  return excluded === undefined
    ? through(found)
    : { url: undefined, shown: { value: 'none', origin: `${excluded} (and not ${found.origin})` } };
}

function through({ value, origin }: Given): ProxySetting {
  const { protocol, host, username, password } = proxyUrl(value);
  const secret = username !== '' || password !== '';
  return { url: value, shown: { value: `${protocol}//${secret ? '***@' : ''}${host}`, origin } };
}
