import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { JsonObject } from '../../src/core/json.ts';
import type { Resource } from '../../src/core/resource.ts';
import type { ValueObject } from '../../src/core/value.ts';
import type { Hit } from '../../src/verify/hit.ts';
import type { VerificationReport } from '../../src/verify/report.ts';

export const QUESTION = 'What is the capital of the United States?';

/** The tutorial's passages, in the order in which a search without reranking returns them. */
export const PASSAGES = {
  nevada: 'Carson City is the capital city of the American state of Nevada.',
  mariana:
    'The Commonwealth of the Northern Mariana Islands is a group of islands in the Pacific Ocean. Its capital is Saipan.',
  washington:
    'Washington, D.C. (also known as simply Washington or D.C., and officially as the District of Columbia) is the capital of the United States. It is a federal district.',
  punishment:
    'Capital punishment (the death penalty) has existed in the United States since before the United States was a country. As of 2017, capital punishment is legal in 30 of the 50 states.',
} as const;

export function hit(rank: number, id: string, score: number | null, source: JsonObject = {}): Hit {
  return { rank, _index: 'i', _id: id, score, source, fields: {} };
}

/** A `Verification` as the manifest layer hands it over. Every place of it is at line 1. */
export function verificationOf(spec: ValueObject, name = 'test'): Resource {
  return {
    address: `Verification/${name}`,
    kind: 'Verification',
    name,
    labels: {},
    lifecycle: {},
    spec,
    movedFrom: [],
    since: [],
    dependsOn: [],
    folder: '/nowhere',
    locate: (pointer) => ({ location: { file: 'v.yaml', line: 1, column: 1 }, snippet: pointer }),
  };
}

/** A report of nothing, to be filled. */
export const EMPTY_REPORT: VerificationReport = {
  address: 'Verification/v',
  index: 'i',
  searchPipeline: 'p',
  verdict: 'pass',
  measuredOn: {
    server: '3.6.0',
    queries: 'digest',
    judgments: null,
    models: [],
    convention: { gain: 'linear', relevantFrom: 1, ties: 'server', unjudged: 'nonrelevant' },
  },
  arms: ['unreranked', 'reranked'],
  queries: [],
  relevance: null,
  change: null,
  latency: {},
  canaries: [],
  gates: [],
  baseline: null,
  warnings: [],
};

const schema: JsonObject = JSON.parse(
  readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** What is wrong with a report as `verify --output json` prints it. */
export function schemaErrors(report: object): string[] {
  if (validate(JSON.parse(JSON.stringify(report)))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
