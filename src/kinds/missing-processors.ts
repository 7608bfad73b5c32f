import type { Diagnostic } from '../core/diagnostic.ts';
import { isObject } from '../core/json.ts';
import { diagnosticAt, type Resource } from '../core/resource.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Capabilities } from '../opensearch/capabilities.ts';
import { pluginMissing } from './ml-commons.ts';

/**
 * Processors of a pipeline that this cluster does not have, each at its place: with the plugin that would bring it where
 * `pluginOf` tells, else with what may have been meant. Processors inside of others are left to the server.
 */
export function missingProcessors(
  resource: Resource,
  capabilities: Capabilities,
  lists: readonly string[],
  pluginOf: Readonly<Record<string, string>>,
): Diagnostic[] {
  return lists.flatMap((list) => {
    const processors = resource.spec[list];
    if (!Array.isArray(processors)) return [];
    // `on_failure` takes what `processors` takes.
    const known = capabilities.processors?.get(list === 'on_failure' ? 'processors' : list);
    return processors.flatMap((processor, i) =>
      Object.keys(isObject(processor) ? processor : {}).flatMap((name) => {
        const pointer = `/spec/${list}/${i}/${name}`;
        const plugin = Object.hasOwn(pluginOf, name) ? pluginOf[name] : undefined;
        const missing =
          plugin === undefined
            ? undefined
            : pluginMissing(resource, capabilities, plugin, { pointer, needs: `The processor ${name}` });
        if (missing !== undefined) return missing;
        return known?.has(name) === false ? unknown(resource, pointer, { name, known, capabilities }) : [];
      }),
    );
  });
}

function unknown(
  resource: Resource,
  pointer: string,
  { name, known, capabilities }: { name: string; known: ReadonlySet<string>; capabilities: Capabilities },
): Diagnostic {
  return diagnosticAt(resource, pointer, {
    severity: 'error',
    code: 'RCTL_PROCESSOR_UNKNOWN',
    message: `This cluster (${capabilities.version}) has no processor ${name} that could stand here.`,
    remedy:
      didYouMean(name, [...known]) ??
      `A newer version or a plugin may bring it. What it has: ${[...known].sort().join(', ')}.`,
  });
}
