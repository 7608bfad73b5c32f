import type { Chunk } from '../payload.ts';
import { page } from './browser.ts';

const opened = new Map<string, Promise<Chunk>>();

/** The details of some queries, unpacked when they are first asked for. Rejects in a browser that cannot unpack. */
export function chunkAt(report: number, place: number): Promise<Chunk> {
  const id = `chunk-${report}-${place}`;
  const found = opened.get(id) ?? unpack(page.document.getElementById(id)?.textContent ?? '');
  opened.set(id, found);
  return found;
}

async function unpack(packed: string): Promise<Chunk> {
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream as ReadableStream).text()) as Chunk;
}
