import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Comment {
  readonly id: number;
  body: string;
}

/** As much of GitHub's REST API as comments of a pull request need, scripted: the real one is not reached from a test. */
export interface GithubApi {
  readonly url: string;
  readonly comments: Comment[];
  readonly requests: string[];
  /** Refuses everything with this status. */
  refuse(status: number | undefined): void;
  close(): Promise<void>;
}

export async function startGithubApi(token: string): Promise<GithubApi> {
  const comments: Comment[] = [];
  const requests: string[] = [];
  let refused: number | undefined;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    requests.push(`${request.method} ${url.pathname}`);
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (refused !== undefined) return answer(refused, { message: 'Resource not accessible by integration' });
    if (request.headers.authorization !== `Bearer ${token}`)
      return answer(401, { message: 'Bad credentials' });
    const sent = request.method === 'GET' ? undefined : ((await json(request)) as { body: string });
    const one = /^\/repos\/o\/r\/issues\/comments\/(\d+)$/.exec(url.pathname)?.[1];
    const all = url.pathname === '/repos/o/r/issues/7/comments';
    if (all && request.method === 'GET') {
      const [size, page] = ['per_page', 'page'].map((name) => Number(url.searchParams.get(name)));
      const from = ((page ?? 1) - 1) * (size ?? 30);
      return answer(200, comments.slice(from, from + (size ?? 30)));
    }
    if (all && sent !== undefined) {
      const comment = { id: comments.length + 1, body: sent.body };
      comments.push(comment);
      return answer(201, comment);
    }
    const found = comments.find(({ id }) => String(id) === one);
    if (found === undefined || sent === undefined) return answer(404, { message: 'Not Found' });
    found.body = sent.body;
    answer(200, found);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments,
    requests,
    refuse: (status) => {
      refused = status;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
