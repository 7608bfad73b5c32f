import { endedAt } from './token.ts';
import type { Refusal, Translate, Translation } from './translation.ts';

type Words = Pick<Translation, 'message'> & { readonly remedy: string };

/** 401: whom the server does not let in, by what we came with. */
function inWords({ endpoint }: Refusal): Words {
  const { shown, claim, username, certified } = endpoint;
  if (claim === 'token') return ofToken(shown, endedAt(endpoint.authorization()));
  if (claim === 'user') {
    return {
      message: `${shown} does not accept user ${username} with this password.`,
      remedy: 'Check both. A user that the cluster does not know gets the same answer as a wrong password.',
    };
  }
  if (certified) {
    return {
      message: `${shown} does not let this client certificate in by itself.`,
      remedy:
        'The security plugin needs a clientcert_auth_domain for it, or give a user or a token beside the certificate.',
    };
  }
  return {
    message: `${shown} wants a user and a password.`,
    remedy: 'Give a user and a password, a token, or a client certificate: docs/connecting.md.',
  };
}

function ofToken(shown: string, ended: Date | undefined): Words {
  if (ended !== undefined) {
    return {
      message: `${shown} does not accept this token: it expired at ${ended.toISOString()}.`,
      remedy: 'Get a new one.',
    };
  }
  return {
    message: `${shown} does not accept this token.`,
    remedy:
      'It may have expired, or be for another audience, or the cluster has no auth domain for bearer tokens (JWT, OpenID Connect).',
  };
}

export const unauthorized: Translate = (refusal) =>
  refusal.status === 401 ? { failure: 'connection', code: 'RCTL_AUTH', ...inWords(refusal) } : undefined;
