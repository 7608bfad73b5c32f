import { describe, expect, it } from 'vitest';
import { isWrite } from '../support/proxy.ts';

describe('what counts as a write', () => {
  it.each([
    ['GET', '/_search/pipeline/p', false],
    ['HEAD', '/i', false],
    ['POST', '/i/_search', false],
    ['POST', '/_msearch', false],
    ['POST', '/_plugins/_ml/models/_search', false],
    ['POST', '/_plugins/_ml/models/m/_predict', false],
    ['POST', '/_plugins/_ml/_predict/text_similarity/m', false],
    ['PUT', '/_search/pipeline/p', true],
    ['DELETE', '/i', true],
    ['POST', '/_bulk', true],
    ['POST', '/_plugins/_ml/models/_register', true],
    ['POST', '/_plugins/_ml/models/m/_deploy', true],
    ['POST', '/i/_update/1', true],
  ])('%s %s: %s', (method, path, write) => {
    expect(isWrite({ method, path })).toBe(write);
  });
});
