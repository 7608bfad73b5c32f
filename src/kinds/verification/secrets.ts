import type { Diagnostic } from '../../core/diagnostic.ts';
import { isObject, pointerTo } from '../../core/json.ts';
import { diagnosticAt, type Resource } from '../../core/resource.ts';
import { isLeaf, Sensitive, type Value } from '../../core/value.ts';

/** Sent to the cluster, and in no report. */
const BODY = /^\/spec\/(queries\/\d+|query_set)\/body(\/|$)/;

/** Secrets where a report would show them, or where they decide what is measured. */
export function misplacedSecrets(resource: Resource): Diagnostic[] {
  return secretsIn(resource.spec, '/spec')
    .filter((pointer) => !BODY.test(pointer))
    .map((pointer) =>
      diagnosticAt(resource, pointer, {
        severity: 'error',
        code: 'RCTL_VERIFY_SECRET',
        message: 'A secret stands here, and reports show what stands here.',
        remedy:
          'Only the `body` of a query takes secrets. What is none comes with `$var` or `$file`, or is written down.',
      }),
    );
}

function secretsIn(value: Value, pointer: string): string[] {
  if (value instanceof Sensitive) return [pointer];
  if (isLeaf(value)) return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => secretsIn(item, pointerTo(pointer, i)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => secretsIn(item as Value, pointerTo(pointer, key)));
}
