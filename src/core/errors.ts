import type { Address } from './address.ts';
import type { Diagnostic } from './diagnostic.ts';

/** What went wrong, as the exit code tells it apart (see `cli/exit.ts`). */
export type FailureClass =
  | 'usage'
  | 'manifest'
  | 'connection'
  | 'server'
  | 'refused'
  | 'incomplete'
  | 'interrupted';

/**
 * A failure that is not a bug: the user's, the cluster's or the network's. `code` is stable (`RCTL_…`), the
 * message says what happened, `remedy` what to do next, `cause` keeps the original. Anything else that is
 * thrown is a bug and is never caught on the way.
 */
export class RerankctlError extends Error {
  override readonly name = 'RerankctlError';
  readonly failure: FailureClass;
  readonly code: string;
  readonly remedy: string | undefined;
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    failure: FailureClass,
    code: string,
    message: string,
    more: { remedy?: string | undefined; cause?: unknown; diagnostics?: readonly Diagnostic[] } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.failure = failure;
    this.code = code;
    this.remedy = more.remedy;
    this.diagnostics = more.diagnostics ?? [];
  }
}

/** The server answered with an error. Holds what it said, word for word, for translation and for `--debug`. */
export class ServerError extends RerankctlError {
  readonly status: number;
  /** The server's own class of error, e.g. `illegal_argument_exception`; empty when it sent none. */
  readonly type: string;
  readonly reason: string;
  readonly request: string;

  constructor(
    answer: { status: number; type: string; reason: string; request: string },
    translated: { code: string; message: string; remedy?: string | undefined; failure?: FailureClass },
    cause?: unknown,
  ) {
    super(translated.failure ?? 'server', translated.code, translated.message, {
      remedy: translated.remedy,
      cause,
    });
    this.status = answer.status;
    this.type = answer.type;
    this.reason = answer.reason;
    this.request = answer.request;
  }
}

/** The answer of the server that a failure goes back to; `undefined` where its message has these words already. */
function saidIn(error: RerankctlError): string | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof ServerError)) continue;
    const { request, status, type, reason } = cause;
    if (reason === '' || error.message.includes(reason)) return undefined;
    return `${request}: ${[status, type].join(' ').trim()}: ${reason}`;
  }
  return undefined;
}

export function asDiagnostic(error: RerankctlError, address?: Address): Diagnostic {
  const said = saidIn(error);
  return {
    severity: 'error',
    code: error.code,
    message: error.message,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    ...(said === undefined ? {} : { said }),
    ...(address === undefined ? {} : { address }),
  };
}
