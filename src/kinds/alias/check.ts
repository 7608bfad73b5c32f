import { type Address, addressOf } from '../../core/address.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { dig, isObject, listAt, pointerTo } from '../../core/json.ts';
import { diagnosticAt, placeIn, type Resource } from '../../core/resource.ts';
import { Reference, type Value } from '../../core/value.ts';

type Found = Omit<Diagnostic, 'address' | 'pointer' | 'location' | 'snippet'>;

/** The name of an index, or the reference to it. */
function nameIn(value: unknown): string | undefined {
  if (value instanceof Reference) return value.address.slice(value.address.indexOf('/') + 1);
  return typeof value === 'string' ? value : undefined;
}

/** The names of all its indices: the ID of an Index is its name. */
export function namesIn(spec: unknown): string[] {
  return listAt(spec, 'indices').flatMap((value) => nameIn(value) ?? []);
}

function writeIndex(resource: Resource): Diagnostic[] {
  const { spec } = resource;
  const names = listAt(spec, 'indices').map(nameIn);
  const found: Diagnostic[] = [];
  const complain = (pointer: string, words: Omit<Found, 'severity'>): void => {
    found.push(diagnosticAt(resource, pointer, { severity: 'error', ...words }));
  };
  if (spec.write_index !== undefined && !names.includes(nameIn(spec.write_index))) {
    complain('/spec/write_index', {
      code: 'RCTL_ALIAS_WRITE_INDEX',
      message: `write_index is ${nameIn(spec.write_index)}, which is none of indices.`,
      remedy: 'Add it to indices, or name one of those.',
    });
  }
  if (spec.is_write_index !== undefined && (names.length > 1 || spec.write_index !== undefined)) {
    complain('/spec/is_write_index', {
      code: 'RCTL_ALIAS_WRITE_INDEX',
      message: `is_write_index is for an alias of one index; ${resource.name} has ${names.length === 1 ? 'write_index as well' : `${names.length}`}.`,
      remedy: 'Say with write_index which of the indices takes the writes.',
    });
  }
  const twice = names.findIndex((name, i) => name !== undefined && names.indexOf(name) < i);
  if (twice !== -1) {
    complain(`/spec/indices/${twice}`, {
      code: 'RCTL_ALIAS_INDEX_TWICE',
      message: `indices names ${names[twice]} twice.`,
      remedy: 'Take one of the two out.',
    });
  }
  return found;
}

/** An Index of the alias's name, or one that declares the alias itself: two owners would undo each other's work. */
function otherOwners(resource: Resource, all: ReadonlyMap<Address, Resource>): Diagnostic[] {
  const { name } = resource;
  return [...all.values()].flatMap((other) => {
    const error = (words: Omit<Found, 'severity'>): Diagnostic =>
      diagnosticAt(resource, '/metadata/name', { severity: 'error', ...words });
    if (other.kind === 'Index' && other.name === name) {
      return error({
        code: 'RCTL_NAME_IS_INDEX',
        message: `${other.address}${placeIn(other, '/metadata/name')} has the name of this alias, ${name}. A name is either an index or an alias.`,
        remedy: 'Rename one of the two.',
      });
    }
    const holder = other.kind === 'Index' ? '/spec/aliases' : '/spec/template/aliases';
    const path = holder.slice(1).split('/').slice(1);
    const aliases = ['Index', 'IndexTemplate'].includes(other.kind) ? dig(other.spec, ...path) : undefined;
    if (!isObject(aliases) || !Object.hasOwn(aliases, name)) return [];
    const place = placeIn(other, pointerTo(holder, name));
    if (other.kind === 'Index') {
      return error({
        code: 'RCTL_ALIAS_TWICE',
        message: `${other.address} declares the alias ${name} as well${place}: each would undo what the other does.`,
        remedy: `Take ${name} out of its aliases and name the index in indices here, or drop this manifest.`,
      });
    }
    return diagnosticAt(resource, '/metadata/name', {
      severity: 'warning',
      code: 'RCTL_ALIAS_TWICE',
      message: `${other.address} puts indices that come later into the alias ${name}${place}, and every apply of this manifest takes out those that it does not name.`,
      remedy: `Leave the alias to one of the two.`,
    });
  });
}

export function checkAlias(resource: Resource, all: ReadonlyMap<Address, Resource>): Diagnostic[] {
  return [...writeIndex(resource), ...otherOwners(resource, all)];
}

/** Does a manifest that is applied before this one make the index? */
export function isMadeBefore(index: string, value: Value | undefined, { dependsOn }: Resource): boolean {
  return value instanceof Reference || dependsOn.includes(addressOf('Index', index));
}
