/** A real OpenSearch on this machine, in one call and without containers: what `rerankctl dev` is made of. */
export { defaultVersion, type ReleaseVersion, releases, removablePlugins } from './catalogue.ts';
export { type Downed, type DownOptions, down } from './down.ts';
export { DevError, type DevErrorCode } from './errors.ts';
export { status } from './status.ts';
export type {
  Credentials,
  DevEvent,
  DevIo,
  DevStep,
  NodeOptions,
  NodeStatus,
  RunningNode,
} from './types.ts';
export { up } from './up.ts';
