import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Note {
  readonly id: number;
  body: string;
  readonly author: { readonly id: number };
}

/** As much of GitLab's REST API as notes of a merge request need, scripted; the user of the token is 42. */
export interface GitlabApi {
  /** What a job of GitLab finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly notes: Note[];
  close(): Promise<void>;
}

export async function startGitlabApi(token: string): Promise<GitlabApi> {
  const notes: Note[] = [];
  const all = '/projects/5/merge_requests/9/notes';
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.headers['private-token'] !== token) return answer(401, { message: '401 Unauthorized' });
    if (pathname === '/user') return answer(200, { id: 42 });
    if (pathname === all && request.method === 'GET') {
      const [size = 20, page = 1] = ['per_page', 'page'].map((name) => Number(searchParams.get(name)));
      return answer(200, notes.slice((page - 1) * size, page * size));
    }
    const { body } = (await json(request)) as { body: string };
    if (pathname === all && request.method === 'POST') {
      const note = { id: notes.length + 1, body, author: { id: 42 } };
      notes.push(note);
      return answer(201, note);
    }
    const found = notes.find(({ id }) => pathname === `${all}/${id}`);
    if (found === undefined || request.method !== 'PUT') return answer(404, { message: '404 Not found' });
    found.body = body;
    answer(200, found);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    env: {
      CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ...{ CI_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '9', GITLAB_TOKEN: token },
    },
    notes,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
