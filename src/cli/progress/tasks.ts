import { Writable } from 'node:stream';
import {
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrTask,
  ProcessOutput,
  Spinner,
} from 'listr2';
import type { Event } from '../../core/events.ts';
import { type Plan, pendingChanges } from '../../core/plan.ts';
import { fit } from '../fitted.ts';
import { type Output, type Paint, painter } from '../io.ts';
import { outcomeText } from '../render/outcomes.ts';
import { inAscii } from '../render/verification/pen.ts';
import { lineProgress, type Progress, retryText, waitText } from './lines.ts';

/** Columns that listr2 puts before what is said of a row, and keeps free behind it. */
const MARGIN = 8;
/** An address gets a column of its own where that leaves so much beside it. */
const LEAST_BESIDE = 30;

interface Terminal {
  /** Draws as it is: the rows know how wide it may be. */
  readonly output: Output;
  readonly unicode: boolean;
  readonly color: boolean;
}

/**
 * Live progress for a terminal: one row for each change, from the first one on that is begun. Draws on stderr only, and
 * leaves signals to us: when the run is interrupted the rows end as they are. Before and after them there are lines.
 */
export function taskProgress(
  plan: Plan,
  { output, unicode, color }: Terminal,
  signal: AbortSignal,
): Progress {
  const changes = pendingChanges(plan);
  const written = (text: string): string => {
    const width = Math.max(output.columns - MARGIN, 20);
    return fit(unicode ? text : inAscii(text), width);
  };
  const width = Math.max(...changes.map((change) => change.address.length));
  const beside = output.columns - MARGIN - width >= LEAST_BESIDE;
  const rows = new Map<string, Row>(
    changes.map(({ address, steps }) => {
      const named = (text: string): string => written(`${beside ? address.padEnd(width) : address}  ${text}`);
      return [address, new Row(steps.join(', '), named, written)];
    }),
  );
  const list = new Listr(
    [...rows.values()].map(({ task }) => task),
    {
      concurrent: true,
      exitOnError: false,
      // Where stdout is no terminal listr2 would write plain lines to it, and stdout is for the result.
      forceTTY: true,
      // listr2 would end the process with 127 on Ctrl-C: the exit code is ours.
      registerSignalListeners: false,
      rendererOptions: {
        collapseErrors: false,
        showErrorMessage: false,
        logger: new ListrLogger({ processOutput: new ProcessOutput(streamOf(output), streamOf(output)) }),
        spinner: unicode ? new Spinner() : new AsciiSpinner(),
        ...look(unicode, painter(color)),
      },
      renderer: 'default',
    },
  );
  const lines = lineProgress({
    write: (text) => output.write(fit(unicode ? text : inAscii(text), output.columns)),
  });
  const open = new Set<string>(changes.map(({ address }) => address));
  const busy = new Set<string>();
  let drawn: Promise<unknown> | undefined;
  const draw = (): void => {
    drawn ??= list.run().catch(() => undefined);
    sayWhatIsAwaited();
  };
  const sayWhatIsAwaited = (): void => {
    for (const { address, resource } of changes) {
      const before = resource.dependsOn.filter((each) => open.has(each));
      if (open.has(address) && !busy.has(address) && before.length > 0) {
        rows.get(address)?.say(`after ${before.join(', ')}`);
      }
    }
  };
  const stop = (): void => {
    for (const address of open) finish(address, 'not finished', true);
  };
  const finish = (address: string, text: string, failed: boolean): void => {
    open.delete(address);
    busy.delete(address);
    rows.get(address)?.finish(text, failed);
  };
  signal.addEventListener('abort', stop);
  const tell = (event: Event): void => {
    switch (event.type) {
      case 'change.started':
        busy.add(event.address);
        break;
      case 'change.finished':
        finish(event.outcome.address, outcomeText(event.outcome), event.outcome.result !== 'done');
        sayWhatIsAwaited();
        break;
      case 'step.started':
        rows.get(event.address)?.say(event.step);
        break;
      case 'step.progress':
        rows.get(event.address)?.say(`${event.step}: ${event.detail}`);
        break;
      case 'wait.polled':
        rows.get(event.address)?.say(waitText(event));
        break;
      case 'request.retried':
        // Whose request it is nobody knows: all that is under way waits for it, or may come to.
        for (const address of busy) rows.get(address)?.say(retryText(event));
        break;
      default:
    }
  };
  return {
    listener: (event) => {
      if (event.type === 'change.started' && !signal.aborted) draw();
      if (drawn === undefined || signal.aborted) lines(event);
      else tell(event);
    },
    end: async () => {
      stop();
      await drawn;
      signal.removeEventListener('abort', stop);
    },
  };
}

/** What is said of a row may come before listr2 has got round to it. */
class Row {
  readonly #written: (text: string) => string;
  readonly #named: (text: string) => string;
  #title: string;
  #output = '';
  #failed: boolean | undefined;
  #task: Pick<Parameters<ListrTask['task']>[1], 'title' | 'output'> | undefined;
  #settle: () => void = () => undefined;

  constructor(title: string, named: (text: string) => string, written: (text: string) => string) {
    this.#title = named(title);
    this.#named = named;
    this.#written = written;
  }

  /** As listr2 wants it: fails where the change did, so that its sign says so. */
  get task(): ListrTask {
    return {
      title: this.#title,
      task: (_context, task) => {
        this.#task = task;
        this.#show();
        return new Promise<void>((resolve, reject) => {
          this.#settle = () => (this.#failed ? reject(new Error(this.#title)) : resolve());
          if (this.#failed !== undefined) this.#settle();
        });
      },
    };
  }

  say(text: string): void {
    this.#output = this.#written(text);
    this.#show();
  }

  finish(text: string, failed: boolean): void {
    this.#title = this.#named(text);
    this.#failed = failed;
    this.#show();
    this.#settle();
  }

  #show(): void {
    if (this.#task === undefined) return;
    this.#task.title = this.#title;
    if (this.#output !== '') this.#task.output = this.#output;
  }
}

class AsciiSpinner extends Spinner {
  protected override readonly spinner = ['-', '\\', '|', '/'];
}

/** listr2 goes by its own ideas of what stdout can show; the rows are on stderr, and our flags are the word that counts. */
function look(
  unicode: boolean,
  paint: Paint,
): { icon: Record<string, string>; color: Record<string, unknown> } {
  const levels = ListrDefaultRendererLogLevels;
  const signs: readonly (readonly [string, string, string, Parameters<Paint>[0]])[] = [
    [levels.PENDING, '❯', '>', 'yellow'],
    [levels.COMPLETED, '✔', 'v', 'green'],
    [levels.FAILED, '✖', 'x', 'red'],
    [levels.WAITING, '◼', '.', 'dim'],
    [levels.OUTPUT, '›', '>', 'dim'],
  ];
  const others = Object.values(levels).map((level) => [level, (text = ''): string => text] as const);
  return {
    icon: Object.fromEntries(signs.map(([level, sign, ascii]) => [level, unicode ? sign : ascii])),
    color: Object.fromEntries([
      ...others,
      ...signs.map(([level, , , style]) => [level, (text = ''): string => paint(style, text)] as const),
    ]),
  };
}

function streamOf(output: Output): NodeJS.WriteStream {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, next) => {
      output.write(String(chunk));
      next();
    },
  });
  const size = { columns: { get: () => output.columns }, rows: { get: () => output.rows ?? 24 } };
  return Object.defineProperties(
    Object.assign(stream, { isTTY: output.isTTY }),
    size,
  ) as unknown as NodeJS.WriteStream;
}
