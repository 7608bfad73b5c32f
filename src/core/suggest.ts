import { distance } from 'fastest-levenshtein';

/** What was probably meant, or nothing when every candidate is too far off. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const folded = fold(word);
  const limit = Math.max(1, Math.floor(folded.length * 0.4));
  let best: { candidate: string; score: number } | undefined;
  for (const candidate of candidates) {
    const score = scoreOf(folded, fold(candidate), limit);
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

/** A part left out (`format` for `model_format`) just counts as a slip, when no word is spelt more alike. */
function scoreOf(word: string, candidate: string, limit: number): number {
  // The same letters in another order: fingers that were too fast, one slip.
  const apart =
    word !== candidate && sortedLetters(word) === sortedLetters(candidate) ? 1 : distance(word, candidate);
  const [short, long] = word.length < candidate.length ? [word, candidate] : [candidate, word];
  const isPart = short.length >= 4 && (long.startsWith(short) || long.endsWith(short));
  return isPart ? Math.min(apart, limit) : apart;
}

function sortedLetters(word: string): string {
  return [...word].sort().join('');
}

export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const found = closest(word, candidates);
  return found === undefined ? undefined : meant(found);
}

export function meant(word: string): string {
  return `Did you mean \`${word}\`?`;
}

/** `a`, `b` or `c`. */
export function listed(words: readonly string[], last = 'or'): string {
  const quoted = words.map((word) => `\`${word}\``);
  const tail = quoted.pop();
  return quoted.length === 0 ? (tail ?? '') : `${quoted.join(', ')} ${last} ${tail}`;
}
