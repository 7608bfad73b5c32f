import type { Address } from '../../core/address.ts';
import { dig, isObject, listAt, pointerTo, textAt } from '../../core/json.ts';
import { type LintFinding, type LintGround, type LintRule, nameIn, ofKind } from '../lint.ts';
import { type Processor, processorsOf } from '../processors.ts';
import { documentFields, responseProcessors } from './lint.ts';
import { indicesThrough } from './searched.ts';

/** Does a document of this mapping have a value at the path? Below what the server does not map, anything may be. */
function isMapped(mapping: unknown, path: readonly string[]): boolean {
  if (path.length === 0) return true;
  const properties = dig(mapping, 'properties');
  if (!isObject(properties)) return false;
  // A name in a mapping may itself be a path.
  return path.some((_segment, i) => {
    const node = properties[path.slice(0, i + 1).join('.')];
    if (!isObject(node)) return false;
    const opaque = node.enabled === false || node.type === 'flat_object';
    return opaque || isMapped(node, path.slice(i + 1));
  });
}

/** May seeded documents have the field? Those in files are not read for this. */
function isSeeded(index: string, path: readonly string[], ground: LintGround): boolean {
  return ofKind(ground, 'SeedData').some(({ spec }) => {
    if (nameIn(spec.index) !== index) return false;
    const documents = listAt(spec, 'documents');
    return documents.length === 0 || documents.some((document) => dig(document, ...path) !== undefined);
  });
}

/** Does the index have a mapping that can tell, and is the field in none of what is known of it? */
function lacks(index: string, field: string, ground: LintGround): boolean {
  const declared = ground.resources.get(`Index/${index}` as Address)?.spec.mappings;
  const mappings = [declared, ground.live?.mappings[index]].filter((each) =>
    isObject(dig(each, 'properties')),
  );
  const path = field.split('.');
  return (
    mappings.length > 0 && !mappings.some((each) => isMapped(each, path)) && !isSeeded(index, path, ground)
  );
}

/** The fields that a processor takes from documents as they are stored. */
function fieldsRead(processor: Processor, before: readonly Processor[]): { field: string; below: string }[] {
  const target = textAt(processor.settings, 'by_field', 'target_field');
  // An earlier processor may have put it there.
  if (target !== undefined)
    return before.length > 0 ? [] : [{ field: target, below: '/by_field/target_field' }];
  return documentFields(processor).map((field, i) => ({
    field,
    below: pointerTo('/context/document_fields', i),
  }));
}

export const rerankUnknownField: LintRule = {
  name: 'rerank-unknown-field',
  level: 'warning',
  find(ground) {
    const searched = indicesThrough(ground);
    return responseProcessors(ground, 'rerank').flatMap(({ resource, processor, at }) => {
      const all = processorsOf(resource.spec, 'response_processors');
      const before = all.slice(
        0,
        all.findIndex(({ pointer }) => pointer === processor.pointer),
      );
      // One that comes earlier can rename fields or make them.
      if (before.some(({ type }) => type !== 'rerank' && type !== 'truncate_hits')) return [];
      return fieldsRead(processor, before).flatMap(({ field, below }): LintFinding[] => {
        const without = [...(searched.get(resource.name) ?? [])].filter((index) =>
          lacks(index, field, ground),
        );
        if (without.length === 0) return [];
        const what = below.startsWith('/by_field')
          ? 'A hit without it fails the whole search with a 400.'
          : 'The model scores the empty text for a hit without it, and such a hit can come first.';
        return [
          {
            resource,
            pointer: `${at}${below}`,
            message: `The mapping of ${without.join(', ')} has no field ${field}. ${what}`,
            remedy:
              'Correct the name, or add the field to the mapping. A sub-field (`title.raw`) is in no document: name the field that it belongs to.',
          },
        ];
      });
    });
  },
};
