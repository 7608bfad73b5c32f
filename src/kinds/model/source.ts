import { resolve } from 'node:path';
import { isObject } from '../../core/json.ts';
import type { Resource } from '../../core/resource.ts';

/** Where a model's bytes come from, which decides how it is registered. */
export type ModelSource =
  /** Named by the publisher's listing and downloaded by the cluster itself. */
  | { readonly from: 'pretrained' }
  /** Downloaded by the cluster from `url` and checked against the declared hash. */
  | { readonly from: 'url'; readonly url: string }
  /** A zip beside the manifest, uploaded in chunks. */
  | { readonly from: 'file'; readonly path: string }
  /** No bytes at all: a model behind a connector. */
  | { readonly from: 'connector' };

export function sourceOf(resource: Resource): ModelSource {
  const { spec } = resource;
  if (typeof spec.file === 'string') return { from: 'file', path: resolve(resource.folder, spec.file) };
  if (typeof spec.url === 'string') return { from: 'url', url: spec.url };
  if (spec.connector_id !== undefined || isObject(spec.connector)) return { from: 'connector' };
  return { from: 'pretrained' };
}

/** `deploy` is ours: a model is deployed unless its manifest says otherwise. */
export function wantsDeployment(spec: { readonly deploy?: unknown }): boolean {
  return spec.deploy !== false;
}
