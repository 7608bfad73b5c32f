import { isNode, LineCounter, parseDocument } from 'yaml';
import type { SourceLocation } from '../../core/diagnostic.ts';
import { RerankctlError } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject, textAt } from '../../core/json.ts';

/** A step of a workflow. */
export interface Step {
  readonly id: string;
  readonly type: string;
  /** `user_inputs`, and before them what the workflow's own `user_params` say. */
  readonly inputs: JsonObject;
  /** By the ID of an earlier step: which of its outputs comes from there. */
  readonly previous: Readonly<Record<string, string>>;
  readonly location: SourceLocation;
}

/** A template of the flow-framework plugin, as far as it says what is to be made. */
export interface Template {
  readonly name: string;
  readonly description: string;
  /** Of the workflow `provision`, in its order. */
  readonly steps: readonly Step[];
  /** Pairs of IDs, the earlier step first: those of `edges`. */
  readonly edges: readonly (readonly [string, string])[];
  /** Workflows beside `provision`. */
  readonly others: readonly string[];
}

/** Reads a template, which is JSON or YAML. Throws where it is none. What it quotes holds no value: one may be a secret. */
export function readTemplate(text: string, file: string): Template {
  const lines = new LineCounter();
  // The plugin takes the last of two equal keys, and templates of its own have them.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const place = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, column } = place(broken.pos[0]);
    throw noTemplate(`${file} cannot be read: line ${line}, column ${column} is neither JSON nor YAML.`);
  }
  const data: unknown = document.toJS();
  const workflows = isObject(data) ? data.workflows : undefined;
  const provision = isObject(workflows) ? workflows.provision : undefined;
  if (!isObject(workflows) || !isObject(provision) || !Array.isArray(provision.nodes)) {
    throw noTemplate(`${file} has no \`workflows.provision.nodes\`.`);
  }
  const params = isObject(provision.user_params) ? (provision.user_params as JsonObject) : {};
  const steps = provision.nodes.map((node: unknown, i): Step => {
    const [id, type] = [textAt(node, 'id'), textAt(node, 'type')];
    if (id === undefined || type === undefined) {
      throw noTemplate(
        `${file}: step ${i + 1} of \`workflows.provision.nodes\` has no \`id\` or no \`type\`.`,
      );
    }
    const at = document.getIn(['workflows', 'provision', 'nodes', i], true);
    const { user_inputs: inputs, previous_node_inputs: previous } = node as Record<string, unknown>;
    return {
      id,
      type,
      inputs: { ...(isObject(inputs) ? (inputs as JsonObject) : {}), ...params },
      previous: Object.fromEntries(
        Object.entries(isObject(previous) ? previous : {}).map(([from, output]) => [from, String(output)]),
      ),
      location: place((isNode(at) && at.range?.[0]) || 0),
    };
  });
  const ids = steps.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw noTemplate(`${file} has two steps with the id ${twice}.`);
  return {
    name: textAt(data, 'name') ?? '',
    description: textAt(data, 'description') ?? '',
    steps,
    edges: (Array.isArray(provision.edges) ? (provision.edges as Json[]) : []).flatMap((edge) => {
      const [source, dest] = [textAt(edge, 'source'), textAt(edge, 'dest')];
      return source === undefined || dest === undefined ? [] : [[source, dest] as const];
    }),
    others: Object.keys(workflows).filter((workflow) => workflow !== 'provision'),
  };
}

function noTemplate(message: string): RerankctlError {
  return new RerankctlError('usage', 'RCTL_IMPORT_TEMPLATE', message, {
    remedy:
      'Give a template as POST /_plugins/_flow_framework/workflow takes it. JSON is what GET …/workflow/ID answers; YAML is read more strictly here.',
  });
}
