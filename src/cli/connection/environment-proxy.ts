import { BlockList, isIP, isIPv4 } from 'node:net';
import { isSet } from './secret-sources.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The first of these variables that is set. In lower case first, as curl does. */
export function variableOf(env: Env, name: string): { name: string; value: string } | undefined {
  for (const each of [name.toLowerCase(), name]) {
    const value = env[each];
    if (isSet(value)) return { name: each, value };
  }
  return undefined;
}

/** `HTTPS_PROXY` or `HTTP_PROXY`, by the scheme of the cluster. This machine itself is never reached through it. */
export function environmentProxy(env: Env, url: URL): { name: string; value: string } | undefined {
  if (isLoopback(hostOf(url))) return undefined;
  return variableOf(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
}

/** The name of the variable (`NO_PROXY`) that says to reach this URL without a proxy. */
export function excludedBy(env: Env, url: URL): string | undefined {
  const variable = variableOf(env, 'NO_PROXY');
  if (variable === undefined) return undefined;
  const host = hostOf(url);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const entries = variable.value.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.some((entry) => covers(entry.toLowerCase(), host, port)) ? variable.name : undefined;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.[\d.]+$/.test(host);
}

/** One entry of NO_PROXY: `*`, a host with all below it, an address, a network, each perhaps with a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const network = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (network !== null) return isIP(host) !== 0 && inNetwork(network[1] ?? '', Number(network[2]), host);
  const [, name = entry, wanted] =
    /^\[?([^[\]]*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (wanted !== undefined && wanted !== port) return false;
  const suffix = name.replace(/^\*?\./, '');
  return suffix !== '' && (host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`)));
}

function inNetwork(address: string, prefix: number, host: string): boolean {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (isIP(address) === 0 || prefix > (family === 'ipv4' ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list.check(host, isIPv4(host) ? 'ipv4' : 'ipv6');
}
