import type { ServerError } from '../../core/errors.ts';
import type { Words } from '../refusals.ts';

const OTHER_PRIORITY =
  'Give one of the two another priority (the higher one counts), or patterns that no name can fit both of.';

export function conflictWords(name: string, other: string, patterns: string, priority: number): Words {
  return {
    code: 'RCTL_TEMPLATE_CONFLICT',
    message: `The index templates ${name} and ${other} are for the same names (${patterns}) and have the same priority, ${priority}: OpenSearch could not tell which one counts.`,
    remedy: OTHER_PRIORITY,
  };
}

/** What the server says to a template that it does not take, or does not let go (400; 2.19.1 and 3.6.0). */
export function refusal({ reason }: ServerError): Words | undefined {
  const conflict =
    /index template \[([^\]]+)\] has index patterns .* with patterns \((.+)\) that have the same priority \[(\d+)\]/.exec(
      reason,
    );
  if (conflict !== null) {
    const [, name = '', patterns = '', priority = ''] = conflict;
    const other = patterns.split(' => ')[0] ?? '';
    return conflictWords(name, other, patterns, Number(priority));
  }
  const missing = /specifies component templates \[([^\]]*)\] that do not exist/.exec(reason)?.[1];
  if (missing !== undefined) {
    return {
      code: 'RCTL_COMPONENT_TEMPLATE_MISSING',
      message: `composed_of names component templates that this cluster does not have: ${missing}.`,
      remedy: 'Make them first (PUT /_component_template/NAME), or leave them out.',
    };
  }
  const streams =
    /in use by a data streams \[([^\]]*)\]|would cause data streams \[([^\]]*)\] to no longer match/.exec(
      reason,
    );
  if (streams !== null) {
    return {
      code: 'RCTL_TEMPLATE_IN_USE',
      message: `The data streams ${streams[1] ?? streams[2]} need this template as it is.`,
      remedy: 'Delete the data streams first, or let another template with data_stream match them.',
    };
  }
  const setting = /unknown setting \[([^\]]+)\]/.exec(reason)?.[1];
  if (setting !== undefined) {
    return {
      code: 'RCTL_SETTING_UNKNOWN',
      message: `This cluster knows no setting ${setting}.`,
      remedy: 'Correct its name, or install the plugin that brings it.',
    };
  }
  return undefined;
}
