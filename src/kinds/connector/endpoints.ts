import type { Diagnostic } from '../../core/diagnostic.ts';
import { isObject, listAt, textAt } from '../../core/json.ts';
import { diagnosticAt } from '../../core/resource.ts';
import type { ValueObject } from '../../core/value.ts';
import type { Capabilities } from '../../opensearch/capabilities.ts';
import type { Question } from '../kind.ts';

const TRUSTED = 'plugins.ml_commons.trusted_connector_endpoints_regex';
const PRIVATE = 'plugins.ml_commons.connector.private_ip_enabled';
const REMOTE = 'plugins.ml_commons.remote_inference.enabled';

/** What the server will refuse, or lose, known before anything is changed. */
export function obstacles({ resource, spec }: Question, capabilities: Capabilities): Diagnostic[] {
  const found: Diagnostic[] = [];
  const refuse = (pointer: string, code: string, message: string, remedy: string): void => {
    found.push(diagnosticAt(resource, pointer, { severity: 'error', code, message, remedy }));
  };
  if (capabilities.setting(REMOTE) === 'false') {
    refuse(
      '/spec',
      'RCTL_REMOTE_MODELS_OFF',
      `This cluster asks no remote models (${REMOTE} is false).`,
      `Allow it with: PUT /_cluster/settings {"persistent": {"${REMOTE}": true}}`,
    );
  }
  const trusted = trustedEndpoints(capabilities);
  for (const [i, action] of listAt(spec, 'actions').entries()) {
    const url = urlOf(action, spec);
    const at = `/spec/actions/${i}`;
    if (url !== undefined && trusted !== undefined && !trusted.some((pattern) => pattern.test(url))) {
      const all = [...trusted.map(({ source }) => source), endpointPattern(url)];
      refuse(
        `${at}/url`,
        'RCTL_CONNECTOR_NOT_TRUSTED',
        `The cluster trusts no connector to ${url}: none of the patterns in ${TRUSTED} admits it.`,
        `Add one; the list is replaced as a whole: PUT /_cluster/settings ${JSON.stringify({ persistent: { [TRUSTED]: all } })}`,
      );
    }
    if (url !== undefined && isPrivate(url) && capabilities.setting(PRIVATE) === 'false') {
      refuse(
        `${at}/url`,
        'RCTL_CONNECTOR_PRIVATE_ADDRESS',
        `${url} is a private address, and connectors may not go there (${PRIVATE} is false).`,
        `Allow it with: PUT /_cluster/settings {"persistent": {"${PRIVATE}": true}}`,
      );
    }
  }
  return found;
}

function trustedEndpoints(capabilities: Capabilities): RegExp[] | undefined {
  const setting = capabilities.setting(TRUSTED);
  try {
    const list: unknown = JSON.parse(setting ?? '');
    return Array.isArray(list) ? list.map((pattern) => new RegExp(String(pattern))) : undefined;
  } catch {
    // Not told, or a pattern of Java's that is none of JavaScript's: the server decides.
    return undefined;
  }
}

/** With its parameters in place; `undefined` while one of them is not known. */
function urlOf(action: unknown, spec: ValueObject): string | undefined {
  const url = textAt(action, 'url');
  const parameters = isObject(spec.parameters) ? spec.parameters : {};
  const filled = url?.replaceAll(/\$\{parameters\.([^}:]+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
  return filled?.includes('${') ? undefined : filled;
}

function hostOf(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function endpointPattern(url: string): string {
  const { origin } = hostOf(url) ?? { origin: url };
  return `^${origin.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}/.*$`;
}

/** As far as the address itself tells; a name may lead to a private one too. */
function isPrivate(url: string): boolean {
  const host = hostOf(url)?.hostname ?? '';
  return /^(localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])/.test(host);
}
