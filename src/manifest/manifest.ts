import { type Address, addressOf } from '../core/address.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { isObject, type Json, pointerSegments, pointerTo } from '../core/json.ts';
import type { Lifecycle, Resource } from '../core/resource.ts';
import { didYouMean, listed } from '../core/suggest.ts';
import { toShownJson, type Value, type ValueObject } from '../core/value.ts';
import { type DirectiveContext, type LeafKind, type Resolved, resolveDirectives } from './directives.ts';
import { explainAll } from './explain.ts';
import { hideLiterals } from './literal-secrets.ts';
import type { Aim, Locator } from './locate.ts';
import type { ParsedDocument } from './parse.ts';
import { hasSecretFields, isSecretField, KIND_NAMES, schemaOf } from './schema.ts';
import { fieldsSince } from './since.ts';
import { leafAt, validationErrors } from './validate.ts';

export const API_VERSION = 'rerankctl/v1';
const TOP_LEVEL = ['apiVersion', 'kind', 'metadata', 'spec'];

/** A use of another resource: a `$ref`, or an entry of `metadata.depends_on`. */
export interface Use {
  readonly address: Address;
  readonly pointer: string;
  readonly by: 'reference' | 'depends_on';
}

/** What is known of one document, sound or not. */
export interface Manifest {
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly locator: Locator;
  readonly uses: readonly Use[];
  /** Present when nothing is wrong with the document itself. */
  readonly resource: Resource | undefined;
}

/** Reads one document: its envelope, its directives, its fields. Everything that is wrong goes to `diagnostics`. */
export function readManifest(
  document: ParsedDocument,
  context: Omit<DirectiveContext, 'folder'>,
  diagnostics: Diagnostic[],
): Manifest {
  return new ManifestReader(document, diagnostics).read({ ...context, folder: document.source.folder });
}

const SECRET_REMEDY =
  'Write `{ $env: NAME }` and set that environment variable, or `{ $file: path }` with a file that git ignores. A secret that was committed is to be renewed.';

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

type Problem = Omit<Diagnostic, 'severity' | 'address' | 'pointer' | 'location' | 'snippet' | 'remedy'> & {
  readonly remedy?: string | undefined;
};

class ManifestReader {
  readonly #document: ParsedDocument;
  readonly #diagnostics: Diagnostic[];
  #address: Address | undefined;
  #sound = true;

  constructor(document: ParsedDocument, diagnostics: Diagnostic[]) {
    this.#document = document;
    this.#diagnostics = diagnostics;
  }

  read(context: DirectiveContext): Manifest {
    const { data, locator, broken, source } = this.#document;
    const envelope: Record<string, unknown> = isObject(data) ? data : {};
    const kind = textOf(envelope.kind);
    const given = isObject(envelope.metadata) ? textOf(envelope.metadata.name) : undefined;
    const known = kind !== undefined && KIND_NAMES.includes(kind);
    const manifest = { kind, name: given, locator, uses: [], resource: undefined };
    if (broken) return manifest;
    if (known && given !== undefined) this.#address = addressOf(kind, given);
    if (!this.#envelope(data, known) || !known) return manifest;

    const metadata = resolveDirectives((envelope.metadata ?? null) as Json, '/metadata', context);
    const spec = this.#spec(kind, (envelope.spec ?? {}) as Json, context);
    for (const { pointer, ...problem } of [...metadata.problems, ...spec.problems])
      this.#report(problem, pointer);
    if (envelope.metadata !== undefined)
      this.#validate('metadata', metadata.value, '/metadata', metadata.leaves);
    if (envelope.spec !== undefined || this.#mayLackSpec(kind)) {
      this.#validate(kind, spec.value, '/spec', spec.leaves);
    }
    const name = isObject(metadata.value) ? textOf(metadata.value.name) : undefined;
    const uses: Use[] = [
      ...[...metadata.references, ...spec.references].map((use) => ({ ...use, by: 'reference' as const })),
      ...dependencies(metadata.value),
    ];
    const resource =
      this.#sound && name !== undefined && isObject(metadata.value)
        ? this.#resource(
            kind,
            name,
            metadata.value,
            this.#withTexts(kind, spec.value as ValueObject),
            uses,
            source.folder,
          )
        : undefined;
    return { kind, name, locator, uses, resource };
  }

