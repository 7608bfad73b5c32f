import { grouped } from '../../core/grouped.ts';
import type { FieldChange } from '../../core/plan.ts';
import { diagnosticAt } from '../../core/resource.ts';
import { Unknown } from '../../core/value.ts';
import type { Question, Verdict } from '../kind.ts';
import { pendingIn, type Standing } from './compare.ts';
import { type Facts, factsOf } from './facts.ts';
import type { LiveIndex } from './live.ts';
import type { Content, Found, Reading } from './reading.ts';

const LARGE = 'Documents that left a source of this size stay in the index.';

/** Pure: what has to happen, from what was read. */
export function judge(question: Question, reading: Reading): Verdict {
  if (reading.diagnostics.length > 0) return { action: 'refuse', diagnostics: reading.diagnostics };
  const index = question.spec.index;
  const content = reading.wanted;
  if (content === undefined) {
    return { action: 'create', steps: [inlineCount(question)], reason: 'its documents hold references' };
  }
  if (typeof index !== 'string') {
    const reason = index instanceof Unknown ? `${index.address} is created first` : undefined;
    return {
      action: 'create',
      fingerprint: content.digest,
      steps: [count(content.documents)],
      ...(reason === undefined ? {} : { reason }),
    };
  }
  const live = reading.live.get(index);
  const { facts } = reading;
  const elsewhere = seededElsewhere(question, index);
  if (live === undefined && elsewhere !== undefined) return toOther(index, elsewhere, content);
  if (live === undefined) {
    const reason = facts === undefined ? 'the index does not exist yet' : 'the index is gone';
    const steps = [count(content.documents)];
    return { action: 'create', id: index, steps, reason, fingerprint: content.digest };
  }
  if (live.unavailable) {
    const problem = diagnosticAt(question.resource, '/spec/index', {
      severity: 'error',
      ...unavailable(index),
    });
    return { action: 'refuse', diagnostics: [problem] };
  }
  const found = reading.found.get(index);
  if (facts === undefined || facts.indexUuid !== live.uuid) {
    const verdict = afresh(index, content, live, found, facts !== undefined);
    const moves = verdict.action === 'create' && elsewhere !== undefined;
    return moves ? toOther(index, elsewhere, content) : verdict;
  }
  const standing = found?.standing;
  return content.small === undefined || standing === undefined || standing === 'all there'
    ? byCount(question, index, content, live, facts)
    : byDocument(question, index, content, live, facts, standing);
}

/** The index that it was seeded into when it was last applied, where the manifest names another one now. */
function seededElsewhere({ recorded }: Question, index: string): string | undefined {
  return recorded?.id === index ? undefined : recorded?.id;
}

function toOther(index: string, before: string, content: Content): Verdict {
  return {
    action: 'update',
    id: index,
    fingerprint: content.digest,
    steps: [count(content.documents)],
    fields: [{ pointer: '/index', before, after: index, by: 'git' }],
    notes: [`what was seeded into ${before} stays there`],
  };
}

export function unavailable(index: string): { code: string; message: string; remedy: string } {
  return {
    code: 'RCTL_INDEX_UNAVAILABLE',
    message: `The index ${index} is there, but its documents cannot be read: it is closed, or a node that held a shard of it is gone.`,
    remedy: `See GET _cat/shards/${index}. Open the index, or bring the node back; then run this again.`,
  };
}

/**
 * Nothing is known of this index: the documents themselves are the only witness. A run that is killed between its last
 * document and the refresh leaves documents that can be got, and not found.
 */
function afresh(
  index: string,
  content: Content,
  live: LiveIndex,
  found: Found | undefined,
  again: boolean,
): Verdict {
  const standing = found?.standing;
  const held = standing === 'all there' ? undefined : standing?.held;
  const left =
    standing === 'all there' ? 0 : standing === undefined ? content.documents : pendingIn(standing);
  if (left === 0 && found?.searchable === true) {
    return { action: 'adopt', id: index, facts: factsOf(content, live, held) };
  }
  const made = { action: 'create', id: index, fingerprint: content.digest } as const;
  if (left === 0) return { ...made, steps: ['refresh'], reason: 'its documents cannot be searched yet' };
  const reason = again ? { reason: 'the index has been created again' } : {};
  return { ...made, steps: [count(left, content.documents)], ...reason };
}

function byCount(
  question: Question,
  index: string,
  content: Content,
  live: LiveIndex,
  facts: Facts,
): Verdict {
  const changed = content.digest !== facts.sourceDigest;
  if (!changed && live.documents >= facts.atLeast) return { action: 'none', id: index };
  return {
    action: 'update',
    fingerprint: content.digest,
    id: index,
    steps: [count(content.documents)],
    reason: changed
      ? 'the source has changed'
      : `the index holds ${grouped(live.documents)} documents; after the last apply it held ${grouped(facts.atLeast)} or more`,
    fields: changed ? [fieldChange(question, facts, content)] : [],
    ...(changed ? {} : { drifted: true }),
    notes: changed ? [LARGE] : [],
  };
}

function byDocument(
  question: Question,
  index: string,
  content: Content,
  live: LiveIndex,
  facts: Facts,
  standing: Standing,
): Verdict {
  const removed = removedIds(facts, content.small?.map(({ id }) => id) ?? []).length;
  const changed = content.digest !== facts.sourceDigest;
  const left = pendingIn(standing);
  if (left === 0 && removed === 0) {
    const now = changed ? { facts: factsOf(content, live, standing.held) } : {};
    return { action: 'none', id: index, ...now };
  }
  const said = [
    part(standing.missing.length, changed ? 'to add' : 'missing from the index'),
    part(standing.different.length, changed ? 'changed' : 'changed in the index'),
    part(removed, 'no longer in the source'),
  ].filter((text) => text !== '');
  return {
    action: 'update',
    fingerprint: content.digest,
    id: index,
    steps: [
      ...(left === 0 ? [] : [count(left, content.documents)]),
      ...(removed === 0 ? [] : [`delete ${count(removed)}`]),
    ],
    reason: said.join(', '),
    fields: changed ? [fieldChange(question, facts, content)] : [],
    ...(changed ? {} : { drifted: true }),
    ...(removed === 0 ? {} : { destructive: `deletes ${count(removed)}` }),
  };
}

/** Of the documents that the state remembers, those that the source no longer has. */
export function removedIds(facts: Facts | undefined, wanted: Iterable<string>): string[] {
  const kept = new Set(wanted);
  return Object.keys(facts?.held ?? {}).filter((id) => !kept.has(id));
}

function fieldChange(question: Question, facts: Facts, content: Content): FieldChange {
  const told = (documents: number, digest: string): string => `${count(documents)} (${digest.slice(0, 12)})`;
  return {
    pointer: question.spec.files === undefined ? '/documents' : '/files',
    before: told(facts.documents, facts.sourceDigest),
    after: told(content.documents, content.digest),
    by: 'git',
  };
}

function inlineCount(question: Question): string {
  const documents = question.spec.documents;
  return count(Array.isArray(documents) ? documents.length : 0);
}

function part(documents: number, what: string): string {
  return documents === 0 ? '' : `${grouped(documents)} ${what}`;
}

export function count(documents: number, of: number = documents): string {
  const noun = of === 1 ? 'document' : 'documents';
  return of === documents
    ? `${grouped(documents)} ${noun}`
    : `${grouped(documents)} of ${grouped(of)} ${noun}`;
}
