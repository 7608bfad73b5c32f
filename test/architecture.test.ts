import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Which layers each layer may import: downwards only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  generated: [],
  manifest: ['core', 'generated'],
  opensearch: ['core'],
  dev: ['core'],
  verify: ['core', 'generated', 'opensearch'],
  kinds: ['core', 'opensearch', 'verify'],
  engine: ['core', 'kinds', 'opensearch', 'verify'],
  doctor: ['core', 'kinds', 'opensearch', 'engine'],
  migration: ['core', 'engine'],
  reconcile: ['core', 'opensearch', 'engine'],
  catalogue: [],
  cli: [
    'core',
    'generated',
    'catalogue',
    'manifest',
    'opensearch',
    'engine',
    'verify',
    'doctor',
    'reconcile',
    'migration',
    'dev',
  ],
  'index.ts': ['core', 'manifest', 'opensearch', 'engine', 'verify', 'doctor'],
  'main.ts': ['cli'],
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Path below `src`; undefined for a package. */
  readonly target: string | undefined;
}

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('generated'))
  .map((path) => path.replaceAll('\\', '/'))
  .sort();

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier = '']) => ({
    file,
    specifier,
    target: specifier.startsWith('.') ? relative(SRC, resolve(SRC, dirname(file), specifier)) : undefined,
  }));
}

const IMPORTS = FILES.flatMap(importsOf);

function layerOf(path: string): string {
  return path.split('/')[0] ?? path;
}

describe('the layout', () => {
  test('layers import downwards only', () => {
    const wrong = IMPORTS.filter(({ file, target }) => {
      if (target === undefined || target.startsWith('..')) return false;
      const [from, to] = [layerOf(file), layerOf(target)];
      return from !== to && !MAY_IMPORT[from]?.includes(to);
    });
    expect(wrong.map(({ file, specifier }) => `${file} → ${specifier}`)).toEqual([]);
  });

  test('a kind knows no other kind; the engine knows kinds by their interface and the registry', () => {
    const kindOf = (path: string): string | undefined => /^kinds\/([^/]+)\//.exec(path)?.[1];
    const wrong = IMPORTS.filter(({ file, target }) => {
      const kind = target === undefined ? undefined : kindOf(target);
      if (kind === undefined || file === 'kinds/registry.ts') return false;
      return kindOf(file) !== kind;
    });
    expect(wrong.map(({ file, specifier }) => `${file} → ${specifier}`)).toEqual([]);
  });

  test('no imports in a circle', () => {
    const edges = new Map(FILES.map((file) => [file, importsOf(file).flatMap(({ target }) => target ?? [])]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of FILES) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('only src/opensearch talks to the client', () => {
    const users = IMPORTS.filter(({ specifier }) => specifier.startsWith('@opensearch-project/'));
    expect(users.filter(({ file }) => !file.startsWith('opensearch/'))).toEqual([]);
  });

  test('every kind is a folder and one line in the registry', () => {
    const folders = readdirSync(join(SRC, 'kinds'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const registered = importsOf('kinds/registry.ts').flatMap(
      ({ target }) => /^kinds\/([^/]+)\//.exec(target ?? '')?.[1] ?? [],
    );
    expect(registered.sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  test('only main.ts touches the console and the process', () => {
    const wrong = FILES.filter((file) => file !== 'main.ts').filter((file) =>
      /\bconsole\.\w+\(|\bprocess\.(exit\b|stdout|stderr|argv|exitCode|on)\b/.test(
        readFileSync(join(SRC, file), 'utf8'),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('no file is longer than a person reads', () => {
    const long = FILES.map((file) => ({
      file,
      lines: readFileSync(join(SRC, file), 'utf8').split('\n').length,
    }));
    expect(long.filter(({ lines }) => lines > 350)).toEqual([]);
  });
});
