import { parseAddress } from '../core/address.ts';
import { ServerError } from '../core/errors.ts';
import { findRule, type Known, type Rule, wordsOf } from '../opensearch/refusals/rule.ts';
import type { Kind, ProvisionedKind, RemovalContext, StepContext } from './kind.ts';

/** Runs a step, and tells a refusal by the server in the kind's own words where it has some. */
export async function inWords<T>(rules: readonly Rule[], known: Known, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Who may not, and who cannot be reached, is told well enough already; and so is what went through here before.
    if (!(error instanceof ServerError) || error.failure === 'connection') throw error;
    if (error.cause instanceof ServerError) throw error;
    const rule = findRule(error, rules);
    throw rule === undefined
      ? error
      : new ServerError(error, wordsOf(rule, error, { request: error.request, ...known }), error);
  }
}

/** The kind, with all that it does on a server told by its `refusals`. */
export function inItsWords<K extends Kind>(kind: K): K {
  const { refusals } = kind;
  return kind.provisions && refusals !== undefined ? { ...kind, ...told(kind, refusals) } : kind;
}

function told(kind: ProvisionedKind, rules: readonly Rule[]): Partial<ProvisionedKind> {
  const { prepare, withdraw, rest, wake } = kind;
  const of = <T>(context: StepContext, work: () => Promise<T>): Promise<T> =>
    inWords(rules, { name: context.resource.name }, work);
  const ofRemoval = (context: RemovalContext, work: () => Promise<void>): Promise<void> =>
    inWords(rules, { name: parseAddress(context.recorded.address)?.name }, work);
  return {
    apply: (context) => of(context, () => kind.apply(context)),
    remove: (context, id) => ofRemoval(context, () => kind.remove(context, id)),
    ...(prepare && { prepare: (context) => of(context, () => prepare.call(kind, context)) }),
    ...(withdraw && { withdraw: (context) => of(context, () => withdraw.call(kind, context)) }),
    ...(rest && { rest: (context, id) => ofRemoval(context, () => rest.call(kind, context, id)) }),
    ...(wake && { wake: (context, id) => ofRemoval(context, () => wake.call(kind, context, id)) }),
  };
}
