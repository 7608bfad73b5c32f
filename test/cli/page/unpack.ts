import { inflateRawSync } from 'node:zlib';
import type { Chunk, QueryList } from '../../../src/cli/render/page/payload.ts';

/** The packed details of a page, all reports one after the other. */
export function chunksOf(page: string): Chunk[] {
  return [...page.matchAll(/<script type="text\/plain"[^>]*>([^<]*)<\/script>/g)].map(
    ([, packed = '']) => JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString()) as Chunk,
  );
}

/** The lists of queries of a page. */
export function listsOf(page: string): QueryList[] {
  return [...page.matchAll(/<script type="application\/json"[^>]*>([^<]*)<\/script>/g)].map(
    ([, json = '']) => JSON.parse(json) as QueryList,
  );
}

/** All that a page says: itself, and what is packed in it. */
export function everythingIn(page: string): string {
  return [page, ...chunksOf(page).map((chunk) => JSON.stringify(chunk))].join('\n');
}
