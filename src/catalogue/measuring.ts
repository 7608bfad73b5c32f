import type { Codes } from './meaning.ts';

/** Verifications, and the files of queries, judgments and runs that they read. */
export const MEASURING: Codes = {
  RCTL_GATE_FAILED:
    'A gate of a Verification does not hold: the figure, or its whole interval, is on the wrong side of the bound. Look at the worst queries in the report before the bound is changed.',
  RCTL_GATE_INCONCLUSIVE:
    'There is too little data to say whether a gate holds: the interval lies on both sides of its bound. More judged queries make it narrower; the report says how small a difference can be seen with these.',
  RCTL_FILE_UNWRITABLE:
    'A report or a baseline cannot be written to the path given. Check the folder and its permissions.',
  RCTL_INPUT_COLUMNS:
    'A row has another number of columns than its format or its header wants. A tab may have become spaces.',
  RCTL_INPUT_DUPLICATE:
    'The same pair of query and document, or the same query, stands twice. trec_eval would take one of them without saying which.',
  RCTL_INPUT_EMPTY: 'The file holds nothing of what it should: only comments, or only a header.',
  RCTL_INPUT_ENCODING: 'The file is packed, or is no UTF-8 text. Packed files are called .gz.',
  RCTL_INPUT_GRADE:
    'A judgment is a number: 0 is not relevant, higher is more. Labels such as "good" must be turned into numbers.',
  RCTL_INPUT_ID: 'The ID of a query or a document is empty.',
  RCTL_INPUT_LABELS:
    'Labels are an object of texts, or `name=value` pairs; they make the segments of a report.',
  RCTL_INPUT_MORE: 'Only the first problems of a file are shown; there are more of the same.',
  RCTL_INPUT_RANK:
    'The ranks of a run are not in the order of its scores. Scores count, as in trec_eval; the ranks seem to be of something else.',
  RCTL_INPUT_SCORE: 'A score is a finite number. NaN and infinity cannot be ranked.',
  RCTL_INPUT_SYNTAX:
    'The file is not what its name says: the message has the line from which on it cannot be read.',
  RCTL_INPUT_TEXT: 'A value that should be a text is an object or a list.',
  RCTL_INPUT_UNREADABLE: 'The file cannot be read, or has a line that is longer than any such file has.',
  RCTL_VERIFY_SECRET:
    'A secret (`$env`) stands in a verification where reports would show it, as in `query_text`. Only the body of a query takes secrets.',
  RCTL_VERIFY_BASELINE:
    'The baseline file cannot be used: it is missing, of another format, or was measured with other measures. `verify --update-baseline` writes it anew.',
  RCTL_VERIFY_BODY_PIPELINE:
    'The body of a query names a search pipeline; which one is asked is what a verification decides. Take it out.',
  RCTL_VERIFY_BODY_RERANK:
    'The body has ext.rerank with another text than this query’s query_text, so it is not clear what is reranked by.',
  RCTL_VERIFY_CANARY:
    'A canary is a query with passages and the order or the scores that they must get; the two lists belong together.',
  RCTL_VERIFY_GATE:
    'The gate lacks what it compares with: a baseline, an arm, or a measure that the verification takes.',
  RCTL_VERIFY_MEASURE:
    'There is no such measure. Known are ndcg, mrr, map, p, r, success and judged, each with a depth (ndcg@10), and bpref; the gain of ndcg is said apart.',
  RCTL_VERIFY_NO_BODY: 'A query has neither a body of its own nor a query_set whose template it could fill.',
  RCTL_VERIFY_NO_DOCUMENT_ID:
    'Judgments know documents by the field named in `document_id`, and a hit has no such field in its _source.',
  RCTL_VERIFY_NO_JUDGED_QUERY:
    'No query of the verification is in the judgments: their IDs are probably written differently (1 and q1).',
  RCTL_VERIFY_NO_QUERIES: 'A verification without queries proves nothing, and is never a pass.',
  RCTL_VERIFY_NO_WINDOW: 'With size 0 a search has no hits, and a reranker nothing to do.',
  RCTL_VERIFY_PARTIAL:
    'The search ran into its timeout and returned what it had until then; numbers from half of an index mean nothing.',
  RCTL_VERIFY_PATTERN:
    'The expected text is a regular expression that cannot be read. To match a text as it is, escape . ( ) [ ] and the like.',
  RCTL_VERIFY_SAME_ID:
    'A query of the manifest and one of a file have the same id, so judgments could not tell them apart.',
  RCTL_VERIFY_TEMPLATE:
    'The body names {{something}} that the query does not have. Columns of a query file are names too.',
  RCTL_VERIFY_TOTAL_HITS:
    'The rerank processor fails on a search with track_total_hits: false (2.19.1, 3.6.0). Leave it out.',
};
