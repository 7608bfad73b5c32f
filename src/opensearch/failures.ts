import { ServerError } from '../core/errors.ts';
import { looksLikeHtml, whatServerSaid } from './answer.ts';
import { withoutCanonicalRequest } from './aws-refusals.ts';
import type { Request } from './cluster.ts';
import type { Endpoint } from './endpoint.ts';
import { notOpenSearch, refusedCertificate } from './network.ts';
import type { Answer } from './send.ts';
import { translate } from './translations.ts';

/** Some other web server: a page instead of JSON, with a status that proxies and security do not use for pages. */
function isStranger({ status, body }: Answer): boolean {
  return looksLikeHtml(body) && ![401, 403, 413, 429, 502, 503, 504].includes(status);
}

function reasonOf({ status, body, headers }: Answer, said: string): string {
  // A redirect may carry credentials in its query: the path is enough to see where it leads.
  if (status < 400) return String(headers.location ?? '').replace(/[?#].*$/s, '');
  return looksLikeHtml(body) ? 'a web page, of a proxy perhaps' : said;
}

/** The answer as an error, in words. Holds nothing of the request but its method and path. */
export function answerError(request: Request, answer: Answer, endpoint: Endpoint): Error {
  const { status, body } = answer;
  if (typeof body === 'string' && body.includes('plain HTTP request was sent to HTTPS port')) {
    return notOpenSearch(
      endpoint.shown,
      'it speaks https, and the address says http',
      `Write ${endpoint.shown.replace(/^http:/, 'https:')}`,
    );
  }
  if (typeof body === 'string' && status === 400 && /SSL certificate/i.test(body)) {
    return refusedCertificate(/no required/i.test(body), endpoint);
  }
  if (isStranger(answer)) return notOpenSearch(endpoint.shown, `it answers ${status} with a web page`);
  const { type, reason } = whatServerSaid(body);
  const said = {
    status,
    type,
    reason: withoutCanonicalRequest(reasonOf(answer, reason)),
    request: `${request.method} ${request.path}`,
  };
  return new ServerError(said, translate({ ...said, endpoint }));
}
