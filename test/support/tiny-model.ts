import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storedZip } from './zip.ts';

/** TorchScript as PyTorch's reader takes it (`version` 3): a module without a tensor, whose every score is 0. */
const CODE = `class Tiny(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Tiny,
    input_ids: Tensor,
    attention_mask: Tensor,
    token_type_ids: Tensor) -> Tensor:
    return torch.zeros([torch.size(input_ids, 0), 1])
`;

/** Pickle: a new `__torch__.Tiny` with `{training: False}`, and an empty tuple. */
const TINY_PICKLE = Buffer.from('\x80\x02c__torch__\nTiny\n)\x81}X\x08\0\0\0training\x89sb.', 'latin1');
const EMPTY_PICKLE = Buffer.from('\x80\x02).', 'latin1');

const VOCABULARY = { '[UNK]': 0, '[CLS]': 1, '[SEP]': 2 };
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
  added_tokens: Object.entries(VOCABULARY).map(([content, id]) => special(content, id)),
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
 * makes more chunks of it (10,000,000 bytes each). Any account can read it.
 */
export async function writeTinyModel(paddingBytes = 0): Promise<ModelFile> {
  const module = storedZip({
    'tiny/data.pkl': TINY_PICKLE,
    'tiny/code/__torch__.py': CODE,
    'tiny/constants.pkl': EMPTY_PICKLE,
    'tiny/version': '3\n',
  });
  const content = storedZip({
    'tokenizer.json': JSON.stringify(TOKENIZER),
    'tiny.pt': module,
    ...(paddingBytes === 0 ? {} : { 'padding.bin': randomBytes(paddingBytes) }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'rerankctl-tiny-'));
  await chmod(folder, 0o755);
  const path = join(folder, 'tiny.zip');
  await writeFile(path, content);
  await chmod(path, 0o644);
  return { path, content, remove: () => rm(folder, { recursive: true, force: true }) };
}
