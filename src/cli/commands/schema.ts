import { didYouMean } from '../../core/suggest.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { describedAs, jsonSchema, SCHEMA_NAMES } from '../json-schemas.ts';
import { firstSentence } from '../render/explain.ts';

/** Prints a JSON Schema, for editors and for whoever reads what rerankctl prints. Contacts no cluster. */
export async function schemaCommand({ io, positionals, output }: Invocation): Promise<CommandResult> {
  const [word, ...more] = positionals;
  if (more.length > 0) throw usage(`schema takes one name, not also ${more[0]}.`, 'Like schema manifest.');
  if (word === undefined) {
    const schemas = SCHEMA_NAMES.map((name) => ({ name, description: describedAs(name) }));
    if (output === 'text') {
      const width = Math.max(...SCHEMA_NAMES.map(({ length }) => length));
      const lines = schemas.map(
        ({ name, description }) => `  ${name.padEnd(width)}  ${firstSentence(description)}\n`,
      );
      io.stdout.write(`${lines.join('')}\nTo print one of them: rerankctl schema manifest\n`);
    }
    return { exitCode: EXIT.done, json: { schemas } };
  }
  const name = SCHEMA_NAMES.find((each) => each.toLowerCase() === word.toLowerCase()) ?? word;
  const schema = jsonSchema(name);
  if (schema === undefined) {
    throw usage(
      `There is no schema ${word}.`,
      didYouMean(word, SCHEMA_NAMES) ?? `The schemas: ${SCHEMA_NAMES.join(', ')}.`,
    );
  }
  if (output === 'text') io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return { exitCode: EXIT.done, json: { schema } };
}