  /** Reads the directives of a spec. A secret comes from one, and is never written down. */
  #spec(kind: string, spec: Json, context: DirectiveContext): Resolved {
    if (!hasSecretFields(kind)) return resolveDirectives(spec, '/spec', context);
    const isSecret = (pointer: string): boolean => isSecretField(kind, pointer.slice('/spec'.length));
    const resolved = resolveDirectives(spec, '/spec', { ...context, isSecret });
    const { value, found, leaves } = hideLiterals(resolved.value, '/spec', isSecret);
    for (const { text } of found) this.#document.locator.hide(text);
    for (const { pointer } of found) {
      const field = pointerSegments(pointer).slice(1).join('.');
      const message = `\`${field}\` is a secret, and it is written in the manifest.`;
      this.#report({ code: 'RCTL_SECRET_LITERAL', message, remedy: SECRET_REMEDY }, pointer);
    }
    return found.length === 0
      ? resolved
      : { ...resolved, value, leaves: new Map([...resolved.leaves, ...leaves]) };
  }

  /** Is it a manifest, as far as its outermost keys tell? */
  #envelope(data: Json, kindIsKnown: boolean): boolean {
    if (!isObject(data)) {
      this.#report(notAManifest('it is no mapping'), '');
      return false;
    }
    if (data.apiVersion === undefined) {
      this.#report(notAManifest('it has no `apiVersion`'), '');
      if (!kindIsKnown) return false;
    } else if (data.apiVersion !== API_VERSION) {
      const message = `The apiVersion ${JSON.stringify(data.apiVersion)} is not known here.`;
      this.#report(
        { code: 'RCTL_API_VERSION', message, remedy: `Write \`apiVersion: ${API_VERSION}\`.` },
        '/apiVersion',
      );
      return false;
    }
    this.#topLevelKeys(data);
    if (data.kind === undefined) {
      const remedy = `Add \`kind:\` and one of ${listed(KIND_NAMES)}.`;
      this.#report({ code: 'RCTL_MISSING_FIELD', message: '`kind` is missing.', remedy }, '');
    } else if (!kindIsKnown) {
      const near = typeof data.kind === 'string' ? didYouMean(data.kind, KIND_NAMES) : undefined;
      const remedy = near ?? `The kinds are ${listed(KIND_NAMES, 'and')}.`;
      this.#report(
        { code: 'RCTL_UNKNOWN_KIND', message: `There is no kind ${JSON.stringify(data.kind)}.`, remedy },
        '/kind',
        'auto',
      );
    }
    if (data.metadata === undefined) {
      const remedy = 'Add `metadata: { name: … }`: the name is half of the address `Kind/name`.';
      this.#report({ code: 'RCTL_MISSING_FIELD', message: '`metadata` is missing.', remedy }, '');
    }
    if (data.spec === undefined && kindIsKnown && !this.#mayLackSpec(String(data.kind))) {
      const remedy = 'Add `spec:` and below it the body of the request that OpenSearch’s API takes.';
      this.#report({ code: 'RCTL_MISSING_FIELD', message: '`spec` is missing.', remedy }, '');
    }
    return true;
  }

  #topLevelKeys(data: Record<string, unknown>): void {
    for (const key of Object.keys(data).filter((name) => !TOP_LEVEL.includes(name))) {
      const remedy =
        didYouMean(key, TOP_LEVEL) ??
        `A manifest has ${listed(TOP_LEVEL, 'and')}. Does it belong under \`spec\`?`;
      const message = `\`${key}\` is no field of a manifest.`;
      this.#report({ code: 'RCTL_UNKNOWN_FIELD', message, remedy }, pointerTo('', key), 'key');
    }
  }

  #mayLackSpec(kind: string): boolean {
    return schemaOf(kind).required === undefined && schemaOf(kind).oneOf === undefined;
  }

  #validate(name: string, value: Value, base: string, leaves: ReadonlyMap<string, LeafKind>): void {
    const errors = validationErrors(name, value, base, leaves);
    if (errors.length === 0) return;
    const { locator } = this.#document;
    const subject = {
      name,
      shown: toShownJson(value),
      textOf: (pointer: string) => locator.textOf(base + pointer),
      isSecret: (pointer: string) => leafAt(base + pointer, leaves) === 'secret',
      isInFlow: (pointer: string) => locator.isInFlow(base + pointer),
    };
    for (const { code, message, remedy, pointer, aim } of explainAll(errors, subject)) {
      this.#report({ code, message, remedy }, base + pointer, aim);
    }
  }

  /** Fields that are texts to the server although YAML reads `1.0` as the number 1: they stay as they were written. */
  #withTexts(kind: string, spec: ValueObject): ValueObject {
    const { properties } = schemaOf(kind);
    let result = spec;
    for (const [field, schema] of Object.entries(isObject(properties) ? properties : {})) {
      const value = spec[field];
      if (typeof value !== 'number' || !isObject(schema) || schema['x-text'] !== true) continue;
      result = {
        ...result,
        [field]: this.#document.locator.textOf(pointerTo('/spec', field)) ?? String(value),
      };
    }
    return result;
  }

  #resource(
    kind: string,
    name: string,
    metadata: Record<string, unknown>,
    spec: ValueObject,
    uses: readonly Use[],
    folder: string,
  ): Resource {
    const { locator } = this.#document;
    return {
      address: addressOf(kind, name),
      kind,
      name,
      labels: (metadata.labels ?? {}) as Record<string, string>,
      lifecycle: (metadata.lifecycle ?? {}) as Lifecycle,
      spec,
      movedFrom: (metadata.moved_from ?? []) as Address[],
      dependsOn: [...new Set(uses.map((use) => use.address))].sort(),
      since: fieldsSince(kind, spec),
      folder,
      locate: (pointer) => locator.at(pointer),
    };
  }

  #report(problem: Problem, pointer: string, aim: Aim = 'auto'): void {
    this.#sound = false;
    const { remedy, ...rest } = problem;
    this.#diagnostics.push({
      severity: 'error',
      ...rest,
      ...(remedy === undefined ? {} : { remedy }),
      ...(this.#address === undefined ? {} : { address: this.#address }),
      pointer,
      ...this.#document.locator.at(pointer, aim),
    });
  }
}

function notAManifest(why: string): Problem {
  return {
    code: 'RCTL_NOT_A_MANIFEST',
    message: `This document is no manifest of rerankctl: ${why}.`,
    remedy: `A manifest begins with \`apiVersion: ${API_VERSION}\`. Keep other YAML and JSON out of the folder, or name the files one by one.`,
  };
}

function dependencies(metadata: Value): Use[] {
  const list = isObject(metadata) && Array.isArray(metadata.depends_on) ? metadata.depends_on : [];
  return list.flatMap((address, i) =>
    typeof address === 'string' && address !== ''
      ? [{ address: address as Address, pointer: `/metadata/depends_on/${i}`, by: 'depends_on' as const }]
      : [],
  );
}
