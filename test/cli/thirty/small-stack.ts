import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rerankctl } from '../../support/cli.ts';
import { nodeUrl, uniqueName } from '../../support/node.ts';

/** Reranking without a model: an index, four books, a pipeline that sorts them by a field, and a check of that. */
export interface SmallStack {
  readonly name: string;
  readonly folder: string;
  /** `-f FILE --stack NAME --url URL`. */
  args(url?: string): string[];
  /** The manifests anew. `first` is the title that the check expects; `gates` stand in its spec. */
  write(changed?: { description?: string; first?: string; spec?: object }): Promise<void>;
  cleanUp(): Promise<void>;
}

const STARS: Readonly<Record<string, number>> = { one: 4.2, two: 4.7, three: 4.5, four: 4.8 };

export async function openSmallStack(purpose: string): Promise<SmallStack> {
  const name = uniqueName(purpose);
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-thirty-'));
  const file = join(folder, 'stack.yaml');
  const document = (kind: string, spec: object): string =>
    `---\n${JSON.stringify({ apiVersion: 'rerankctl/v1', kind, metadata: { name }, spec }, null, 1)}\n`;
  const stack: SmallStack = {
    name,
    folder,
    args: (url = nodeUrl()) => ['-f', file, '--stack', name, '--url', url],
    async write({ description = 'by stars', first = 'four', spec = {} } = {}) {
      const rerank = { by_field: { target_field: 'stars' } };
      const texts = [
        document('Index', {
          settings: { number_of_shards: 1, number_of_replicas: 0 },
          mappings: { properties: { title: { type: 'text' }, stars: { type: 'float' } } },
        }),
        document('SeedData', {
          index: { $ref: `Index/${name}` },
          documents: Object.entries(STARS).map(([title, stars]) => ({ title, stars })),
        }),
        document('SearchPipeline', { description, response_processors: [{ rerank }] }),
        document('Verification', {
          index: { $ref: `Index/${name}` },
          search_pipeline: { $ref: `SearchPipeline/${name}` },
          fields: ['title'],
          queries: [
            {
              query_text: 'all books',
              body: { query: { match_all: {} } },
              expect: { first: { title: first } },
            },
          ],
          ...spec,
        }),
      ];
      await writeFile(file, texts.join(''));
    },
    async cleanUp() {
      const where = ['--url', nodeUrl(), '--stack', name];
      await rerankctl(['destroy', '--confirm', name, '--allow-data-loss', ...where]);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await stack.write();
  return stack;
}
