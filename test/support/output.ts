import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import type { Ran } from './cli.ts';

function schema(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8')) as object;
}

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema(schema('report.schema.json'), 'report.schema.json');
const isOutput = ajv.compile(schema('output.schema.json'));

/** What stdout carries with `--output json`: one document by its schema, with the exit code of the process, and no more. */
export function outputOf(ran: Ran): Record<string, unknown> {
  const output = JSON.parse(ran.stdout) as Record<string, unknown>;
  expect(isOutput(output), JSON.stringify(isOutput.errors)).toBe(true);
  expect(output.exitCode).toBe(ran.code);
  return output;
}
