/** What of the state the command line may use. */
export { type HistoryEntry, readHistory } from './history.ts';
export type { Holder } from './holder.ts';
export { breakLock, describeHolder } from './lock.ts';
export { forgetRecords, moveRecord, recordOf } from './manage.ts';
export { readState, type StateRecord } from './read.ts';
