import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isPair, isScalar, type Pair, parseAllDocuments, visit } from 'yaml';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What was renamed: old name in the manifest to new, so that commands can be renamed alike. */
export type Renamed = ReadonlyMap<string, string>;

/** Kinds whose name on the server stands in their spec. */
const NAMED_BY_SPEC = ['ModelGroup', 'Model', 'Connector'];

/**
 * Copies folders of manifests, with everything beside them, to the same places below `to`, and gives each resource a name
 * that ends with `suffix`: so a test may apply them on a node that others use too.
 */
export async function copyManifests(
  folders: readonly string[],
  to: string,
  suffix: string,
): Promise<Renamed> {
  const files: string[] = [];
  for (const folder of folders) {
    await cp(join(ROOT, folder), join(to, folder), { recursive: true });
    const names = await readdir(join(to, folder), { recursive: true });
    files.push(...names.filter((name) => /\.ya?ml$/.test(name)).map((name) => join(to, folder, name)));
  }
  const renamed = new Map<string, string>();
  for (const file of files) await rename(file, suffix, renamed);
  return renamed;
}

async function rename(file: string, suffix: string, renamed: Map<string, string>): Promise<void> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'), { keepSourceTokens: true });
  for (const document of documents) {
    if (!String(document.get('apiVersion')).startsWith('rerankctl/')) continue;
    const name = String(document.getIn(['metadata', 'name']));
    renamed.set(name, name + suffix);
    document.setIn(['metadata', 'name'], name + suffix);
    if (NAMED_BY_SPEC.includes(String(document.get('kind')))) {
      document.setIn(['spec', 'name'], `${String(document.getIn(['spec', 'name']))}${suffix}`);
    }
    visit(document, {
      Pair(_key, pair) {
        if (isRef(pair) && isScalar(pair.value)) pair.value.value = `${String(pair.value.value)}${suffix}`;
      },
    });
  }
  await writeFile(file, documents.map(String).join(''));
}

const isRef = (pair: Pair): boolean => isPair(pair) && isScalar(pair.key) && pair.key.value === '$ref';

/** The folder of an installed package. */
export function packageFolder(name: string): string {
  return dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
}
