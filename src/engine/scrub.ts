import { ServerError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import { leavesOf, Sensitive, type Value } from '../core/value.ts';
import type { Cluster, Request } from '../opensearch/cluster.ts';

/** Shorter texts would be found everywhere. */
const SHORTEST = 4;

/**
 * Searches and predicts pass on what a service behind a connector says. What ML Commons and the state tell of their own
 * documents is compared with the manifests, and stays as it is.
 */
const PASSES_ON = /^(?!\/_plugins\/|\/\.rerankctl-).*\/(_search(\/scroll)?|_msearch)$|\/_predict(\/|$)/;

/** How the server begins what a service has said (2.19.1, 3.6.0). */
const SERVICE_SAYS = 'Error from remote service';

/** A key behind the word for it, of which no manifest knows: it was changed since, or stands in other manifests. */
const QUOTED_KEY =
  /\b((?:key|token|secret|password|bearer|credential)s?(?: \w+)?\\?["']?\s*[:=]?\s*\\?["'`]?)([^\s"'`,;(){}[\]\\]{8,})/gi;

function withoutQuotedKeys(text: string): string {
  const at = text.indexOf(SERVICE_SAYS);
  if (at === -1) return text;
  const said = text
    .slice(at)
    .replaceAll(QUOTED_KEY, (all, before: string, word: string) =>
      /\d|.{24}/.test(word) ? `${before}(sensitive)` : all,
    );
  return text.slice(0, at) + said;
}

/**
 * A cluster whose answers hold no secret of these resources. A service behind a connector may quote the key that it
 * refuses, and the server passes its words on.
 */
export function scrubbed(cluster: Cluster, resources: readonly Pick<Resource, 'spec'>[]): Cluster {
  const secrets = resources.flatMap(({ spec }) => secretsIn(spec));
  const clean = (text: string): string =>
    withoutQuotedKeys(secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '(sensitive)'), text));
  const cleanAll = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return value.map(cleanAll);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanAll(item)]));
  };
  return {
    url: cluster.url,
    capabilities: () => cluster.capabilities(),
    identity: () => cluster.identity(),
    close: () => cluster.close(),
    request: async (request: Request) => {
      try {
        const { status, body } = await cluster.request(request);
        return { status, body: PASSES_ON.test(request.path) ? cleanAll(body) : body };
      } catch (error) {
        throw error instanceof ServerError ? cleanError(error, clean) : error;
      }
    },
  };
}

/** Longest first: one secret may be a part of another. */
function secretsIn(spec: Value): string[] {
  const texts = leavesOf(spec).flatMap((leaf) => (leaf instanceof Sensitive ? String(leaf.reveal()) : []));
  // As it stands, and as it stands within JSON text.
  const all = texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
  return [...new Set(all)].filter((text) => text.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

function cleanError(error: ServerError, clean: (text: string) => string): ServerError {
  const { status, type, reason, request, code, message, remedy, failure } = error;
  if (clean(reason) === reason && clean(message) === message) return error;
  return new ServerError(
    { status, type, reason: clean(reason), request },
    { code, message: clean(message), remedy: remedy === undefined ? undefined : clean(remedy), failure },
  );
}
