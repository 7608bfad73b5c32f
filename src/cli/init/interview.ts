import { interrupted } from '../../opensearch/signals.ts';
import { usage } from '../flags.ts';
import type { Io } from '../io.ts';
import { type Answers, QUESTIONS, type Question, type Reranker } from './questions.ts';

/**
 * The answers to all questions that mean something: from flags, else from a person, else the defaults. Flags are held
 * to the same rules as answers. Throws where nothing is known of what to make and there is nobody to ask.
 */
export async function interview(io: Io, given: Answers, asks: boolean): Promise<Answers> {
  let answers: Answers = {};
  let isAnybodyThere = asks;
  for (const question of QUESTIONS) {
    const { flag, appliesTo } = question;
    if (appliesTo !== undefined && !appliesTo.includes(answers.reranker as Reranker)) continue;
    const said = given[flag];
    if (said !== undefined) {
      const wrong = await problemOf(question, said, io.cwd);
      if (wrong !== undefined) throw usage(`--${flag} ${said}: ${wrong}`);
    }
    const asked = said === undefined && isAnybodyThere ? await ask(io, question) : undefined;
    if (said === undefined && asked === undefined) isAnybodyThere = false;
    const answer = said ?? asked ?? fallbackOf(question, asks);
    answers = { ...answers, [flag]: answer };
  }
  const foreign = Object.keys(given).find((flag) => !Object.hasOwn(answers, flag));
  if (foreign !== undefined) throw usage(`--${foreign} means nothing with --reranker ${answers.reranker}.`);
  return answers;
}

function fallbackOf({ flag, fallback, text }: Question, asks: boolean): string {
  if (flag === 'reranker' && asks) {
    throw usage(
      'init asks what to make, and there is no terminal to ask on.',
      'Give --yes for the defaults, or --reranker; rerankctl init --help shows the flags.',
    );
  }
  if (fallback === undefined) throw usage(`--${flag} is needed: ${text}.`);
  return fallback;
}

/** Asks until the answer will do; `undefined` where nobody answers. */
async function ask(io: Io, question: Question): Promise<string | undefined> {
  const { text, choices, fallback } = question;
  const words = Object.entries(choices ?? {});
  const isShort = words.every(([, meaning]) => meaning === '');
  const width = Math.max(...words.map(([word]) => word.length), 0);
  const list = words.map(([word, meaning], i) => `  ${i + 1}  ${word.padEnd(width)}  ${meaning}\n`);
  const shown = isShort && words.length > 0 ? ` (${words.map(([word]) => word).join('/')})` : '';
  const suggestion = fallback === undefined ? '' : ` [${fallback}]`;
  for (;;) {
    const said = await io.ask(
      isShort ? `${text}${shown}${suggestion} ` : `${text}\n${list.join('')}A number or a word${suggestion} `,
    );
    if (io.signal.aborted) throw interrupted();
    if (said === undefined) return undefined;
    const answer = chosen(said.trim(), words) ?? fallback ?? '';
    const wrong = answer === '' ? 'There has to be an answer.' : await problemOf(question, answer, io.cwd);
    if (wrong === undefined) return answer;
    io.stderr.write(`${wrong}\n`);
  }
}

/** A choice by its number or by how it begins; anything else as it was said. */
function chosen(said: string, words: readonly [string, string][]): string | undefined {
  if (said === '') return undefined;
  const begun = words.filter(([word]) => word.toLowerCase().startsWith(said.toLowerCase()));
  return words[Number(said) - 1]?.[0] ?? (begun.length === 1 ? begun[0]?.[0] : undefined) ?? said;
}

async function problemOf(question: Question, answer: string, cwd: string): Promise<string | undefined> {
  const { choices } = question;
  if (choices !== undefined && !Object.hasOwn(choices, answer))
    return `It is one of ${Object.keys(choices).join(', ')}.`;
  return question.wrong?.(answer, cwd);
}
