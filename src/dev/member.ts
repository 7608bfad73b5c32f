import { chmod, chown, cp, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Install } from './assemble.ts';
import type { Account } from './platform.ts';
import { dataFolder, type Member } from './records.ts';
import { renderSettings, type Settings } from './settings.ts';

/** Gives one process of a node its own configuration, data, logs and temporary folder. */
export async function prepareMember(
  member: Member,
  install: Install,
  settings: Settings,
  account: Account | undefined,
): Promise<void> {
  const config = join(member.folder, 'config');
  const logs = join(member.folder, 'logs');
  // Its own of last time could hold what this version does not know; data and logs stay.
  await rm(config, { recursive: true, force: true });
  await rm(join(member.folder, 'tmp'), { recursive: true, force: true });
  await cp(join(install.home, 'config'), config, { recursive: true });
  for (const folder of [logs, dataFolder(member), join(member.folder, 'tmp')]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(join(config, 'opensearch.yml'), renderSettings({ ...settings, 'path.logs': logs }));
  const options = join(config, 'jvm.options');
  await writeFile(options, movedJvmOptions(await readFile(options, 'utf8'), logs));
  await chmod(member.folder, 0o755);
  if (account !== undefined) await giveTo(member.folder, account);
}

/** The installation's options write into the folder that the nodes share and must not write to. */
export function movedJvmOptions(text: string, logs: string): string {
  return text
    .replaceAll('HeapDumpPath=data', `HeapDumpPath=${logs}`)
    .replaceAll('ErrorFile=logs/', `ErrorFile=${logs}/`)
    .replaceAll('file=logs/', `file=${logs}/`)
    .replaceAll('-Xloggc:logs/', `-Xloggc:${logs}/`);
}

async function giveTo(path: string, account: Account): Promise<void> {
  const entry = await lstat(path);
  if (entry.uid !== account.uid || entry.gid !== account.gid) await chown(path, account.uid, account.gid);
  if (!entry.isDirectory()) return;
  for (const name of await readdir(path)) await giveTo(join(path, name), account);
}
