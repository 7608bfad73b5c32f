import { isObject, listAt, textAt } from '../../core/json.ts';
import type { Cluster } from '../../opensearch/cluster.ts';

/** A template as the server holds it: settings as text below `index`, mappings as they were sent. */
export type LiveTemplate = Readonly<Record<string, unknown>>;

/** All composable templates, by name, in one request. */
export async function readTemplates(cluster: Cluster): Promise<Map<string, LiveTemplate>> {
  const { body } = await cluster.request({ method: 'GET', path: '/_index_template', accept: [404] });
  return new Map(
    listAt(body, 'index_templates').flatMap((each) => {
      const name = textAt(each, 'name');
      const template = isObject(each) ? each.index_template : undefined;
      return name === undefined || !isObject(template) ? [] : [[name, template] as const];
    }),
  );
}
