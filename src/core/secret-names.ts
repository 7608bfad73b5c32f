/** Headers whose value is a secret in itself. */
const SECRET_HEADERS = /^(authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie)$/i;

/** Is this the header of a secret, and the secret itself in it? */
export function isSecretHeader(name: string, value: unknown): boolean {
  return SECRET_HEADERS.test(name) && typeof value === 'string' && !value.includes('${');
}

/** The environment variable that a secret is taken from: `cohere rerank_key` is COHERE_RERANK_KEY. */
export function variableFor(text: string): string {
  const name = text
    .normalize('NFKD')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^[A-Z]/.test(name) ? name : `CONNECTOR_${name}`;
}
