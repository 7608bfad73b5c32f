import type { ServerError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { Words } from '../refusals.ts';
import { readNames } from './live.ts';

/** What the server says to a setting that it does not take (400; `settings_exception` on 3.6.0, not on 2.19.1). */
export function refusal(cluster: Cluster): (error: ServerError) => Promise<Words | undefined> {
  return async ({ reason }) => {
    const unknown = /setting \[([^\]]+)\], not recognized/.exec(reason)?.[1];
    if (unknown !== undefined) {
      const words = { code: 'RCTL_SETTING_UNKNOWN', message: `This cluster knows no setting ${unknown}.` };
      if (unknown.startsWith('index.')) {
        return { ...words, remedy: 'Settings of an index belong into an Index or an IndexTemplate.' };
      }
      const meant = didYouMean(unknown, await readNames(cluster));
      return { ...words, remedy: meant ?? 'Correct its name, or install the plugin that brings it.' };
    }
    const fixed = /setting \[([^\]]+)\], not dynamically updateable/.exec(reason)?.[1];
    if (fixed !== undefined) {
      return {
        code: 'RCTL_SETTING_FIXED',
        message: `${fixed} cannot be changed while the cluster runs.`,
        remedy: 'Set it in opensearch.yml of every node and restart them, and take it out of the manifest.',
      };
    }
    const [, value, name] = /Failed to parse value \[(.*)\] for setting \[([^\]]+)\]/s.exec(reason) ?? [];
    if (name !== undefined) {
      return {
        code: 'RCTL_SETTING_VALUE',
        message: `${name} cannot be ${JSON.stringify(value)}: ${reason}`,
        remedy: 'Correct the value.',
      };
    }
    return undefined;
  };
}
