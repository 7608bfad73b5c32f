import { BOTH, heard, type Rule } from './rule.ts';

/** What a search is answered that goes through a search pipeline with a reranker. */
export const SEARCHES: readonly Rule[] = [
  {
    // 500, although the request is at fault.
    said: /RerankSearchExtBuilder\.getParams/,
    code: 'RCTL_RERANK_QUERY_TEXT',
    cause:
      '{request} goes through a rerank processor and has no ext.rerank: it does not say what to rerank by.',
    remedy:
      'Add ext.rerank.query_context.query_text to the body. Where the pipeline is the default of an index, every search, _count and _reindex of it fails so: search_pipeline=_none leaves it out, and index.search.default_pipeline sets it.',
    samples: [
      heard(
        BOTH,
        '500 null_pointer_exception',
        'Cannot invoke "org.opensearch.neuralsearch.query.ext.RerankSearchExtBuilder.getParams()" because the return value of "org.opensearch.neuralsearch.query.ext.RerankSearchExtBuilder.fromExtBuilderList(java.util.List)" is null',
      ),
    ],
  },
  {
    said: /must specify query_context|query_context must be a map|(?:Must specify either|Cannot specify both) "query_text"|query_text_path must point to a string field/i,
    code: 'RCTL_RERANK_QUERY_TEXT',
    cause: 'ext.rerank of {request} does not say what to rerank by: {reason}.',
    remedy:
      'Write ext.rerank.query_context with one of query_text (a text) and query_text_path (the place of a text in the body, e.g. query.match.body.query).',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'must specify query_context'),
      heard(BOTH, '400 illegal_argument_exception', 'query_context must be a map'),
      heard(BOTH, '400 illegal_argument_exception', 'Must specify either "query_text" or "query_text_path"'),
      heard(BOTH, '400 illegal_argument_exception', 'Cannot specify both "query_text" and "query_text_path"'),
      heard(BOTH, '400 illegal_argument_exception', 'query_text_path must point to a string field'),
    ],
  },
  {
    said: /No text documents were provided/i,
    code: 'RCTL_RERANK_SIZE',
    cause:
      '{request} matches documents and returns none of them (size 0), so the reranker has nothing to do and fails.',
    remedy: 'Ask for hits, or leave the pipeline out with search_pipeline=_none.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'No text documents were provided')],
  },
  {
    type: 'array_index_out_of_bounds_exception',
    said: /^Index 0 out of bounds for length 0$/,
    code: 'RCTL_RERANK_SIZE',
    cause: '{request} matches documents and returns none of them (size 0), so reranking by a field fails.',
    remedy: 'Ask for hits, or leave the pipeline out with search_pipeline=_none.',
    samples: [heard(BOTH, '500 array_index_out_of_bounds_exception', 'Index 0 out of bounds for length 0')],
  },
  {
    said: /SearchHits\.getTotalHits\(\)" is null/,
    code: 'RCTL_RERANK_TOTAL_HITS',
    cause: '{request} says track_total_hits: false, and the rerank processor needs the number.',
    remedy: 'Leave track_total_hits out.',
    samples: [
      heard(
        '3.6.0',
        '500 null_pointer_exception',
        'Cannot invoke "org.apache.lucene.search.TotalHits.value()" because the return value of "org.opensearch.search.SearchHits.getTotalHits()" is null',
      ),
      heard(
        '2.19.1',
        '500 null_pointer_exception',
        'Cannot read field "value" because the return value of "org.opensearch.search.SearchHits.getTotalHits()" is null',
      ),
    ],
  },
  {
    said: /The field to rerank by is not found at hit \[(?<hit>[^\]]*)\]/i,
    code: 'RCTL_RERANK_FIELD',
    cause:
      'The document {hit} has not the field that by_field reranks by, and one such document fails the whole search.',
    remedy:
      'Let `by_field.target_field` name a field that every document has, restrict the query to those (exists), or let the processor before it fill the field.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'The field to rerank by is not found at hit [_YNbJKIBr1K3ch4_0VwZ]',
      ),
    ],
  },
  {
    said: /The field mapping to rerank by \[(?<value>.*)\] is not Numerical/i,
    code: 'RCTL_RERANK_FIELD',
    cause: 'The field that by_field reranks by holds {value} in a document, which is no number.',
    remedy: 'Let `by_field.target_field` name a field whose values are JSON numbers in every document.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'The field mapping to rerank by [x] is not Numerical, instead of type [String]',
      ),
    ],
  },
  {
    said: /There is no source field to be able to perform rerank/i,
    code: 'RCTL_RERANK_FIELD',
    cause: 'The hits of {request} have no _source, in which by_field looks for its field.',
    remedy: 'Leave `_source: false` out of the body.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'There is no source field to be able to perform rerank on hit [_INbJKIBr1K3ch4_0FxG]',
      ),
    ],
  },
  {
    said: /^Pipeline (?<pipeline>\S+) is not defined/,
    code: 'RCTL_PIPELINE_MISSING',
    cause: 'There is no search pipeline {pipeline} in this cluster.',
    remedy:
      'Apply the manifest that declares it, or correct what names it: `search_pipeline` of the request, or index.search.default_pipeline of the index.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'Pipeline rerank-products is not defined')],
  },
  {
    said: /from \+ size must be less than or equal to: \[(?<most>\d+)\] but was \[(?<asked>\d+)\]/,
    code: 'RCTL_SEARCH_WINDOW',
    cause: '{request} asks for {asked} hits, and the index gives at most {most} at once.',
    remedy: 'Ask for fewer (size), or raise index.max_result_window of the index.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Result window is too large, from + size must be less than or equal to: [10000] but was [10001]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.',
      ),
    ],
  },
  {
    said: /The 'verbose pipeline' option requires a search pipeline/,
    code: 'RCTL_PIPELINE_MISSING',
    cause: '{request} asks for a trace of its pipeline, and goes through none.',
    remedy: 'Name the pipeline: search_pipeline in the URL or in the body.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        "The 'verbose pipeline' option requires a search pipeline to be defined.",
      ),
    ],
  },
];
