import { describe, expect, it } from 'vitest';
import { releases } from '../../src/dev/catalogue.ts';
import { chooseJava, findJavas, type JavaProbe, javaMajor, requireJava } from '../../src/dev/java.ts';

/** A machine with these Javas, by home folder. */
function machineWith(javas: Record<string, string>, env: NodeJS.ProcessEnv = {}): JavaProbe {
  const homes = Object.keys(javas);
  return {
    env,
    home: '/home/ada',
    list: async (folder) =>
      homes.filter((home) => home.startsWith(`${folder}/`)).map((home) => home.slice(folder.length + 1)),
    isExecutable: async (file) =>
      homes.some((home) => file === `${home}/bin/java`) || file === '/usr/bin/java',
    resolve: async (file) => (file === '/usr/bin/java' ? `${homes[0]}/bin/java` : file),
    describe: async (home) => javas[home] ?? '',
  };
}

const release = (version: string): string => `JAVA_VERSION="${version}"`;

describe('the version of a Java', () => {
  it.each([
    ['IMPLEMENTOR="x"\nJAVA_VERSION="17.0.15"\n', 17],
    [release('25'), 25],
    [release('1.8.0_392'), 8],
    ['openjdk version "21.0.4" 2024-07-16', 21],
    ['java version "1.8.0_202"', 8],
    ['openjdk version "26-ea" 2026-03-17', 26],
    ['command not found', undefined],
  ])('%j is %s', (text, major) => {
    expect(javaMajor(text)).toBe(major);
  });
});

describe('choosing a Java', () => {
  const both = { '/usr/lib/jvm/java-17': release('17.0.15'), '/usr/lib/jvm/jdk-25': release('25') };

  it('takes for each release one it runs on', async () => {
    const javas = await findJavas(machineWith(both));
    expect(chooseJava(javas, releases['3.6.0'])?.major).toBe(25);
    expect(chooseJava(javas, releases['2.19.1'])?.major).toBe(17);
  });

  it('prefers JAVA_HOME where it fits and passes over it where it does not', async () => {
    const javas = await findJavas(
      machineWith(
        { ...both, '/opt/my-jdk-21': release('21.0.1') },
        {
          JAVA_HOME: '/opt/my-jdk-21',
        },
      ),
    );
    expect(chooseJava(javas, releases['3.6.0'])).toMatchObject({ major: 21, from: 'JAVA_HOME' });
    expect(
      chooseJava(
        await findJavas(machineWith(both, { JAVA_HOME: '/usr/lib/jvm/java-17' })),
        releases['3.6.0'],
      ),
    ).toMatchObject({ major: 25 });
  });

  it('follows the link on PATH to its home, and counts a Java once', async () => {
    const javas = await findJavas(machineWith(both, { PATH: '/bin:/usr/bin' }));
    expect(javas.map(({ home, from }) => [home, from])).toEqual([
      ['/usr/lib/jvm/java-17', 'PATH'],
      ['/usr/lib/jvm/jdk-25', '/usr/lib/jvm'],
    ]);
  });
});

describe('no fitting Java', () => {
  it('says that none was found, where it looked and what to install', async () => {
    await expect(requireJava(releases['3.6.0'], machineWith({}))).rejects.toMatchObject({
      code: 'DEV_JAVA_MISSING',
      message: expect.stringMatching(
        /3\.6\.0 needs Java 21 or newer\. No Java was found \(looked in JAVA_HOME, PATH, \/usr\/lib\/jvm/,
      ),
      remedy: expect.stringMatching(/apt install openjdk-21.*brew install openjdk@21.*JAVA_HOME/),
    });
  });

  it('says what it found instead, and why a newer one does not do', async () => {
    const probe = machineWith({ '/usr/lib/jvm/jdk-25': release('25') });
    await expect(requireJava(releases['2.19.1'], probe)).rejects.toMatchObject({
      message: expect.stringMatching(
        /Java 17 to 23, .*SecurityManager.*Found only Java 25 in \/usr\/lib\/jvm\/jdk-25/,
      ),
    });
  });
});
