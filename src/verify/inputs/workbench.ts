import { dig, isObject, listAt } from '../../core/json.ts';
import type { JudgmentRows } from './judgment-rows.ts';
import { type Problems, quoted } from './problems.ts';
import type { Source } from './source.ts';
import { readJson } from './tree.ts';

type Path = readonly (string | number)[];

/**
 * Reads judgments of the OpenSearch Search Relevance Workbench: what is sent to import them, a judgment document, or
 * the answer to a GET of one, with `hits` and `_source` around it. Queries are named by their text there, and ratings
 * are numbers or texts such as "3.000". Documents that a language model failed to rate (`failures`) are not judged.
 */
export async function readWorkbench(source: Source, problems: Problems, rows: JudgmentRows): Promise<void> {
  const tree = await readJson(source, problems);
  if (tree === undefined) return;
  const { value, lineOf } = tree;
  const refuse = (path: Path, message: string): void => {
    problems.error(
      () => lineOf(path),
      () => ({ code: 'RCTL_INPUT_COLUMNS', message, remedy: SHAPE }),
    );
  };
  const lists = ratingLists(value);
  if (lists.length === 0) {
    refuse([], `There are no judgmentRatings in it: ${quoted(JSON.stringify(value) ?? '')}.`);
  }
  rows.keyedBy = 'text';
  for (const path of lists) {
    const entries = dig(value, ...path);
    if (!Array.isArray(entries)) refuse(path, 'judgmentRatings is not a list.');
    for (const [i, entry] of listAt(value, ...path).entries()) {
      const ratings = isObject(entry) ? entry.ratings : undefined;
      if (!isObject(entry) || !Array.isArray(ratings)) {
        refuse([...path, i], `This query has no list of ratings: ${quoted(JSON.stringify(entry))}.`);
        continue;
      }
      for (const [j, rating] of ratings.entries()) {
        const place = [...path, i, 'ratings', j];
        if (isObject(rating)) {
          const line = (): number => lineOf(place);
          rows.add({ query: entry.query, document: rating.docId, grade: rating.rating, line });
        } else refuse(place, `This rating is not an object: ${quoted(JSON.stringify(rating))}.`);
      }
    }
  }
}

const SHAPE =
  'It looks like this: {"judgmentRatings": [{"query": "red dress", "ratings": [{"docId": "B07", "rating": "2.0"}]}]}. A search for judgments leaves the ratings out; GET the judgment by its ID.';

/** Where the lists of ratings are: at the top, in `_source`, or in each hit. */
function ratingLists(value: unknown): Path[] {
  const hits = listAt(value, 'hits', 'hits').map((_, i): Path => ['hits', 'hits', i, '_source']);
  const candidates: Path[] = [[], ['_source'], ...hits];
  return candidates
    .map((path): Path => [...path, 'judgmentRatings'])
    .filter((path) => dig(value, ...path) !== undefined);
}
