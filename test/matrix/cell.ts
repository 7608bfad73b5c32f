/** What a plan makes of a changed field. */
export type Answer =
  /** The object stays, and is changed. */
  | 'in place'
  /** Another object takes its place. */
  | 'replaced'
  /** Nothing happens: the server keeps what it has, or the field means nothing to it. */
  | 'nothing'
  /** An index cannot change there: the plan refuses, and with `lifecycle.rollout: reindex` replaces. */
  | 'needs rollout'
  /** `validate` refuses the field. */
  | 'refused';

/** A part of a spec, merged into that of the kind. Lists are taken as they are. */
export type Part = Readonly<Record<string, unknown>>;

/** One field, what is tried with it, and what comes of it. */
export interface Cell {
  /** Of the schema, with `[]` for the items of a list and `*` for free keys. */
  readonly field: string;
  /** What tells several cells of one field apart. */
  readonly what?: string;
  /** In the manifest all the time. */
  readonly beside?: Part;
  readonly from?: Part;
  readonly to?: Part;
  readonly becomes: Answer;
  /** When the field leaves the manifest; absent where it cannot, or that is the same as another cell's. */
  readonly gone?: Answer;
  /** For users. */
  readonly remark?: string;
  /** The server that it is tried on; absent: both. */
  readonly on?: '3.6.0' | '2.19.1';
  /** Nobody can read it back, so a change behind our back is not seen. */
  readonly unreadable?: true;
  /** Where it is tried instead. */
  readonly elsewhere?: string;
}

/** What cells find on the server. */
export interface Ground {
  /** Of the resource that the cell is tried on. */
  readonly name: string;
  /** Shared by the cells of a kind. */
  readonly shared: string;
  /** A service that remote models may ask. */
  readonly url: string;
  /** Zips laid out like models, the last one of ONNX, and the SHA-256 of the first. */
  readonly zips: readonly [string, string, string];
  readonly hash: string;
  readonly documents: readonly [string, string];
}

export interface KindMatrix {
  readonly kind: string;
  /** Heading, where a kind has several tables. */
  readonly title?: string;
  /** For users, above the table. */
  readonly about: string;
  readonly spec: (ground: Ground) => Part;
  readonly metadata?: object;
  readonly cells: (ground: Ground) => readonly Cell[];
  /** Manifests that the cells refer to. */
  readonly beside?: (ground: Ground) => string;
  /** A second stack does not stand for somebody who changes things by hand. */
  readonly noDrift?: true;
  /** What a plan says after the deletion, where that is not `create`. */
  readonly afresh?: 'adopt';
}
