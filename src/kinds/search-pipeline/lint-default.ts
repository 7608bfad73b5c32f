import { isObject } from '../../core/json.ts';
import type { LintGround, LintRule } from '../lint.ts';
import { type Processor, processorsOf } from '../processors.ts';
import { defaultPipelines } from './searched.ts';

const REMEDY =
  'Take the setting out, and name the pipeline in the searches that want it: `?search_pipeline=NAME`, or `search_pipeline` in the body.';

function reranksIn(pipeline: string, { resources, live }: LintGround): Processor[] {
  const definition = resources.get(`SearchPipeline/${pipeline}`)?.spec ?? live?.pipelines[pipeline];
  return processorsOf(definition, 'response_processors').filter(({ type }) => type === 'rerank');
}

/**
 * What was seen on 2.19.1 and 3.6.0. That `_update_by_query` keeps what the processor has made of the documents is the
 * worst of it, and the official tutorial of reranking by a field sets such a default.
 */
function harm({ settings }: Processor): string | undefined {
  const { by_field: byField, ignore_failure: ignored } = settings;
  if (isObject(byField)) {
    const writes = [
      byField.remove_target_field === true ? `loses ${String(byField.target_field)}` : undefined,
      byField.keep_previous_score === true ? 'gets a previous_score' : undefined,
    ].filter((each) => each !== undefined);
    const lasting =
      writes.length === 0
        ? ''
        : ` \`_update_by_query\` and \`_reindex\` store what the processor made of a document, which ${writes.join(' and ')} for good.`;
    const failing = '`_count` and searches with `size: 0` fail with a 500 as soon as something matches.';
    return ignored === true ? lasting.trim() || undefined : `${failing}${lasting}`;
  }
  if (ignored === true) return undefined;
  return 'Every search without `ext.rerank` fails with a 500, and so do `_count`, `_reindex`, `_update_by_query` and `_delete_by_query`, which cannot carry it.';
}

export const rerankDefaultPipeline: LintRule = {
  name: 'rerank-default-pipeline',
  level: 'warning',
  find: (ground) =>
    defaultPipelines(ground).flatMap(({ resource, pointer, pipeline }) => {
      const harms = reranksIn(pipeline, ground).flatMap((rerank) => harm(rerank) ?? []);
      if (harms.length === 0) return [];
      const message = `${pipeline} reranks, and is the default of all searches here. ${[...new Set(harms)].join(' ')}`;
      return [{ resource, pointer, message, remedy: REMEDY }];
    }),
};
