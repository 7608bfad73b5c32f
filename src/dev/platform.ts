import { readFile } from 'node:fs/promises';
import { DevError } from './errors.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * How Maven names PyTorch's libraries for this machine. Only the platforms whose libraries are published in the
 * flavour that matches the JNI bridge are here; linux-aarch64 exists as a bridge alone.
 */
export function nativesClassifier(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): string {
  if (platform === 'linux' && arch === 'x64') return 'linux-x86_64';
  if (platform === 'darwin' && arch === 'arm64') return 'osx-aarch64';
  throw new DevError(
    'DEV_PLATFORM_UNSUPPORTED',
    `A local node needs PyTorch's CPU libraries, which are not published for ${platform} on ${arch}.`,
    'Use the container instead: docker compose up (compose.yaml is in the repository of rerankctl).',
  );
}

/** OpenSearch refuses to run as root; then this account, which owns nothing, runs it. */
export async function nodeAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(accounts);
  const fallback = 65534;
  return { uid: Number(nobody?.[1] ?? fallback), gid: Number(nobody?.[2] ?? fallback) };
}
