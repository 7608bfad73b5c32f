import type { JsonObject } from '../../core/json.ts';
import { type ExportContext, type Exported, LiveId, type LiveObject, withIds } from '../exporting.ts';
import { readPipelines } from './live.ts';

/**
 * Pipelines are returned exactly as they were put (2.19.1, 3.6.0). Processors name models under
 * `model_id`, and under keys of their own: any text may be the ID of a model.
 */
export async function exportPipelines({ cluster, wants }: ExportContext): Promise<Exported> {
  const pipelines = await readPipelines(cluster);
  const objects = Object.entries(pipelines)
    .filter(([name]) => wants(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, body]): LiveObject => {
      const spec = withIds(body as JsonObject, (text, key) => new LiveId('Model', text, key !== 'model_id'));
      return { id: name, name, spec: spec as LiveObject['spec'], comments: [], diagnostics: [] };
    });
  return { objects, diagnostics: [] };
}
