import { type Address, addressOf, parseAddress } from '../core/address.ts';
import { withArticle } from '../core/article.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { pointerSegments } from '../core/json.ts';
import { closest, listed } from '../core/suggest.ts';
import type { Manifest, Use } from './manifest.ts';
import { KIND_NAMES, kindsFor } from './schema.ts';

/** Kinds that have no object on the server, so that there is no ID to refer to. */
const WITHOUT_ID = new Set(['ClusterSettings', 'SeedData', 'Verification']);

/** What stands in documents that cannot be read far enough to know their addresses. */
class Unsure {
  readonly #names = new Set<string>();
  readonly #kinds = new Set<string>();
  #everything = false;

  add({ kind, name }: Manifest): void {
    if (name !== undefined) this.#names.add(name);
    else if (kind !== undefined && KIND_NAMES.includes(kind)) this.#kinds.add(kind);
    else this.#everything = true;
  }

  /** May the address be one of theirs? Then nothing is said of it: the error there comes first. */
  mayHold(address: Address): boolean {
    const parts = parseAddress(address);
    return (
      this.#everything ||
      (parts !== undefined && (this.#names.has(parts.name) || this.#kinds.has(parts.kind)))
    );
  }
}

/** Addresses that are given twice, uses of what does not exist or has no ID, and circles. */
export function checkReferences(manifests: readonly Manifest[]): Diagnostic[] {
  const known = new Map<Address, Manifest>();
  const unsure = new Unsure();
  const diagnostics: Diagnostic[] = [];
  for (const manifest of manifests) {
    const { kind, name } = manifest;
    if (kind === undefined || name === undefined || !KIND_NAMES.includes(kind)) {
      unsure.add(manifest);
      continue;
    }
    const address = addressOf(kind, name);
    const first = known.get(address);
    if (first === undefined) known.set(address, manifest);
    else diagnostics.push(duplicate(address, first, manifest));
  }
  for (const [address, manifest] of known) {
    for (const use of manifest.uses) {
      const problem = problemOf(use, address, manifest, known, unsure);
      if (problem !== undefined) diagnostics.push(at(manifest, address, use, problem));
    }
  }
  return [...diagnostics, ...circles(known)];
}

type Problem = Pick<Diagnostic, 'code' | 'message'> & { readonly remedy: string };

function at(manifest: Manifest, address: Address, use: Use, problem: Problem): Diagnostic {
  const { pointer, by } = use;
  const place = manifest.locator.at(by === 'reference' ? `${pointer}/$ref` : pointer, 'value');
  return { severity: 'error', ...problem, address, pointer, ...place };
}

function duplicate(address: Address, first: Manifest, second: Manifest): Diagnostic {
  const pointer = '/metadata/name';
  const { file, line } = first.locator.at(pointer).location;
  return {
    severity: 'error',
    code: 'RCTL_DUPLICATE_ADDRESS',
    message: `There are two resources with the address ${address}; the other is at ${file}:${line}.`,
    remedy: 'Rename or remove one of the two. A name has to be unique only among resources of one kind.',
    address,
    pointer,
    ...second.locator.at(pointer),
  };
}

function problemOf(
  use: Use,
  from: Address,
  manifest: Manifest,
  known: ReadonlyMap<Address, Manifest>,
  unsure: Unsure,
): Problem | undefined {
  if (use.address === from) {
    return {
      code: 'RCTL_REF_SELF',
      message: `${from} refers to itself.`,
      remedy: 'Refer to another resource.',
    };
  }
  const kind = parseAddress(use.address)?.kind;
  const wrongKind = use.by === 'reference' ? kindProblem(use, kind, manifest) : undefined;
  if (wrongKind !== undefined) return wrongKind;
  if (known.has(use.address) || unsure.mayHold(use.address)) return undefined;
  const near = nearest(use.address, known.keys());
  const remedy =
    near === undefined ? 'Add its manifest to those given with -f.' : `Did you mean \`${near}\`?`;
  return { code: 'RCTL_REF_UNKNOWN', message: `There is no resource ${use.address}.`, remedy };
}

function kindProblem(use: Use, kind: string | undefined, manifest: Manifest): Problem | undefined {
  if (kind === undefined) return undefined;
  if (WITHOUT_ID.has(kind)) {
    return {
      code: 'RCTL_REF_NO_ID',
      message: `${use.address} has no ID that could stand here: ${withArticle(kind)} is no object of the server’s.`,
      remedy: `To be applied after it, name it under \`metadata: { depends_on: [${use.address}] }\`.`,
    };
  }
  if (!use.pointer.startsWith('/spec/') || manifest.kind === undefined || !KIND_NAMES.includes(kind))
    return undefined;
  const wanted = kindsFor(manifest.kind, use.pointer.slice('/spec'.length));
  if (wanted === undefined || wanted.includes(kind)) return undefined;
  return {
    code: 'RCTL_REF_KIND',
    message: `\`${pointerSegments(use.pointer).at(-1)}\` is the ID of ${withArticle(wanted.join(' or '))}, not of ${withArticle(kind)}.`,
    remedy: `Refer to ${withArticle(wanted.join(' or '))}: \`{ $ref: ${wanted[0]}/… }\`.`,
  };
}

/** The same name under another kind, else the address that is spelt most alike. */
function nearest(address: Address, known: Iterable<Address>): Address | undefined {
  const all = [...known];
  const parts = parseAddress(address);
  const sameKind = all.filter((other) => parseAddress(other)?.kind === parts?.kind);
  const name = closest(
    parts?.name ?? '',
    sameKind.map((other) => parseAddress(other)?.name ?? ''),
  );
  if (parts !== undefined && name !== undefined) return addressOf(parts.kind, name);
  const sameName = all.find((other) => parseAddress(other)?.name === parts?.name);
  return sameName ?? (closest(address, all) as Address | undefined);
}

/** Each circle once, told from its first address in alphabetical order. */
function circles(known: ReadonlyMap<Address, Manifest>): Diagnostic[] {
  const done = new Set<Address>();
  const diagnostics: Diagnostic[] = [];
  const targets = (address: Address): Use[] =>
    (known.get(address)?.uses ?? []).filter((use) => use.address !== address && known.has(use.address));
  for (const start of [...known.keys()].sort()) {
    if (done.has(start)) continue;
    const path: { address: Address; rest: Use[] }[] = [{ address: start, rest: targets(start) }];
    const onPath = new Set<Address>([start]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const use = top.rest.shift();
      if (use === undefined) {
        done.add(top.address);
        onPath.delete(top.address);
        path.pop();
      } else if (onPath.has(use.address)) {
        const circle = path
          .slice(path.findIndex((step) => step.address === use.address))
          .map((step) => step.address);
        diagnostics.push(circleAt(circle, known));
      } else if (!done.has(use.address)) {
        path.push({ address: use.address, rest: targets(use.address) });
        onPath.add(use.address);
      }
    }
  }
  return diagnostics;
}

function circleAt(circle: Address[], known: ReadonlyMap<Address, Manifest>): Diagnostic {
  const first = circle.indexOf([...circle].sort()[0] ?? '/');
  const ordered = [...circle.slice(first), ...circle.slice(0, first)];
  const [start = '/', next = start] = ordered;
  const manifest = known.get(start);
  const use = manifest?.uses.find((one) => one.address === next);
  if (manifest === undefined || use === undefined)
    throw new Error('a circle leads through what is not there');
  return at(manifest, start, use, {
    code: 'RCTL_REF_CYCLE',
    message: `These resources need each other: ${[...ordered, start].join(' → ')}.`,
    remedy: `Remove one of the references: ${listed(ordered)} cannot each be applied before the others.`,
  });
}
