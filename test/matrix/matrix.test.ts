import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObject } from '../../src/core/json.ts';
import { type Plan, pendingChanges } from '../../src/core/plan.ts';
import { SCHEMAS } from '../../src/generated/schemas.ts';
import { uniqueName } from '../support/node.ts';
import { type Bench, load, manifest, openBench, SERVERS, type Server } from '../support/provision.ts';
import { storedZip } from '../support/zip.ts';
import type { Answer, Cell, Ground, KindMatrix, Part } from './cell.ts';
import { MATRIX, NOWHERE, page } from './matrix.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PRUNE = { removals: { maxDeletes: 100, allowDataLoss: true } };
const ENV = { KEY_ONE: 'matrix-key-one', KEY_TWO: 'matrix-key-two' };

function merged(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const both = { ...base };
  for (const [key, value] of Object.entries(over))
    both[key] = Object.hasOwn(base, key) ? merged(base[key], value) : value;
  return both;
}

/** One resource for each cell of a kind, all in one manifest. */
class Table {
  readonly matrix: KindMatrix;
  readonly #ground: Ground;
  readonly #cells: readonly { readonly cell: Cell; readonly name: string; readonly ground: Ground }[];

  constructor(matrix: KindMatrix, ground: Ground, { version }: Pick<Server, 'version'>) {
    this.matrix = matrix;
    this.#ground = ground;
    this.#cells = matrix.cells(ground).flatMap(({ elsewhere, on }, i) => {
      const name = `${ground.shared}-${i}`;
      const own = { ...ground, name };
      const cell = matrix.cells(own)[i];
      if (cell === undefined || elsewhere !== undefined || (on !== undefined && on !== version)) return [];
      return [{ cell, name, ground: own }];
    });
  }

  get cells(): readonly Cell[] {
    return this.#cells.map(({ cell }) => cell);
  }

  /** `part`: what the cell says beyond its base; `undefined` leaves the resource out. */
  text(part: (cell: Cell) => Part | undefined, metadata: object = {}): string {
    const texts = this.#cells.flatMap(({ cell, name, ground }) => {
      const more = part(cell);
      if (more === undefined) return [];
      const spec = merged(merged(this.matrix.spec(ground), cell.beside ?? {}), more) as object;
      return [manifest(this.matrix.kind, name, spec, { ...this.matrix.metadata, ...metadata })];
    });
    return (this.matrix.beside?.(this.#ground) ?? '') + texts.join('');
  }

  /** What a plan says of each of the cells, by `field (what)`. */
  answers(made: Plan, cells: (cell: Cell) => boolean): Record<string, string> {
    return Object.fromEntries(
      this.#cells
        .filter(({ cell }) => cells(cell))
        .map(({ cell, name }) => {
          const address = `${this.matrix.kind}/${name}`;
          const refused = made.diagnostics.find(
            (each) => each.severity === 'error' && each.address === address,
          );
          const action = made.changes.find((each) => each.address === address)?.action;
          return [titleOf(cell), refused?.code ?? action ?? 'absent'];
        }),
    );
  }

  expected(of: (cell: Cell) => string | undefined): Record<string, string> {
    return Object.fromEntries(
      this.#cells.flatMap(({ cell }) => {
        const said = of(cell);
        return said === undefined ? [] : [[titleOf(cell), said]];
      }),
    );
  }

  /** At whose door a plan lays each difference that somebody else has made. */
  drifted(made: Plan): Record<string, string> {
    return Object.fromEntries(
      this.#cells.flatMap(({ cell, name }) => {
        const change = made.changes.find(({ address }) => address === `${this.matrix.kind}/${name}`);
        if (!isDriftable(cell) || change === undefined) return [];
        const others = change.fields.filter(({ by }) => by !== 'cluster');
        const seen = change.action === 'update' && others.length === 0;
        return [[titleOf(cell), seen ? 'by the cluster' : `${change.action} ${JSON.stringify(others)}`]];
      }),
    );
  }
}

const titleOf = ({ field, what }: Cell): string => (what ? `${field} (${what})` : field);
const ACTIONS: Readonly<Record<Answer, string | undefined>> = {
  'in place': 'update',
  replaced: 'replace',
  nothing: 'none',
  'needs rollout': 'RCTL_INDEX_IMMUTABLE',
  refused: undefined,
};
const isMade = ({ becomes }: Cell): boolean => becomes !== 'refused';
const isDriftable = ({ becomes, from, unreadable }: Cell): boolean =>
  becomes === 'in place' && from !== undefined && unreadable !== true;
const start = (cell: Cell): Part | undefined => (isMade(cell) ? (cell.from ?? {}) : undefined);
const goal = (cell: Cell): Part | undefined => (isMade(cell) ? (cell.to ?? {}) : undefined);
/** What may be applied after `start`. */
const reachable = (cell: Cell): Part | undefined =>
  cell.becomes === 'needs rollout' ? start(cell) : goal(cell);

