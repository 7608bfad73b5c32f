/** By its code: why something happens and what to do, beyond what its message says of the one case. */
export type Codes = Readonly<Record<string, string>>;
