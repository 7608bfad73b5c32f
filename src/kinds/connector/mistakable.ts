/**
 * May the server take this ID for that of another connector? Before it updates or deletes a connector it looks for models
 * that use it with a `match` of a text field (2.19 to 3.6): it compares what stands between the hyphens of the IDs, and one
 * such part that is alike is enough. IDs of one node are alike in the middle, so an ID with two hyphens is in danger.
 */
export function isMistakable(id: string): boolean {
  return id.split('-').filter((part) => part !== '').length > 2;
}
