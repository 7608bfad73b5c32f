import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { choosePorts, isPortFree, type PortHolder } from '../../src/dev/ports.ts';

const taken =
  (...ports: number[]): PortHolder =>
  async (port) =>
    ports.includes(port) ? 'another program' : undefined;

describe('ports', () => {
  it('start at 9200 and pass over what is taken, transport ports too', async () => {
    expect(await choosePorts({ count: 1 }, taken())).toEqual([9200]);
    expect(await choosePorts({ count: 1 }, taken(9200, 9301))).toEqual([9202]);
    expect(await choosePorts({ count: 3 }, taken(9202))).toEqual([9203, 9204, 9205]);
  });

  it('stay where the node ran last, while that is free', async () => {
    expect(await choosePorts({ count: 1, preferred: 9250 }, taken(9200))).toEqual([9250]);
    expect(await choosePorts({ count: 1, preferred: 9250 }, taken(9250))).toEqual([9200]);
  });

  it('name the port that keeps a wanted one from being used', async () => {
    await expect(choosePorts({ count: 1, wanted: 9200 }, taken(9200))).rejects.toMatchObject({
      code: 'DEV_PORT_IN_USE',
      message: 'Port 9200 is in use by another program.',
    });
    await expect(choosePorts({ count: 1, wanted: 9200 }, taken(9300))).rejects.toThrow(
      'Port 9300 is in use by another program, and --port 9200 needs it too.',
    );
  });

  it('are seen as taken while somebody listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    expect(await isPortFree(address.port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(address.port)).toBe(true);
  });
});
