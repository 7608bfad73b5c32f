import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileName, type Module } from './catalogue.ts';

/** Lays a module of the server out by hand, from its jars. */
export async function layModule(
  module: Module,
  version: string,
  artifacts: string,
  home: string,
): Promise<void> {
  const folder = join(home, 'modules', module.name);
  await mkdir(folder, { recursive: true });
  for (const jar of module.jars) {
    await copyFile(join(artifacts, fileName(jar)), join(folder, fileName(jar)));
  }
  await writeFile(join(folder, 'plugin-descriptor.properties'), descriptor(module, version));
  if (module.grants.length > 0) {
    await writeFile(join(folder, 'plugin-security.policy'), policy(module.grants));
  }
}

export function descriptor(module: Module, version: string): string {
  return [
    `description=${module.name}`,
    `version=${version}`,
    `name=${module.name}`,
    `classname=${module.classname}`,
    'java.version=11',
    `opensearch.version=${version}`,
    'custom.foldername=',
    'extended.plugins=',
    'has.native.controller=false',
    '',
  ].join('\n');
}

export function policy(grants: readonly string[]): string {
  return ['grant {', ...grants.map((grant) => `  permission ${grant};`), '};', ''].join('\n');
}
