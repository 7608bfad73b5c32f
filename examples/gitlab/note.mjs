// node note.mjs FILE.md: puts a Markdown report of rerankctl on the merge request of this pipeline, as one note. The next
// pipeline updates it instead of adding another. Needs GITLAB_TOKEN, a project access token with the scope api.
import { readFile } from 'node:fs/promises';

const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, GITLAB_TOKEN } = process.env;
const notes = `${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/merge_requests/${CI_MERGE_REQUEST_IID}/notes`;

async function api(method, url, body) {
  const answer = await fetch(url, {
    method,
    headers: { 'private-token': GITLAB_TOKEN, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const body = await readFile(process.argv[2], 'utf8');
// The first line of every report: <!-- rerankctl plan production -->
const [marker] = body.split('\n', 1);
const { id: self } = await api('GET', `${CI_API_V4_URL}/user`);

let found;
for (let page = 1, more = true; more && found === undefined; page++) {
  const some = await api('GET', `${notes}?per_page=100&page=${page}`);
  found = some.find((note) => note.author.id === self && note.body.startsWith(marker));
  more = some.length === 100;
}
if (found === undefined) await api('POST', notes, { body });
else await api('PUT', `${notes}/${found.id}`, { body });
