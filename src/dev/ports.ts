import { connect, createServer } from 'node:net';
import { DevError } from './errors.ts';

const firstPort = 9200;
const lastPort = 9999;
const transportOffset = 100;

/** Who has a port, in words for a message; nothing when it is free. */
export type PortHolder = (port: number) => Promise<string | undefined>;

export function transportPort(port: number): number {
  return port + transportOffset;
}

/**
 * The HTTP ports of a node or cluster: `wanted` and those after it, or the first run of free ones. `preferred`
 * is where it ran last time and gives way when it is taken.
 */
export async function choosePorts(
  request: { count: number; wanted?: number | undefined; preferred?: number | undefined },
  holder: PortHolder,
): Promise<number[]> {
  const { count, wanted, preferred } = request;
  if (wanted !== undefined) {
    const taken = await firstTaken(wanted, count, holder);
    if (taken === undefined) return run(wanted, count);
    throw new DevError(
      'DEV_PORT_IN_USE',
      `Port ${taken.port} is in use by ${taken.by}${taken.port === wanted ? '' : `, and --port ${wanted} needs it too`}.`,
      'Stop that, choose another --port, or leave --port out to take the next free one.',
    );
  }
  const candidates = [
    ...(preferred === undefined ? [] : [preferred]),
    ...run(firstPort, lastPort - firstPort),
  ];
  for (const candidate of candidates) {
    if ((await firstTaken(candidate, count, holder)) === undefined) return run(candidate, count);
  }
  throw new DevError(
    'DEV_PORT_IN_USE',
    `No ${count} free ports in a row from ${firstPort} to ${lastPort}.`,
    'Stop some nodes (rerankctl dev status, dev down), or choose a --port.',
  );
}

function run(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}

async function firstTaken(
  first: number,
  count: number,
  holder: PortHolder,
): Promise<{ port: number; by: string } | undefined> {
  for (const http of run(first, count)) {
    for (const port of [http, transportPort(http)]) {
      const by = await holder(port);
      if (by !== undefined) return { port, by };
    }
  }
  return undefined;
}

/** Nobody answers there and it can be bound: on macOS a bind beside a wildcard listener succeeds. */
export async function isPortFree(port: number): Promise<boolean> {
  return !(await answers(port)) && (await binds(port));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function binds(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