describe.each(SERVERS)('on %s', (_title, server) => {
  let bench: Bench;
  /** Applied, and then there is nothing to do. */
  const holds = async (yaml: string): Promise<void> => {
    await bench.provision(yaml);
    const left = pendingChanges(await bench.planOf(yaml));
    expect(left.map(({ address, action, fields }) => ({ address, action, fields }))).toEqual([]);
  };
  let folder: string;
  let ground: Ground;
  beforeAll(async () => {
    bench = await openBench(server, 'matrix', ENV);
    folder = await mkdtemp(join(tmpdir(), 'rerankctl-matrix-'));
    const write = async (name: string, content: string | Buffer): Promise<string> => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    const zip = (text: string, file = 'model.pt'): Buffer =>
      storedZip({ 'tokenizer.json': '{}', [file]: text });
    ground = {
      ...NOWHERE,
      url: 'http://127.0.0.1:1',
      zips: [
        await write('one.zip', zip('one')),
        await write('two.zip', zip('two')),
        await write('onnx.zip', zip('three', 'model.onnx')),
      ],
      hash: createHash('sha256').update(zip('one')).digest('hex'),
      documents: [
        await write('one.ndjson', `${JSON.stringify({ n: folder })}\n`),
        await write('two.ndjson', `${JSON.stringify({ n: `${folder} two` })}\n`),
      ],
    };
  });
  afterAll(async () => {
    await bench.cleanUp();
    await rm(folder, { recursive: true });
  });

  it.each(MATRIX.map((matrix) => [matrix.title ?? matrix.kind, matrix] as const))(
    '%s: made, changed, drifted, adopted, deleted, field by field',
    async (_kind, matrix) => {
      const table = new Table(matrix, { ...ground, shared: uniqueName('mx') }, server);
      const [made, changed] = [table.text(start), table.text(goal)];
      await holds(made);

      expect(table.answers(await bench.planOf(changed), isMade)).toEqual(
        table.expected(({ becomes }) => ACTIONS[becomes]),
      );
      if (table.cells.some(({ becomes }) => becomes === 'needs rollout')) {
        const rolled = table.text(goal, { lifecycle: { rollout: 'reindex' } });
        const only = ({ becomes }: Cell): boolean => becomes === 'needs rollout';
        expect(table.answers(await bench.planOf(rolled), only)).toEqual(
          table.expected((cell) => (only(cell) ? 'replace' : undefined)),
        );
      }
      for (const cell of table.cells.filter((each) => !isMade(each))) {
        const wrong = table.text((each) => (each === cell ? each.to : undefined));
        await expect(load(wrong), cell.field).rejects.toThrow(/RCTL_FIELD_DROPPED/);
      }

      if (matrix.noDrift !== true) {
        const somebody = await openBench(server, 'matrix-other', ENV);
        try {
          await somebody.provision(table.text((cell) => (isDriftable(cell) ? cell.to : undefined)));
        } finally {
          await somebody.loseState();
          await somebody.close();
        }
        expect(table.drifted(await bench.planOf(made))).toEqual(
          table.expected((cell) => (isDriftable(cell) ? 'by the cluster' : undefined)),
        );
      }

      await holds(table.text(reachable));
      const left = table.text((cell) => (cell.gone === undefined ? reachable(cell) : {}));
      const leaves = ({ gone }: Cell): boolean => gone !== undefined;
      expect(table.answers(await bench.planOf(left), leaves)).toEqual(
        table.expected(({ gone }) => (gone === undefined ? undefined : ACTIONS[gone])),
      );
      await holds(left);

      await bench.loseState();
      expect(table.answers(await bench.planOf(left), isMade)).toEqual(
        table.expected((cell) => (isMade(cell) ? 'adopt' : undefined)),
      );
      await bench.provision(left);
      await bench.provision('', PRUNE);
      expect(table.answers(await bench.planOf(left), isMade)).toEqual(
        table.expected((cell) => (isMade(cell) ? (matrix.afresh ?? 'create') : undefined)),
      );
      await bench.wipe();
    },
    240_000,
  );
});

/** `a.*` for free keys, `[]` for items; of a schema whatever has a name. */
function fieldsOf(schema: unknown, path = ''): string[] {
  if (!isObject(schema)) return [];
  const { properties, additionalProperties, items } = schema;
  const below = [
    ...Object.entries(isObject(properties) ? properties : {}).flatMap(([key, inner]) =>
      fieldsOf(inner, path === '' ? key : `${path}.${key}`),
    ),
    ...(isObject(additionalProperties) ? fieldsOf(additionalProperties, `${path}.*`) : []),
    ...(isObject(items) && isObject(items.properties) ? fieldsOf(items, `${path}[]`) : []),
  ];
  return below.length > 0 ? below : [path];
}

describe('The matrix', () => {
  /** Kinds of one shape of guardrail are tried once. */
  const alike = (field: string): string =>
    field.replace(/^guardrails\.(output_guardrail|model_id|response)/, 'guardrails.input_guardrail.');

  it.each([...new Set(MATRIX.map(({ kind }) => kind))])('has every field of %s', (kind) => {
    const cells = MATRIX.filter((matrix) => matrix.kind === kind).flatMap(({ cells: of }) => of(NOWHERE));
    const named = cells.map(({ field }) => field);
    const isNamed = (field: string): boolean =>
      named.some(
        (each) =>
          field === each ||
          field.startsWith(`${each}.`) ||
          each.startsWith(`${field}.`) ||
          each.startsWith(`${field}[`) ||
          alike(field) === each,
      );
    expect(fieldsOf(SCHEMAS[kind]).filter((field) => !isNamed(field))).toEqual([]);
  });

  it('names tests that are there', () => {
    const elsewhere = MATRIX.flatMap(({ cells }) => cells(NOWHERE)).flatMap((cell) => cell.elsewhere || []);
    expect(elsewhere.filter((file) => !existsSync(`${ROOT}${file}`))).toEqual([]);
  });

  it('is docs/kinds.md (`vitest -u` writes it)', async () => {
    await expect(page()).toMatchFileSnapshot(`${ROOT}docs/kinds.md`);
  });
});
