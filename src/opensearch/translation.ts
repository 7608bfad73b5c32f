import type { FailureClass } from '../core/errors.ts';
import type { Said } from './answer.ts';
import type { Endpoint } from './endpoint.ts';

export interface Translation {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly failure?: FailureClass;
}

/** What a server refused, and what it said. */
export interface Refusal extends Said {
  readonly status: number;
  readonly request: string;
  readonly endpoint: Endpoint;
}

export type Translate = (context: Refusal) => Translation | undefined;
