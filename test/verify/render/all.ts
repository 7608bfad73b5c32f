import { hostile } from './hostile.ts';
import { broken, failing, inconclusive, many, offline, small, threeArms, unproven } from './reports.ts';
import { rich } from './rich.ts';

/** Every report made by hand, by name. */
export const ALL = {
  small,
  many,
  failing,
  inconclusive,
  unproven,
  broken,
  threeArms,
  offline,
  rich,
  hostile,
} as const;
