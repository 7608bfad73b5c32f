export type ReleaseVersion = '3.6.0' | '2.19.1';

/** Maven coordinates. */
export interface Artifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
  readonly type: 'jar' | 'zip';
  readonly classifier?: string;
}

/** A module the published server lacks, laid out from its jars. */
export interface Module {
  readonly name: string;
  readonly classname: string;
  readonly jars: readonly Artifact[];
  /** Java permissions, as they stand in a policy file. */
  readonly grants: readonly string[];
}

export interface Plugin {
  readonly name: string;
  readonly artifact: Artifact;
}

export interface Release {
  readonly version: ReleaseVersion;
  readonly java: {
    readonly min: number;
    readonly max?: number;
    readonly suggest: number;
    readonly why: string;
  };
  readonly server: Artifact;
  /** In the order in which they depend on each other. */
  readonly plugins: readonly Plugin[];
  readonly modules: readonly Module[];
  /** Absent where it is not published. */
  readonly security?: Plugin;
}

export const defaultVersion: ReleaseVersion = '3.6.0';

/** The plugins a node can still start without. */
export const removablePlugins: readonly string[] = ['opensearch-ml', 'neural-search'];

const pytorchVersion = '2.5.1';

/**
 * PyTorch and its JNI bridge. ML Commons would download both on the first deploy. The bridge is one release
 * newer than the DJL in the plugin, because the matching one is not published; their sources differ in one
 * image function. Its flavour must be the one of the libraries: another one kills the JVM.
 */
export function nativeArtifacts(classifier: string): { libraries: Artifact; bridge: Artifact } {
  const group = 'ai.djl.pytorch';
  return {
    libraries: { group, name: 'pytorch-native-cpu', version: pytorchVersion, type: 'jar', classifier },
    bridge: { group, name: 'pytorch-jni', version: `${pytorchVersion}-0.32.0`, type: 'jar' },
  };
}

/** DJL reads these before the properties that ML Commons sets. */
export function nativeEnvironment(folder: string): Record<string, string> {
  return { PYTORCH_LIBRARY_PATH: folder, PYTORCH_VERSION: pytorchVersion, PYTORCH_FLAVOR: 'cpu' };
}

export function fileName(artifact: Artifact): string {
  const classifier = artifact.classifier === undefined ? '' : `-${artifact.classifier}`;
  return `${artifact.name}-${artifact.version}${classifier}.${artifact.type}`;
}

function server(version: ReleaseVersion): Artifact {
  return { group: 'org.opensearch.distribution.integ-test-zip', name: 'opensearch', version, type: 'zip' };
}

function plugin(release: ReleaseVersion, name: string, artifact = name): Plugin {
  return {
    name,
    artifact: { group: 'org.opensearch.plugin', name: artifact, version: `${release}.0`, type: 'zip' },
  };
}

function plugins(release: ReleaseVersion): Plugin[] {
  return [
    plugin(release, 'opensearch-job-scheduler'),
    plugin(release, 'opensearch-knn'),
    plugin(release, 'neural-search'),
    plugin(release, 'opensearch-ml', 'opensearch-ml-plugin'),
  ];
}

function jar(group: string, name: string, version: string): Artifact {
  return { group, name, version, type: 'jar' };
}

function moduleJar(name: string): Artifact {
  return jar('org.opensearch.plugin', name, '2.19.1');
}

/**
 * The server of 2.19 is published with its transport module alone. These are the others that k-NN, ML Commons
 * and an ordinary index need, each with the runtime dependencies that `lib/` has not.
 */
const modulesOf219: readonly Module[] = [
  {
    name: 'lang-painless',
    classname: 'org.opensearch.painless.PainlessPlugin',
    jars: [
      moduleJar('lang-painless'),
      moduleJar('opensearch-scripting-painless-spi'),
      jar('org.antlr', 'antlr4-runtime', '4.13.1'),
      ...['asm', 'asm-util', 'asm-tree', 'asm-commons', 'asm-analysis'].map((name) =>
        jar('org.ow2.asm', name, '9.7'),
      ),
    ],
    grants: [
      'java.lang.RuntimePermission "createClassLoader"',
      'java.lang.RuntimePermission "getClassLoader"',
    ],
  },
  {
    // ML Commons deletes the chunks of a model with it.
    name: 'reindex',
    classname: 'org.opensearch.index.reindex.ReindexPlugin',
    jars: [
      moduleJar('reindex-client'),
      jar('org.opensearch.client', 'opensearch-rest-client', '2.19.1'),
      jar('org.opensearch', 'opensearch-ssl-config', '2.19.1'),
      jar('org.apache.httpcomponents', 'httpclient', '4.5.14'),
      jar('org.apache.httpcomponents', 'httpcore', '4.4.16'),
      jar('org.apache.httpcomponents', 'httpasyncclient', '4.1.5'),
      jar('org.apache.httpcomponents', 'httpcore-nio', '4.4.16'),
      jar('commons-codec', 'commons-codec', '1.16.1'),
      jar('commons-logging', 'commons-logging', '1.2'),
    ],
    grants: ['java.net.SocketPermission "*", "connect"', 'java.net.NetPermission "getProxySelector"'],
  },
  {
    name: 'analysis-common',
    classname: 'org.opensearch.analysis.common.CommonAnalysisPlugin',
    jars: [moduleJar('analysis-common')],
    grants: [],
  },
  {
    name: 'mapper-extras',
    classname: 'org.opensearch.index.mapper.MapperExtrasPlugin',
    jars: [moduleJar('mapper-extras-client')],
    grants: [],
  },
  {
    name: 'ingest-common',
    classname: 'org.opensearch.ingest.common.IngestCommonPlugin',
    jars: [
      moduleJar('ingest-common'),
      jar('org.opensearch', 'opensearch-grok', '2.19.1'),
      jar('org.opensearch', 'opensearch-dissect', '2.19.1'),
      jar('org.jruby.joni', 'joni', '2.2.1'),
      jar('org.jruby.jcodings', 'jcodings', '1.0.61'),
    ],
    grants: [],
  },
  {
    name: 'parent-join',
    classname: 'org.opensearch.join.ParentJoinPlugin',
    jars: [moduleJar('parent-join-client')],
    grants: [],
  },
  {
    name: 'lang-mustache',
    classname: 'org.opensearch.script.mustache.MustachePlugin',
    jars: [moduleJar('lang-mustache-client'), jar('com.github.spullara.mustache.java', 'compiler', '0.9.14')],
    grants: ['java.lang.RuntimePermission "accessDeclaredMembers"'],
  },
];

export const releases: Readonly<Record<ReleaseVersion, Release>> = {
  '3.6.0': {
    version: '3.6.0',
    java: { min: 21, suggest: 21, why: 'Java 21 or newer' },
    server: server('3.6.0'),
    plugins: plugins('3.6.0'),
    modules: [],
  },
  '2.19.1': {
    version: '2.19.1',
    java: {
      min: 17,
      max: 23,
      suggest: 17,
      why: 'Java 17 to 23, because it needs the SecurityManager that Java 24 removed',
    },
    server: server('2.19.1'),
    plugins: plugins('2.19.1'),
    modules: modulesOf219,
    security: plugin('2.19.1', 'opensearch-security'),
  },
};
