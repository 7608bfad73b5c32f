import { distance } from 'fastest-levenshtein';

/** What was probably meant, or nothing when every candidate is too far off. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const folded = fold(word);
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { candidate: string; score: number } | undefined;
  for (const candidate of candidates) {
    const score = scoreOf(folded, fold(candidate));
    if (score > limit) continue;
    if (best === undefined || score < best.score || (score === best.score && candidate < best.candidate)) {
      best = { candidate, score };
    }
  }
  return best?.candidate;
}

/** `accessMode`, `access-mode` and `access_mode` are one word to people. */
function fold(word: string): string {
  return word.replaceAll(/[-_ ]/g, '').toLowerCase();
}

/** One part left out or added (`format` for `model_format`) is a smaller slip than so many letters. */
function scoreOf(word: string, candidate: string): number {
  const apart = distance(word, candidate);
  const [short, long] = word.length < candidate.length ? [word, candidate] : [candidate, word];
  return short.length >= 4 && (long.startsWith(short) || long.endsWith(short)) ? Math.min(apart, 1) : apart;
}

export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const found = closest(word, candidates);
  return found === undefined ? undefined : `Did you mean \`${found}\`?`;
}

/** `a`, `b` or `c`. */
export function listed(words: readonly string[], last = 'or'): string {
  const quoted = words.map((word) => `\`${word}\``);
  const tail = quoted.pop();
  return quoted.length === 0 ? (tail ?? '') : `${quoted.join(', ')} ${last} ${tail}`;
}
