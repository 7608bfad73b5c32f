/**
 * Writes a Markdown report as a comment of the pull request, once: the hidden first line of the report names command and
 * stack, and a comment that begins with it is updated. Called by action.yml with the path of the report.
 */
import { readFile } from 'node:fs/promises';

const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_TOKEN } = process.env;

async function main([path]) {
  const body = await readFile(path, 'utf8').catch(() => undefined);
  if (body === undefined) return say('warning', `There is no report at ${path}, so nothing is commented.`);
  const [marker] = body.split('\n', 1);
  const { pull_request: pull } = JSON.parse(await readFile(GITHUB_EVENT_PATH, 'utf8'));
  const comments = `/repos/${GITHUB_REPOSITORY}/issues/${pull.number}/comments`;
  const earlier = await find(comments, marker);
  if (earlier === undefined) await send('POST', comments, { body });
  else if (earlier.body.trim() !== body.trim()) {
    await send('PATCH', `/repos/${GITHUB_REPOSITORY}/issues/comments/${earlier.id}`, { body });
  }
}

async function find(comments, marker) {
  for (let page = 1; ; page++) {
    const listed = await send('GET', `${comments}?per_page=100&page=${page}`);
    // Somebody may quote the marker: a comment of ours begins with it.
    const found = listed.find(({ body }) => body?.startsWith(marker));
    if (found !== undefined || listed.length < 100) return found;
  }
}

async function send(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${GITHUB_TOKEN}`,
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) return response.json();
  const rights = response.status === 403 || response.status === 404;
  throw new Error(
    `GitHub answers ${response.status} to ${method} ${path.replace(/\?.*/, '')}.` +
      (rights ? ' The job needs `permissions: { pull-requests: write }`; a fork has none.' : ''),
  );
}

function say(level, text) {
  process.stdout.write(
    `::${level} title=rerankctl::${text.replaceAll('%', '%25').replaceAll('\n', '%0A')}\n`,
  );
}

// The comment is a courtesy: that it cannot be written does not fail the job.
await main(process.argv.slice(2)).catch((error) => say('warning', error.message));
