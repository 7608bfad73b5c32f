import { type FailureClass, RerankctlError } from '../core/errors.ts';

export type DevErrorCode =
  | 'DEV_CACHE_PATH'
  | 'DEV_CACHE_PRIVATE'
  | 'DEV_FETCH_FAILED'
  | 'DEV_INSTALL_FAILED'
  | 'DEV_INTERRUPTED'
  | 'DEV_JAVA_MISSING'
  | 'DEV_LOCKED'
  | 'DEV_MAVEN_MISSING'
  | 'DEV_NODE_DIED'
  | 'DEV_NODE_SLOW'
  | 'DEV_NODE_DIFFERS'
  | 'DEV_OPTION_INVALID'
  | 'DEV_PLATFORM_UNSUPPORTED'
  | 'DEV_PORT_IN_USE'
  | 'DEV_SECURITY_UNPUBLISHED'
  | 'DEV_STOP_REFUSED';

/** Something about this machine or these options keeps a local node from running. Never without a remedy. */
export class DevError extends RerankctlError {
  declare readonly code: DevErrorCode;
  declare readonly remedy: string;

  constructor(
    code: DevErrorCode,
    message: string,
    remedy: string,
    more: { failure?: FailureClass; cause?: unknown } = {},
  ) {
    super(more.failure ?? 'usage', code, message, { remedy, cause: more.cause });
  }
}

export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interrupted();
}

export function interrupted(): DevError {
  return new DevError('DEV_INTERRUPTED', 'Interrupted.', 'Run the command again; it picks up from here.', {
    failure: 'interrupted',
  });
}

/** The `code` of a Node.js system error (`ENOENT`, `EACCES`, …). */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
