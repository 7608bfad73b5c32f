import { didYouMean } from '../../core/suggest.ts';
import {
  breakLock,
  forgetRecords,
  moveRecord,
  readHistory,
  readState,
  recordOf,
} from '../../engine/state/index.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { CommandResult, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { usage } from '../flags.ts';
import { painter } from '../io.ts';
import { lineProgress } from '../progress/lines.ts';
import { renderHistory, renderHolder, renderRecord, renderRecords } from '../render/state.ts';
import { clusterOf, stackOf } from './shared.ts';

interface Asked {
  readonly cluster: Cluster;
  readonly stack: string;
  readonly words: readonly string[];
  readonly invocation: Invocation;
}

interface Told {
  readonly text: string;
  readonly json: Record<string, unknown>;
}

interface Verb {
  /** Words after it, as in its usage. */
  readonly takes: readonly string[];
  readonly many?: true;
  run(asked: Asked): Promise<Told>;
}

const VERBS: Readonly<Record<string, Verb>> = {
  list: {
    takes: [],
    async run({ cluster, stack }) {
      const { records, lock } = await readState(cluster, stack);
      const all = [...records.values()].sort((left, right) => (left.address < right.address ? -1 : 1));
      const { holder } = lock?.record ?? {};
      return {
        text: renderRecords(stack, all) + (holder === undefined ? '' : renderHolder(stack, holder)),
        json: { stack, records: all, ...(holder === undefined ? {} : { holder }) },
      };
    },
  },
  show: {
    takes: ['ADDRESS'],
    async run({ cluster, stack, words: [address = ''] }) {
      const record = recordOf(await readState(cluster, stack), stack, address);
      return { text: renderRecord(record), json: { stack, records: [record] } };
    },
  },
  history: {
    takes: [],
    async run({ cluster, stack, invocation }) {
      const history = await readHistory(cluster, stack);
      return {
        text: renderHistory(stack, history, painter(invocation.color.stdout)),
        json: { stack, history },
      };
    },
  },
  rm: {
    takes: ['ADDRESS'],
    many: true,
    async run({ cluster, stack, words, invocation: { io } }) {
      await forgetRecords(cluster, stack, words, { command: 'rerankctl state rm', signal: io.signal });
      return {
        text: `Forgotten: ${words.join(', ')}. On the server nothing was changed.\n`,
        json: { stack, forgotten: words },
      };
    },
  },
  mv: {
    takes: ['FROM', 'TO'],
    async run({ cluster, stack, words: [from = '', to = ''], invocation: { io } }) {
      await moveRecord(cluster, stack, from, to, { command: 'rerankctl state mv', signal: io.signal });
      return {
        text: `${from} is now ${to}: name its manifest so. On the server nothing was changed.\n`,
        json: { stack, moved: { from, to } },
      };
    },
  },
  unlock: {
    takes: [],
    async run({ cluster, stack }) {
      const holder = await breakLock(cluster, stack);
      return {
        text:
          holder === undefined
            ? `Nobody held the stack ${stack}.\n`
            : `Unlocked. ${renderHolder(stack, holder)}`,
        json: { stack, ...(holder === undefined ? {} : { holder }) },
      };
    },
  },
};

function verbOf([name, ...words]: readonly string[]): { verb: Verb; words: readonly string[] } {
  const verb = name === undefined ? undefined : VERBS[name];
  if (name === undefined || verb === undefined) {
    const names = Object.keys(VERBS);
    const near = name === undefined ? undefined : didYouMean(name, names);
    const what = name === undefined ? 'Say what to do with the state.' : `state has no ${name}.`;
    throw usage(what, near ?? `It is one of ${names.join(', ')}.`);
  }
  const { takes, many } = verb;
  if (words.length < takes.length || (words.length > takes.length && !many)) {
    const wants = takes.length === 0 ? 'nothing more' : takes.join(' ') + (many ? '…' : '');
    throw usage(`state ${name} takes ${wants}.`, 'See rerankctl state --help.');
  }
  return { verb, words };
}

/** Looks at what is remembered of a stack, and mends it. Touches nothing but the state. */
export async function stateCommand(invocation: Invocation): Promise<CommandResult> {
  const { io, positionals, output } = invocation;
  const { verb, words } = verbOf(positionals);
  const stack = await stackOf(invocation);
  const cluster = await clusterOf(invocation, { listener: lineProgress(io.stderr) });
  try {
    const { text, json } = await verb.run({ cluster, stack, words, invocation });
    if (output === 'text') io.stdout.write(text);
    return { exitCode: EXIT.done, json };
  } finally {
    await cluster.close();
  }
}
