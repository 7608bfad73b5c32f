import { Writable } from 'node:stream';
import { Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';
import type { Event } from '../../core/events.ts';
import { type Change, type Plan, pendingChanges } from '../../core/plan.ts';
import type { Output } from '../io.ts';
import { outcomeText } from '../render/outcomes.ts';
import { waitText } from './lines.ts';

interface Row {
  finish(text: string, failed: boolean): void;
  say(text: string): void;
}

/** Live progress for a terminal: one row for each change. Draws on stderr only, and leaves signals to us. */
export function taskProgress(
  plan: Plan,
  stderr: Output,
): { listener: (event: Event) => void; done: Promise<void> } {
  const rows = new Map<string, Row>();
  const changes = pendingChanges(plan);
  const width = Math.max(...changes.map((change) => change.address.length));
  const list = new Listr(
    changes.map((change) => rowFor(change, width, rows)),
    {
      concurrent: true,
      exitOnError: false,
      // listr2 would end the process with 127 on Ctrl-C: the exit code is ours.
      registerSignalListeners: false,
      rendererOptions: {
        collapseErrors: false,
        showErrorMessage: false,
        logger: new ListrLogger({ processOutput: new ProcessOutput(streamOf(stderr), streamOf(stderr)) }),
      },
      renderer: 'default',
    },
  );
  const done = list.run().then(
    () => undefined,
    () => undefined,
  );
  const listener = (event: Event): void => {
    if (event.type === 'change.finished') {
      const { outcome } = event;
      rows.get(outcome.address)?.finish(outcomeText(outcome), outcome.result !== 'done');
    } else if (event.type === 'step.started') rows.get(event.address)?.say(event.step);
    else if (event.type === 'step.progress') rows.get(event.address)?.say(`${event.step}: ${event.detail}`);
    else if (event.type === 'wait.polled') rows.get(event.address)?.say(waitText(event));
  };
  return { listener, done };
}

function rowFor(change: Change, width: number, rows: Map<string, Row>): ListrTask {
  const name = change.address.padEnd(width);
  return {
    title: `${name}  ${change.steps.join(', ')}`,
    task: (_context, task) =>
      new Promise<void>((resolve, reject) => {
        rows.set(change.address, {
          say: (text) => {
            task.output = text;
          },
          finish: (text, failed) => {
            task.title = `${name}  ${text}`;
            if (failed) reject(new Error(text));
            else resolve();
          },
        });
      }),
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
  return Object.assign(stream, {
    isTTY: output.isTTY,
    columns: output.columns,
  }) as unknown as NodeJS.WriteStream;
}
