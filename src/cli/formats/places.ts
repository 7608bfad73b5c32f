import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { SourceLocation } from '../../core/diagnostic.ts';

/** A file as a CI finds it: relative to the checkout, with slashes. `undefined` where it has no such place: stdin. */
export function fileInCheckout(location: SourceLocation | undefined, root: string): string | undefined {
  if (location === undefined || location.file.startsWith('<')) return undefined;
  const path = relative(root, resolve(root, location.file));
  if (path === '' || path.startsWith('..') || isAbsolute(path)) return undefined;
  return path.split(sep).join('/');
}
