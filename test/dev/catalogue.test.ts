import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installId } from '../../src/dev/assemble.ts';
import { fileName, nativeArtifacts, releases } from '../../src/dev/catalogue.ts';
import { pom, requireMaven } from '../../src/dev/maven.ts';
import { descriptor, policy } from '../../src/dev/modules.ts';
import { nativesClassifier } from '../../src/dev/platform.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('the catalogue', () => {
  it('names every plugin by the release and a fourth number', () => {
    for (const release of Object.values(releases)) {
      const plugins = [...release.plugins, ...(release.security === undefined ? [] : [release.security])];
      for (const { artifact } of plugins) expect(artifact.version).toBe(`${release.version}.0`);
    }
  });

  it('installs a plugin after those it depends on', () => {
    for (const { plugins } of Object.values(releases)) {
      const names = plugins.map(({ name }) => name);
      expect(names.indexOf('opensearch-job-scheduler')).toBeLessThan(names.indexOf('opensearch-knn'));
      expect(names.indexOf('opensearch-knn')).toBeLessThan(names.indexOf('neural-search'));
    }
  });

  it('takes the JNI bridge of the version of the libraries', () => {
    const { libraries, bridge } = nativeArtifacts('linux-x86_64');
    expect(bridge.version.startsWith(`${libraries.version}-`)).toBe(true);
    expect(fileName(libraries)).toBe('pytorch-native-cpu-2.5.1-linux-x86_64.jar');
  });

  it('tells installations apart by what is in them, in any order', () => {
    const release = releases['2.19.1'];
    const id = (security: boolean, without: string[]): string => installId({ release, security, without });
    expect(id(true, [])).toBe('2.19.1-security-r1');
    expect(id(false, ['opensearch-ml', 'neural-search'])).toBe(id(false, ['neural-search', 'opensearch-ml']));
    expect(new Set([id(false, []), id(true, []), id(false, ['opensearch-ml'])]).size).toBe(3);
  });
});

describe('platforms', () => {
  it('knows the published libraries, and offers the container elsewhere', () => {
    expect(nativesClassifier('linux', 'x64')).toBe('linux-x86_64');
    expect(nativesClassifier('darwin', 'arm64')).toBe('osx-aarch64');
    expect(() => nativesClassifier('linux', 'arm64')).toThrow(
      expect.objectContaining({
        code: 'DEV_PLATFORM_UNSUPPORTED',
        remedy: expect.stringContaining('compose.yaml'),
      }),
    );
  });
});

describe('Maven', () => {
  it('is asked for exactly these artifacts', () => {
    const { libraries } = nativeArtifacts('osx-aarch64');
    expect(pom([releases['3.6.0'].server, libraries])).toMatch(
      /<artifactId>opensearch<\/artifactId><version>3\.6\.0<\/version><type>zip<\/type><\/dependency>\s+.*<classifier>osx-aarch64<\/classifier>/,
    );
  });

  it('is found by MAVEN_HOME and on PATH; its absence is told with a remedy', async () => {
    const home = await temporaryFolder();
    await writeFile(join(home, 'mvn'), '', { mode: 0o755 });
    expect(await requireMaven({ PATH: `/nowhere:${home}` }, '/nobody')).toBe(join(home, 'mvn'));
    const missing = await requireMaven({ PATH: '/nowhere' }, '/nobody').catch((error: unknown) => error);
    // A machine may have it where Homebrew puts it.
    if (typeof missing === 'string') return;
    expect(missing).toMatchObject({
      code: 'DEV_MAVEN_MISSING',
      remedy: expect.stringMatching(/apt install maven.*brew install maven/),
    });
  });
});

describe('modules laid out by hand', () => {
  it('carry what the server asks of a module', () => {
    const painless = releases['2.19.1'].modules[0];
    if (painless === undefined) throw new Error('no modules');
    expect(descriptor(painless, '2.19.1').split('\n')).toEqual([
      'description=lang-painless',
      'version=2.19.1',
      'name=lang-painless',
      'classname=org.opensearch.painless.PainlessPlugin',
      'java.version=11',
      'opensearch.version=2.19.1',
      'custom.foldername=',
      'extended.plugins=',
      'has.native.controller=false',
      '',
    ]);
    expect(policy(painless.grants)).toContain(
      '  permission java.lang.RuntimePermission "createClassLoader";',
    );
  });
});
