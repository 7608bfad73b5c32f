import { pointerSegments, pointerTo } from '../core/json.ts';
import { mapLeaves, Sensitive, type Value } from '../core/value.ts';
import type { ValidationError, Validator } from '../generated/validators.js';
import * as generated from '../generated/validators.js';
import type { LeafKind } from './directives.ts';

const VALIDATORS: Readonly<Record<string, Validator>> = { ...generated };

export type { ValidationError };

/** What cannot be said of a value that is not there yet: the text of an ID is the server's. */
const ABOUT_TEXT = new Set(['pattern', 'minLength', 'maxLength', 'format']);

/** A choice says more than what each of its branches misses. */
const INSIDE_A_CHOICE = /\/(?:oneOf|anyOf|not|if)\//;

/**
 * Validates a `spec` or `metadata`, whose pointer in the document is `base`. References count as texts, secrets
 * as what they are. Of the errors, only those that tell the user something are kept.
 */
export function validationErrors(
  name: string,
  value: Value,
  base: string,
  leaves: ReadonlyMap<string, LeafKind>,
): ValidationError[] {
  const validate = VALIDATORS[name];
  if (validate === undefined) throw new Error(`no validator ${name}`);
  if (validate(leaves.size === 0 ? value : plainView(value))) return [];
  const tells = (error: ValidationError): boolean => {
    if (error.keyword === 'if' || INSIDE_A_CHOICE.test(error.schemaPath)) return false;
    const leaf = leafAt(base + error.instancePath, leaves);
    return leaf !== 'hole' && !(leaf === 'reference' && ABOUT_TEXT.has(error.keyword));
  };
  return withoutRepeats((validate.errors ?? []).filter(tells));
}

function plainView(value: Value): unknown {
  return mapLeaves(value, (leaf) => (leaf instanceof Sensitive ? leaf.reveal() : leaf.address));
}

/** The directive that a value is, or is a part of. */
export function leafAt(pointer: string, leaves: ReadonlyMap<string, LeafKind>): LeafKind | undefined {
  let at = '';
  for (const segment of pointerSegments(pointer)) {
    at = pointerTo(at, segment);
    const leaf = leaves.get(at);
    if (leaf !== undefined) return leaf;
  }
  return undefined;
}

/** A value of the wrong type breaks other rules too; the type is the one to name. */
function withoutRepeats(errors: ValidationError[]): ValidationError[] {
  const mistyped = new Set(
    errors.filter((error) => error.keyword === 'type').map((error) => error.instancePath),
  );
  const seen = new Set<string>();
  return errors.filter((error) => {
    if (error.keyword !== 'type' && mistyped.has(error.instancePath)) return false;
    const key = `${error.instancePath}\0${error.keyword}\0${JSON.stringify(error.params)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
