import {
  type Arm,
  type ArmHit,
  type QueryReport,
  RERANKED,
  UNRERANKED,
  type VerificationReport,
} from '../../../verify/report.ts';

/** The arm that the others are compared with, and the one that is looked at first. Recorded runs bear other names. */
export function pairOf({ arms }: Pick<VerificationReport, 'arms'>): {
  readonly before: string;
  readonly after: string;
} {
  return { before: arms[0] ?? UNRERANKED, after: arms[1] ?? RERANKED };
}

/** The answer of the arm at this place of the report's arms; `null`: there is none. */
export function armAt(query: QueryReport, arms: readonly string[], place: number): Arm<ArmHit> | null {
  if (place === 0) return query.unreranked;
  if (place === 1) return query.reranked;
  return query.others.find(({ name }) => name === arms[place]) ?? null;
}

/** The first arms have a look of their own; further ones share one, and all bear their names. */
export function armClass(place: number): string {
  return `arm-${Math.min(place, 2)}`;
}
