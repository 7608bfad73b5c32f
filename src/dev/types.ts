import type { ReleaseVersion } from './catalogue.ts';

export interface NodeOptions {
  readonly name: string;
  readonly version: ReleaseVersion;
  readonly security: boolean;
  /** Left out: the port of last time, else 9200, else the next free one. */
  readonly port?: number | undefined;
  readonly nodes: number;
  /** As the JVM writes it: `2g`, `1536m`. */
  readonly heap?: string | undefined;
  /** Go into opensearch.yml over the defaults; an empty value takes a default away. */
  readonly settings: Readonly<Record<string, string>>;
  readonly javaOpts: readonly string[];
  /** Plugins the installation is built without. */
  readonly without: readonly string[];
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The certificate authority that signed the node's certificate. */
  readonly caFile: string;
}

export interface RunningNode {
  readonly name: string;
  readonly url: string;
  readonly version: ReleaseVersion;
  readonly security: boolean;
  readonly ports: readonly number[];
  readonly pids: readonly number[];
  readonly credentials?: Credentials;
  readonly dataDir: string;
  readonly logFile: string;
  readonly reused: boolean;
}

export interface NodeStatus {
  readonly name: string;
  readonly url: string;
  readonly version: ReleaseVersion;
  readonly security: boolean;
  readonly nodes: number;
  /** Of the processes that run now: fewer than `nodes` when some have stopped. */
  readonly pids: readonly number[];
  readonly state: 'running' | 'partial' | 'stopped';
  readonly dataBytes: number;
  readonly dataDir: string;
  readonly logFile: string;
  readonly credentials?: Credentials;
}

export type DevStep =
  | 'wait-for-lock'
  | 'fetch'
  | 'unpack'
  | 'install-plugins'
  | 'set-up-security'
  | 'start'
  | 'wait-for-http'
  | 'wait-for-cluster'
  | 'wait-for-ml'
  | 'stop';

export type DevEvent =
  | { readonly type: 'dev.step'; readonly step: DevStep; readonly detail?: string }
  | {
      readonly type: 'dev.progress';
      readonly step: DevStep;
      readonly elapsedMs: number;
      readonly detail?: string;
    }
  | { readonly type: 'dev.done'; readonly step: DevStep; readonly tookMs: number };

/** What a caller hands in: the library prints nothing and reads no global it can be given. */
export interface DevIo {
  readonly onEvent: (event: DevEvent) => void;
  readonly signal?: AbortSignal | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}
