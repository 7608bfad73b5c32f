import type { Resource } from '../../core/resource.ts';
import { type LintGround, nameIn, ofKind } from '../lint.ts';
import { flattenSettings } from '../settings.ts';

/** An index whose searches go through a search pipeline by themselves. */
export interface DefaultPipeline {
  readonly resource: Resource;
  readonly pointer: string;
  readonly pipeline: string;
}

/** Where indices, and templates of them, name a pipeline as their default. */
export function defaultPipelines(ground: LintGround): DefaultPipeline[] {
  const places = [
    ...ofKind(ground, 'Index').map((resource) => ({
      resource,
      settings: resource.spec.settings,
      at: '/spec',
    })),
    ...ofKind(ground, 'IndexTemplate').map((resource) => {
      const { template } = resource.spec;
      const settings = template !== null && typeof template === 'object' && 'settings' in template;
      return { resource, settings: settings ? template.settings : undefined, at: '/spec/template' };
    }),
  ];
  return places.flatMap(({ resource, settings, at }) => {
    const named = flattenSettings(settings, `${at}/settings`).get('index.search.default_pipeline');
    const pipeline = nameIn(named?.value);
    if (named === undefined || pipeline === undefined || pipeline === '_none') return [];
    return [{ resource, pointer: named.pointer, pipeline }];
  });
}

/** Names of the indices that manifests search through each pipeline: by a verification, or by default. */
export function indicesThrough(ground: LintGround): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (pipeline: string | undefined, index: string | undefined): void => {
    if (pipeline === undefined || index === undefined) return;
    const known = found.get(pipeline) ?? new Set();
    found.set(pipeline, known.add(index));
  };
  for (const { spec } of ofKind(ground, 'Verification'))
    add(nameIn(spec.search_pipeline), nameIn(spec.index));
  for (const { resource, pipeline } of defaultPipelines(ground)) {
    if (resource.kind === 'Index') add(pipeline, resource.name);
  }
  return found;
}
