import { type Address, addressOf } from '../../core/address.ts';
import { type Diagnostic, sortDiagnostics } from '../../core/diagnostic.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { slugOf } from '../../engine/export.ts';
import { inDependencyOrder } from '../../engine/graph.ts';
import { type Making, StepGraph } from './graph.ts';
import type { Imported, ImportedManifest } from './imported.ts';
import { sealConnector } from './secrets.ts';
import { ACCESS_FIELDS, CONFIG_FIELDS, STEP_TYPES } from './step-types.ts';
import type { Step, Template } from './template.ts';
import { addressesIn, manifestValue, NoCounterpart, plainText, type Substitution } from './values.ts';

/**
 * Makes manifests of a template. What has no counterpart is said, with its reason: nothing is dropped silently.
 * `given`: values for the template's variables.
 */
export function importTemplate(template: Template, given: Readonly<Record<string, string>>): Imported {
  return new Importer(template, given).run();
}

class Importer {
  readonly #template: Template;
  readonly #given: Readonly<Record<string, string>>;
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #graph: StepGraph;
  readonly #taken = new Set<Address>();
  readonly #deployed = new Set<string>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #secrets = new Set<string>();
  readonly #variables = new Set<string>();
  readonly #missing = new Set<string>();
  /** Groups that the server would make by itself, by the name of their model. */
  readonly #groups = new Map<string, ImportedManifest>();

  constructor(template: Template, given: Readonly<Record<string, string>>) {
    this.#template = template;
    this.#given = given;
    this.#graph = new StepGraph(template);
    this.#steps = new Map(template.steps.map((step) => [step.id, step]));
  }

