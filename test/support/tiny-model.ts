import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedZip } from './zip.ts';

/**
 * What the model makes of a pair of texts: 0; the sum of its tokens' numbers, so that the passage with the best words
 * wins; the opposite; or what is no number where there are good words.
 */
export type Scoring = 'zero' | 'best' | 'worst' | 'nan';

const ZEROS = 'torch.zeros([torch.size(input_ids, 0), 1])';
const SUM = 'torch.to(torch.sum(input_ids, [1], True), 6, False, False, None)';
const SCORES: Readonly<Record<Scoring, string>> = {
  zero: ZEROS,
  best: SUM,
  worst: `torch.neg(${SUM})`,
  nan: `torch.sqrt(torch.rsub(${SUM}, 30))`,
};

/** What a manifest says of such a model, beside its name, its group and its file. */
export const TINY = {
  function_name: 'TEXT_SIMILARITY',
  model_format: 'TORCH_SCRIPT',
  model_config: { model_type: 'bert', embedding_dimension: 1, framework_type: 'huggingface_transformers' },
} as const;

/** TorchScript as PyTorch's reader takes it (`version` 3): a module without a tensor. */
const codeOf = (scoring: Scoring): string => `class Tiny(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Tiny,
    input_ids: Tensor,
    attention_mask: Tensor,
    token_type_ids: Tensor) -> Tensor:
    return ${SCORES[scoring]}
`;

/** Pickle: a new `__torch__.Tiny` with `{training: False}`, and an empty tuple. */
const TINY_PICKLE = Buffer.from('\x80\x02c__torch__\nTiny\n)\x81}X\x08\0\0\0training\x89sb.', 'latin1');
const EMPTY_PICKLE = Buffer.from('\x80\x02).', 'latin1');

const VOCABULARY = { '[UNK]': 0, '[CLS]': 1, '[SEP]': 2, poor: 10, fair: 20, good: 30, best: 40 };
const special = (content: string, id: number) => ({
  id,
  content,
  special: true,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
});
const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: Object.entries(VOCABULARY)
    .filter(([content]) => content.startsWith('['))
    .map(([content, id]) => special(content, id)),
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] },
  decoder: null,
  model: { type: 'WordLevel', vocab: VOCABULARY, unk_token: '[UNK]' },
};

export interface ModelFile {
  readonly path: string;
  readonly content: Buffer;
  remove(): Promise<void>;
}

/**
 * A reranker that deploys and answers, and costs the node next to nothing: for tests that deploy hundreds. Padding
 * makes more chunks of it (10,000,000 bytes each), of zeros, which the node stores and merges at little cost. Any account
 * can read it.
 */
export async function writeTinyModel(paddingBytes = 0, scoring: Scoring = 'zero'): Promise<ModelFile> {
  const module = storedZip({
    'tiny/data.pkl': TINY_PICKLE,
    'tiny/code/__torch__.py': codeOf(scoring),
    'tiny/constants.pkl': EMPTY_PICKLE,
    'tiny/version': '3\n',
  });
  const content = storedZip({
    'tokenizer.json': JSON.stringify(TOKENIZER),
    'tiny.pt': module,
    ...(paddingBytes === 0 ? {} : { 'padding.bin': Buffer.alloc(paddingBytes) }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-tiny-'));
  await chmod(folder, 0o755);
  const path = join(folder, 'tiny.zip');
  await writeFile(path, content);
  await chmod(path, 0o644);
  return { path, content, remove: () => rm(folder, { recursive: true, force: true }) };
}
