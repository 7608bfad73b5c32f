import { ServerError } from '../core/errors.ts';

/** What a kind knows better about a refusal than the transport does. */
export interface Words {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Runs a step, and tells a refusal by the server in the kind's own words where it has some. */
export async function inWords<T>(
  words: (error: ServerError) => Words | undefined | Promise<Words | undefined>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Who may not, and who cannot be reached, is told well enough already.
    if (!(error instanceof ServerError) || error.failure === 'connection') throw error;
    const better = await words(error);
    throw better === undefined ? error : new ServerError(error, better, error);
  }
}
