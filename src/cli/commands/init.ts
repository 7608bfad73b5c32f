import { relative, resolve } from 'node:path';
import { hasErrors } from '../../core/diagnostic.ts';
import { checkResources } from '../../engine/provision.ts';
import { loadManifests } from '../../manifest/load.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { SCHEMA_PATH } from '../init/document.ts';
import { interview } from '../init/interview.ts';
import { MANIFEST_FILES, type Project, projectOf } from '../init/project.ts';
import { type Answers, QUESTIONS } from '../init/questions.ts';
import { jsonSchema } from '../json-schemas.ts';
import { refuseOverwriting, thereAlready, writeNewFiles } from '../new-files.ts';
import { manifestFailure } from '../render/failure.ts';

const FOLDER = 'manifests';

const GITIGNORE = `# Secrets that the manifests take from the environment.
.env
# Saved plans and reports: made anew at any time.
*.plan.json
/reports/
`;

/** Asks what is to be made, and writes manifests of it. Contacts no cluster, overwrites nothing. */
export async function initCommand({ io, flags, positionals, output }: Invocation): Promise<CommandResult> {
  const [name = FOLDER, ...more] = positionals;
  if (more.length > 0) throw usage(`init takes one folder, not also ${more[0]}.`, 'Like init manifests.');
  const folder = resolve(io.cwd, name);
  const given: Answers = Object.fromEntries(
    QUESTIONS.flatMap(({ flag }) => {
      const said = flag === 'existing-index' ? (flags.on(flag) ? 'yes' : undefined) : flags.text(flag);
      return said === undefined ? [] : [[flag, said]];
    }),
  );
  await refuseOverwriting(folder, MANIFEST_FILES);
  const answers = await interview(io, given, !flags.on('yes'));
  const project = projectOf(answers, folder, io.cwd);
  await check(project, folder);
  const extras = new Map([
    ['.gitignore', GITIGNORE],
    [SCHEMA_PATH, `${JSON.stringify(jsonSchema('manifest'), null, 2)}\n`],
  ]);
  const kept = await thereAlready(folder, extras.keys());
  for (const path of kept) extras.delete(path);
  const files = new Map([...project.manifests, ...extras]);
  await writeNewFiles(folder, files);
  const shown = relative(io.cwd, folder) || '.';
  const next = [
    ...project.secrets.map((secret) => `export ${secret}=…`),
    ...['doctor', 'plan', 'apply', 'verify'].map((command) => `rerankctl ${command} -f ${shown}`),
  ];
  if (output === 'text') {
    io.stdout.write([...files.keys()].map((path) => `${shown}/${path}\n`).join(''));
    for (const path of kept) io.stderr.write(`${shown}/${path} is left as it is.\n`);
    io.stderr.write(`\nNext:\n${next.map((line) => `  ${line}\n`).join('')}`);
  }
  return { exitCode: EXIT.done, json: { files: [...files.keys()].map((path) => `${shown}/${path}`), next } };
}

/** Nothing is written that `validate` would refuse, such as a zip that holds no model. */
async function check({ manifests, secrets }: Project, folder: string): Promise<void> {
  const text = [...manifests.values()].join('---\n');
  const env = Object.fromEntries(secrets.map((secret) => [secret, 'set']));
  const loaded = await loadManifests(['-'], { cwd: folder, env, vars: {}, stdin: async () => text });
  const diagnostics = [...loaded.diagnostics, ...(await checkResources(loaded.resources))];
  if (hasErrors(diagnostics))
    throw manifestFailure(diagnostics.map(({ location: _l, snippet: _s, ...told }) => told));
}
