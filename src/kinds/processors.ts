import { isObject, listAt, pointerTo } from '../core/json.ts';

export interface Processor {
  readonly type: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of the processor's settings, below the definition of the pipeline. */
  readonly pointer: string;
}

export type Phase = 'request_processors' | 'response_processors' | 'phase_results_processors';

/** The processors of one phase of a search pipeline, in order. The server takes several in one object, and a live pipeline may have them. */
export function processorsOf(definition: unknown, phase: Phase): Processor[] {
  return listAt(definition, phase).flatMap((entry, i) =>
    Object.entries(isObject(entry) ? entry : {}).map(([type, settings]) => ({
      type,
      settings: isObject(settings) ? settings : {},
      pointer: pointerTo(`/${phase}/${i}`, type),
    })),
  );
}
