import type { Address } from '../../core/address.ts';
import type { StepType } from './step-types.ts';
import type { Step, Template } from './template.ts';

/** A step that becomes a manifest. */
export interface Making {
  readonly step: Step;
  readonly type: Extract<StepType, { kind: string }>;
  readonly address: Address;
  readonly name: string;
}

/** Which step takes what from which other, and what comes before what. */
export class StepGraph {
  readonly #template: Template;
  readonly #steps: ReadonlyMap<string, Step>;
  /** By the ID of their step. */
  readonly making = new Map<string, Making>();
  /** Why a step has no manifest, by its ID. */
  readonly leftOut = new Map<string, string>();

  constructor(template: Template) {
    this.#template = template;
    this.#steps = new Map(template.steps.map((step) => [step.id, step]));
  }

  /** The step that gives this input: the one that is named for it, or else one directly before it. */
  makerOf(step: Step, output: string): Making | undefined {
    const named = Object.entries(step.previous).find(([, given]) => given === output)?.[0];
    const written = typeof step.inputs[output] === 'string' ? step.inputs[output] : undefined;
    const [, spelt] = /^\$\{\{\s*(\w+)\.\w+\s*\}\}$/.exec(written ?? '') ?? [];
    const before = written === undefined ? this.#before(step) : [];
    for (const id of [named, spelt, ...before]) {
      const making = id === undefined ? undefined : this.through(id);
      if (making?.type.output === output) return making;
    }
    return undefined;
  }

  /** What a step stands for: itself, or the model that it deploys. */
  through(id: string): Making | undefined {
    const step = this.#steps.get(id);
    if (step?.type !== 'deploy_model') return this.making.get(id);
    return this.makerOf(step, 'model_id');
  }

  #before(step: Step): string[] {
    const edges = this.#template.edges.filter(([, dest]) => dest === step.id).map(([source]) => source);
    return [...new Set([...Object.keys(step.previous), ...edges])].filter((id) => id !== step.id);
  }

  /** What the template orders before a step. What makes nothing hands on what it waits for itself. */
  ordered(step: Step, seen = new Set<string>()): Set<Address> {
    const found = new Set<Address>();
    for (const id of this.#before(step)) {
      if (seen.has(id)) continue;
      seen.add(id);
      const making = this.through(id);
      const other = this.#steps.get(id);
      if (making !== undefined && !this.leftOut.has(making.step.id)) found.add(making.address);
      else if (other !== undefined) for (const address of this.ordered(other, seen)) found.add(address);
    }
    return found;
  }
}