  run(): Imported {
    const { steps, others } = this.#template;
    for (const step of steps) this.#name(step);
    for (const step of steps) {
      if (step.type !== 'deploy_model') continue;
      const deployed = this.#graph.makerOf(step, 'model_id');
      if (deployed === undefined) this.#leaveOut(step, 'it names no model of this template');
      else this.#deployed.add(deployed.step.id);
    }
    const manifests: ImportedManifest[] = [];
    // What refers to something that is left out is left out too, so this begins anew until nothing more is.
    for (let before = -1; before !== this.#graph.leftOut.size; ) {
      before = this.#graph.leftOut.size;
      manifests.length = 0;
      this.#groups.clear();
      this.#secrets.clear();
      this.#variables.clear();
      for (const making of this.#graph.making.values()) {
        if (this.#graph.leftOut.has(making.step.id)) continue;
        const manifest = this.#attempt(making);
        if (manifest !== undefined) manifests.push(manifest);
      }
    }
    manifests.push(...this.#groups.values());
    for (const workflow of others) {
      this.#diagnostics.push({
        severity: 'warning',
        code: 'RCTL_IMPORT_LEFT_OUT',
        message: `The workflow ${workflow} is left out: what is to be made is the workflow provision.`,
      });
    }
    for (const [id, why] of this.#graph.leftOut) {
      const step = this.#steps.get(id);
      if (step === undefined) continue;
      this.#say(
        step,
        'warning',
        'RCTL_IMPORT_LEFT_OUT',
        `The step ${id} (${step.type}) is left out: ${why}.`,
      );
    }
    for (const name of this.#missing) {
      this.#diagnostics.push({
        severity: 'error',
        code: 'RCTL_IMPORT_VARIABLE',
        message: `\${{${name}}} stands where a manifest has no place for a variable: in the name of an object or of a field.`,
        remedy: `Give its value: --var ${name}=…`,
      });
    }
    return {
      manifests: inDependencyOrder(manifests),
      diagnostics: sortDiagnostics(this.#diagnostics),
      secrets: [...this.#secrets].sort(),
      variables: [...this.#variables].sort(),
    };
  }

  /** Gives a step its address, so that others can refer to it. */
  #name(step: Step): void {
    const type = STEP_TYPES[step.type];
    if (type === undefined) this.#leaveOut(step, 'rerankctl knows no such type of step');
    else if ('because' in type) this.#leaveOut(step, type.because);
    else if ('kind' in type) this.#make(step, type);
  }

  #make(step: Step, type: Making['type']): void {
    const given = step.inputs[type.named ?? 'name'];
    const text = typeof given === 'string' ? given : '';
    if (type.named !== undefined && text === '') {
      this.#leaveOut(step, `it has no ${type.named}`);
      return;
    }
    const own = slugOf(text.includes('${{') ? step.id : text) || slugOf(step.id);
    const name = type.named === undefined ? own : plainText(text, this.#substitution(step));
    const address = this.#free(type.kind, name, type.named !== undefined);
    if (address === undefined) this.#leaveOut(step, `another step makes ${type.kind}/${name} too`);
    else this.#graph.making.set(step.id, { step, type, address, name: address.slice(type.kind.length + 1) });
  }

  #free(kind: string, name: string, isFixed: boolean): Address | undefined {
    let address = addressOf(kind, name);
    for (let n = 2; this.#taken.has(address); n++) {
      if (isFixed) return undefined;
      address = addressOf(kind, `${name}-${n}`);
    }
    this.#taken.add(address);
    return address;
  }

  #attempt(making: Making): ImportedManifest | undefined {
    try {
      return this.#manifest(making);
    } catch (error) {
      if (!(error instanceof NoCounterpart)) throw error;
      this.#leaveOut(making.step, error.message);
      return undefined;
    }
  }

  #manifest({ step, type, address, name }: Making): ImportedManifest {
    const { kind, fields, named } = type;
    const comments: string[] = [];
    for (const input of Object.keys(step.inputs)) {
      if (fields.includes(input) || input === named) continue;
      this.#fieldLeftOut(step, address, input, kind);
    }
    const inputs = kind === 'Connector' ? this.#sealed(step, address, name) : step.inputs;
    const read = (field: string): Json | undefined => {
      const value = inputs[field];
      // What was sealed is a directive already.
      if (value === undefined) return undefined;
      return kind === 'Connector' ? this.#connectorValue(step, field, value) : this.#value(step, value);
    };
    let spec: JsonObject;
    if (named !== undefined) spec = this.#configurations(step, inputs.configurations);
    else {
      spec = {};
      for (const field of fields) {
        const value = read(field);
        if (value !== undefined) spec[field] = value;
      }
      if (kind === 'Model') spec = this.#model(step, address, spec, comments);
    }
    const references = addressesIn(spec);
    const waitsFor = [...this.#graph.ordered(step)]
      .filter((other) => other !== address && !references.has(other))
      .sort();
    return {
      address,
      kind,
      name,
      spec,
      waitsFor,
      dependsOn: [...references, ...waitsFor],
      comments,
      implied: false,
    };
  }

  #value(step: Step, value: Json): Json {
    return manifestValue(value, this.#substitution(step));
  }

  #connectorValue(step: Step, field: string, value: Json): Json {
    if (field !== 'credential' && field !== 'parameters') return this.#value(step, value);
    if (!isObject(value)) return this.#value(step, value);
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        plainText(key, this.#substitution(step)),
        isObject(item) && '$env' in item ? (item as Json) : this.#value(step, item as Json),
      ]),
    );
  }

  #sealed(step: Step, address: Address, name: string): JsonObject {
    const protocol = step.inputs.protocol;
    if (typeof protocol === 'string' && protocol.startsWith('mcp'))
      throw new NoCounterpart('its protocol belongs to agents, which are no matter of rerankctl');
    const { inputs, secrets } = sealConnector(step.inputs, name);
    for (const { field, variable, literal } of secrets) {
      this.#secrets.add(variable);
      this.#say(
        step,
        literal ? 'warning' : 'note',
        'RCTL_IMPORT_SECRET',
        literal
          ? `${address}: the template holds ${field} in plain text. The manifest takes it from the environment: {$env: ${variable}}.`
          : `${address}: ${field} is taken from the environment: {$env: ${variable}}.`,
      );
    }
    return inputs;
  }

  /** The body of an index or a pipeline: an object, or that as text. */
  #configurations(step: Step, given: Json | undefined): JsonObject {
    let value = given;
    if (typeof value === 'string') {
      try {
        value = JSON.parse(value) as Json;
      } catch {
        throw new NoCounterpart('its configurations are no JSON');
      }
    }
    if (value === undefined || value === null) throw new NoCounterpart('it has no configurations');
    if (!isObject(value)) throw new NoCounterpart('its configurations are no object');
    return this.#value(step, value as Json) as JsonObject;
  }

  #model(step: Step, address: Address, read: JsonObject, comments: string[]): JsonObject {
    const spec: JsonObject = {};
    const access: JsonObject = {};
    const config: JsonObject = {};
    for (const [field, value] of Object.entries(read)) {
      if (ACCESS_FIELDS.includes(field)) access[field] = value;
      else if (CONFIG_FIELDS.some((own) => own === field)) config[field] = value;
      else spec[field] = value;
    }
    if (Object.keys(config).length > 0)
      spec.model_config = {
        ...config,
        ...(isObject(spec.model_config) ? (spec.model_config as JsonObject) : {}),
      };
    spec.model_group_id = this.#group(step, address, spec, access);
    if (step.type === 'register_remote_model') {
      const connector = this.#graph.makerOf(step, 'connector_id');
      spec.function_name = 'remote';
      if (connector !== undefined) spec.connector_id = { $ref: this.#kept(connector) };
      else if (spec.connector_id === undefined) throw new NoCounterpart('no step gives it a connector_id');
      else this.#rawId(step, address, 'connector_id', spec.connector_id);
    }
    const deploy = spec.deploy === true || spec.deploy === 'true' || this.#deployed.has(step.id);
    delete spec.deploy;
    if (!deploy) {
      spec.deploy = false;
      comments.push('The template does not deploy it. Without this field rerankctl does, and asks it once.');
    }
    return spec;
  }

  /** The group of a model. Where the template names none the server would make one: it bears the model's name. */
  #group(step: Step, address: Address, spec: JsonObject, access: JsonObject): Json {
    const group = this.#graph.makerOf(step, 'model_group_id');
    if (group !== undefined || spec.model_group_id !== undefined) {
      for (const field of Object.keys(access)) this.#fieldLeftOut(step, address, field, 'Model with a group');
    }
    if (group !== undefined) return { $ref: this.#kept(group) };
    if (spec.model_group_id !== undefined) {
      this.#rawId(step, address, 'model_group_id', spec.model_group_id);
      return spec.model_group_id;
    }
    const key = JSON.stringify(spec.name ?? null);
    const known = this.#groups.get(key);
    if (known !== undefined) return { $ref: known.address };
    let name = address.slice(address.indexOf('/') + 1);
    while (this.#taken.has(addressOf('ModelGroup', name))) name += '-group';
    const made = addressOf('ModelGroup', name);
    this.#groups.set(key, {
      address: made,
      kind: 'ModelGroup',
      name,
      spec: { name: spec.name ?? name, ...access },
      dependsOn: [],
      waitsFor: [],
      implied: true,
      comments: ['The template names no group, so the server made one that bears the name of the model.'],
    });
    return { $ref: made };
  }

  #rawId(step: Step, address: Address, field: string, value: Json): void {
    if (typeof value !== 'string') return;
    this.#say(
      step,
      'note',
      'RCTL_IMPORT_RAW_ID',
      `${address}: ${field} is the ID of an object of one cluster. On another it is another.`,
    );
  }

  #kept({ step, address }: Making): Address {
    if (this.#graph.leftOut.has(step.id))
      throw new NoCounterpart(`it needs ${address}, and the step ${step.id} is left out`);
    return address;
  }

  #substitution(step: Step): Substitution {
    return {
      given: this.#given,
      outputOf: (id, output) => {
        const making = id === step.id ? undefined : this.#graph.through(id);
        if (making !== undefined) return making.type.output === output ? this.#kept(making) : undefined;
        const why = this.#graph.leftOut.get(id);
        if (why !== undefined && id !== step.id)
          throw new NoCounterpart(`it needs ${output} of the step ${id}, which is left out`);
        return undefined;
      },
      variable: (name) => this.#variables.add(name),
      missing: (name) => this.#missing.add(name),
    };
  }

  #fieldLeftOut(step: Step, address: Address, field: string, what: string): void {
    const message = `${address}: the input ${field} of the step ${step.id} is left out, because a ${what} has no such field.`;
    this.#say(step, 'warning', 'RCTL_IMPORT_FIELD', message);
  }

  #leaveOut({ id }: Step, why: string): void {
    if (!this.#graph.leftOut.has(id)) this.#graph.leftOut.set(id, why);
  }

  #say({ location }: Step, severity: Diagnostic['severity'], code: string, message: string): void {
    this.#diagnostics.push({ severity, code, message, location });
  }
}
