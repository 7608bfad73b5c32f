import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** What reranks, as `--reranker` and the first question name it. */
export const RERANKERS = {
  pretrained: 'a cross-encoder that the cluster downloads from artifacts.opensearch.org',
  file: 'a cross-encoder in a zip on this machine, which is uploaded',
  cohere: 'Cohere Rerank, through a connector',
  bedrock: 'the Rerank API of Amazon Bedrock, through a connector',
  sagemaker: 'a cross-encoder on Amazon SageMaker, through a connector',
  'by-field': 'a number that each document holds; no model',
} as const;
export type Reranker = keyof typeof RERANKERS;

/** Answers by the name of their flag. */
export type Answers = Readonly<Partial<Record<Question['flag'], string>>>;

export interface Question {
  readonly flag:
    | 'reranker'
    | 'model'
    | 'model-format'
    | 'region'
    | 'score-field'
    | 'index'
    | 'existing-index'
    | 'text-field'
    | 'query';
  readonly text: string;
  /** Words that are shown with the question, each with what it means. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Not asked where it means nothing. */
  readonly appliesTo?: readonly Reranker[];
  /** What an empty answer stands for; without one there has to be an answer. */
  readonly fallback?: string;
  /** What is wrong with an answer, as a sentence. */
  wrong?(answer: string, cwd: string): string | undefined | Promise<string | undefined>;
}

export const SAMPLE_QUERY = 'What is the capital of the United States?';

const YES_OR_NO = { yes: '', no: '' };

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  {
    flag: 'reranker',
    text: 'What shall rerank the hits?',
    choices: RERANKERS,
    fallback: 'pretrained',
  },
  {
    flag: 'model',
    text: 'The path of the zip (tokenizer.json and the model file at its root)',
    appliesTo: ['file'],
    async wrong(answer, cwd) {
      const found = await stat(resolve(cwd, answer)).catch(() => undefined);
      return found?.isFile() === true ? undefined : `There is no file ${answer}.`;
    },
  },
  {
    flag: 'model-format',
    text: 'The format of the model file in it',
    choices: { TORCH_SCRIPT: 'a .pt file', ONNX: 'an .onnx file' },
    appliesTo: ['file'],
    fallback: 'TORCH_SCRIPT',
  },
  {
    flag: 'model',
    text: 'The name of the pretrained model',
    appliesTo: ['pretrained'],
    fallback: 'huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2',
    wrong: oneWord,
  },
  {
    flag: 'model',
    text: 'The name of Cohere’s model',
    appliesTo: ['cohere'],
    fallback: 'rerank-v3.5',
    wrong: oneWord,
  },
  {
    flag: 'model',
    text: 'The ID of the model on Bedrock',
    appliesTo: ['bedrock'],
    fallback: 'amazon.rerank-v1:0',
    wrong: oneWord,
  },
  {
    flag: 'model',
    text: 'The name of the endpoint on SageMaker',
    appliesTo: ['sagemaker'],
    wrong: (answer) =>
      /^[A-Za-z0-9-]+$/.test(answer) ? undefined : 'An endpoint has letters, digits and - in its name.',
  },
  {
    flag: 'region',
    text: 'The AWS region',
    appliesTo: ['bedrock', 'sagemaker'],
    fallback: 'us-west-2',
    wrong: (answer) => (/^[a-z0-9-]+$/.test(answer) ? undefined : 'A region looks like us-west-2.'),
  },
  {
    flag: 'index',
    text: 'The name of the index that is searched',
    fallback: 'passages',
    wrong: (answer) =>
      /^(?![-_+.])[^\p{Lu}\s\\/*?"<>|,#:]+$/u.test(answer)
        ? undefined
        : 'The name of an index has no capitals, no spaces and none of \\ / * ? " < > | , # : in it.',
  },
  {
    flag: 'existing-index',
    text: 'Is that index there already, with documents?',
    choices: YES_OR_NO,
    fallback: 'no',
  },
  {
    flag: 'text-field',
    text: 'The field with the text',
    fallback: 'passage_text',
    wrong: oneWord,
  },
  {
    flag: 'score-field',
    text: 'The field with the number, as a dotted path',
    appliesTo: ['by-field'],
    fallback: 'stars',
    wrong: oneWord,
  },
  { flag: 'query', text: 'A query to try it with', fallback: SAMPLE_QUERY },
];

function oneWord(answer: string): string | undefined {
  return /^[^\s]+$/.test(answer) ? undefined : 'That has spaces in it.';
}
