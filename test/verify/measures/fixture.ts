import type { Convention, Grades, Judgments, Ranked, Run } from '../../../src/verify/measures/types.ts';

/** The defaults of a manifest. */
export const SERVER: Convention = {
  gain: 'linear',
  relevantFrom: 1,
  ties: 'server',
  unjudged: 'nonrelevant',
};

/** What trec_eval does with a run file. */
export const TREC: Convention = { ...SERVER, ties: 'trec' };

/**
 * Eight queries: ties, a negative grade, documents without judgment, relevant documents that nobody retrieved, a query
 * (q7) where nothing relevant was retrieved, a short ranking (q8 of B).
 */
export const QRELS: Judgments = rows(
  `
q1 d1a:1 d1b:1 d1d:1 d1f:0 d1g:2 d1h:0 d1i:0 d1j:3 d1z:2
q2 d2a:0 d2b:0 d2c:1 d2d:1 d2e:0 d2f:2 d2h:3 d2i:0 d2j:0 d2z:2
q3 d3b:0 d3c:1 d3d:0 d3e:2 d3f:2 d3g:3 d3h:0 d3i:2 d3j:0 d3a:-1 d3z:2
q4 d4a:0 d4b:3 d4c:0 d4d:1 d4e:0 d4f:0 d4g:0 d4h:2 d4i:3 d4j:0 d4z:2
q5 d5a:0 d5b:2 d5c:2 d5d:0 d5e:0 d5f:0 d5g:0 d5h:3 d5i:0 d5j:3 d5z:2
q6 d6a:0 d6b:0 d6c:0 d6d:0 d6e:1 d6f:1 d6g:0 d6h:3 d6i:1 d6j:3 d6z:2
q7 d7b:0 d7c:0 d7e:0 d7f:0 d7g:0 d7i:0 d7j:0 d7z:2
q8 d8a:0 d8b:0 d8c:1 d8d:3 d8e:1 d8g:0 d8i:2 d8j:0 d8z:2
`,
  (words) => grades(words),
);

/** Scores 12.0, 10.9, 9.8, ...; documents with = between them tie, at 6.5. */
export const A: Run = rows(
  `
q1 d1h d1a d1b d1g d1i d1j d1f d1d d1e d1c
q2 d2i d2j d2c d2b=d2e=d2g d2h d2d d2a d2f
q3 d3b d3c d3g d3d d3e d3j d3h d3f d3a d3i
q4 d4j d4d d4g d4c d4i d4h d4e d4a d4b d4f
q5 d5d d5i d5a d5g d5e d5b d5f d5h d5j d5c
q6 d6g d6e d6a d6c d6i d6h d6d d6j d6f d6b
q7 d7a d7h d7c d7j d7f d7e d7i d7b d7d d7g
q8 d8e d8d d8c d8a d8i d8j d8b d8g d8h d8f
`,
  (words) => ranking(words, 12, 1.1),
);

/** Scores 9.0, 7.3, 5.6, ..., below 0 at the end. */
export const B: Run = rows(
  `
q1 d1j d1g d1a d1f d1i d1c d1d d1e d1b d1h
q2 d2g d2h d2f d2c d2j d2d d2a d2i d2b d2e
q3 d3g d3c d3i d3f d3e d3b d3j d3h d3d d3a
q4 d4b d4h d4i d4g d4d d4e d4j d4f d4c d4a
q5 d5h d5j d5b d5c d5g d5e d5f d5a d5i d5d
q6 d6h d6j d6i d6g d6c d6e d6b d6f d6a d6d
q7 d7g d7c d7h d7j d7b d7i d7f d7d d7e d7a
q8 d8e d8i d8c d8d
`,
  (words) => ranking(words, 9, 1.7),
);

/** `d1:2` */
export function grades(words: readonly string[]): Grades {
  return new Map(
    words.map((word) => {
      const [document = '', grade] = word.split(':');
      return [document, Number(grade)];
    }),
  );
}

export function ranking(words: readonly string[], top: number, step: number): Ranked[] {
  const hits: Ranked[] = [];
  for (const word of words) {
    const tied = word.split('=');
    for (const document of tied) {
      hits.push({ document, score: tied.length > 1 ? 6.5 : top - step * hits.length });
    }
  }
  return hits;
}

/** Documents in the order of the server, without scores. */
export function ordered(...documents: readonly string[]): Ranked[] {
  return documents.map((document) => ({ document, score: null }));
}

/** Lines of a query and its words. */
function rows<T>(text: string, read: (words: readonly string[]) => T): Map<string, T> {
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line) => {
        const [query = '', ...words] = line.split(' ');
        return [query, read(words)];
      }),
  );
}
