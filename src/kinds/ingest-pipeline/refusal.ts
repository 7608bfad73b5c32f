import type { ServerError } from '../../core/errors.ts';
import type { Words } from '../refusals.ts';

/** What the server says to a pipeline that it does not take (400 `parse_exception`, 2.19.1 and 3.6.0). */
export function refusal({ reason }: ServerError): Words | undefined {
  const type = /No processor type exists with name \[([^\]]*)\]/.exec(reason)?.[1];
  if (type !== undefined) {
    return {
      code: 'RCTL_PROCESSOR_UNKNOWN',
      message: `This cluster has no ingest processor ${type}.`,
      remedy:
        'Correct its name, or install the module or plugin that brings it. `GET /_nodes/ingest` lists those that there are.',
    };
  }
  const keys = /doesn't support one or more provided configuration parameters \[([^\]]*)\]/.exec(reason)?.[1];
  const processor = /^processor \[([^\]]*)\]/.exec(reason)?.[1];
  if (keys !== undefined && processor !== undefined) {
    return {
      code: 'RCTL_PROCESSOR_FIELD',
      message: `The processor ${processor} has no parameter ${keys}.`,
      remedy: 'Correct its name or leave it out.',
    };
  }
  return undefined;
}
