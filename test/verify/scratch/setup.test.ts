import { readFileSync, writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { connectToNode, securedNode } from '../../support/node.ts';
import { connect } from '../../../src/opensearch/connect.ts';
import { deployedModel } from '../../support/model.ts';
it('n', async () => { const c = connectToNode(); writeFileSync('/tmp/mid-n', await deployedModel(c)); await c.close(); }, 300000);
it('s', async () => { const c = connect(securedNode()!); writeFileSync('/tmp/mid-s', await deployedModel(c)); await c.close(); }, 300000);
