import type { Address } from '../core/address.ts';
import type { Plan } from '../core/plan.ts';

export function selectChanges(
  plan: Plan,
  _selection: { readonly targets: readonly string[]; readonly excludes: readonly string[] },
  _known: readonly Address[],
): Plan {
  return plan;
}
