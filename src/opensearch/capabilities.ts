/** What this cluster is and can do: read once, never guessed. */
export interface Capabilities {
  /** e.g. `3.6.0`. */
  readonly version: string;
  /** Names of the plugins that every node has, e.g. `opensearch-ml`; `undefined` when this user may not ask. */
  readonly plugins: ReadonlySet<string> | undefined;
  /**
   * Types of processors that every node knows, by the list of a pipeline in which they stand (`processors` of an ingest
   * pipeline, `response_processors` of a search pipeline, …); `undefined` when this user may not ask.
   */
  readonly processors: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** Roles of each node, e.g. `[["data", "ml"]]`; `undefined` when this user may not ask. */
  readonly nodeRoles: readonly (readonly string[])[] | undefined;
  /**
   * Value of a cluster setting, defaults included, as the server gives it (a string; a list as JSON text);
   * `undefined`: not known.
   */
  setting(name: string): string | undefined;
}

/** Compares two dotted versions by their numbers. Negative: `left` is older. */
export function compareVersions(left: string, right: string): number {
  const numbers = (version: string): number[] =>
    version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  const a = numbers(left);
  const b = numbers(right);
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
