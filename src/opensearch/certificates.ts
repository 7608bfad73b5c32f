import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { RerankctlError } from '../core/errors.ts';
import type { Connection } from './cluster.ts';

type TlsFiles = Pick<
  Connection,
  'caFile' | 'clientCertFile' | 'clientKeyFile' | 'clientKeyPassphrase' | 'insecure'
>;

/** What the handshake with the cluster needs. Throws for a file that cannot be right, before anything is sent. */
export async function tlsOptions(files: TlsFiles): Promise<ConnectionOptions> {
  const { caFile, clientCertFile: cert, clientKeyFile: key, clientKeyPassphrase: passphrase } = files;
  const [ca, own] = await Promise.all([
    caFile === undefined ? {} : readCa(caFile).then((text) => ({ ca: text })),
    cert === undefined || key === undefined ? {} : readClientCertificate(cert, key, passphrase),
  ]);
  return { ...ca, ...own, rejectUnauthorized: files.insecure !== true };
}

async function readPem(code: string, what: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RerankctlError(
      'usage',
      code,
      `The ${what} ${file} cannot be read (${error.code ?? error.message}).`,
      { remedy: 'Give the path of a PEM file that this user may read.' },
    );
  });
}

/** Node silently ignores a CA file that holds no certificate, and the server is then "self-signed": say it here. */
async function readCa(file: string): Promise<string> {
  const text = await readPem('RCTL_CA_FILE', 'CA file', file);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new RerankctlError('usage', 'RCTL_CA_FILE', `The CA file ${file} holds no PEM certificate.`, {
      remedy:
        'It must hold a line `-----BEGIN CERTIFICATE-----`. Convert DER with `openssl x509 -inform der`.',
    });
  }
  return text;
}

async function readClientCertificate(
  certFile: string,
  keyFile: string,
  passphrase: string | undefined,
): Promise<{ cert: string; key: string | Buffer }> {
  const [cert, keyText] = await Promise.all([
    readPem('RCTL_CLIENT_CERT', 'client certificate', certFile),
    readPem('RCTL_CLIENT_KEY', 'client key', keyFile),
  ]);
  const certificate = certificateOf(cert, certFile);
  const key = keyOf(keyText, keyFile, passphrase);
  if (!certificate.checkPrivateKey(key)) {
    throw new RerankctlError(
      'usage',
      'RCTL_CLIENT_KEY',
      `The client key ${keyFile} does not belong to the certificate ${certFile}.`,
      {
        remedy:
          'Give the key with which this certificate was requested. A certificate chain begins with its own.',
      },
    );
  }
  refuseOutdated(certificate, certFile);
  // Decrypted here, so that the passphrase goes no further.
  return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }) };
}

/** The first one of the file, which is the client's own: what follows is its chain. */
function certificateOf(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new RerankctlError(
      'usage',
      'RCTL_CLIENT_CERT',
      `The client certificate ${file} holds no PEM certificate.`,
      {
        remedy:
          'It must hold a line `-----BEGIN CERTIFICATE-----`. Convert PKCS#12 with `openssl pkcs12 -in FILE -nodes`.',
        cause,
      },
    );
  }
}

function keyOf(text: string, file: string, passphrase: string | undefined): KeyObject {
  // In one PEM file with its certificate, which may come first, the key has to be found.
  const pem = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----.*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/s.exec(
    text,
  )?.[0];
  if (pem === undefined) {
    throw new RerankctlError('usage', 'RCTL_CLIENT_KEY', `The client key ${file} holds no PEM private key.`, {
      remedy: 'It must hold a line like `-----BEGIN PRIVATE KEY-----`.',
    });
  }
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // The error of OpenSSL is not kept as a cause: it tells no more, and may tell of the key.
    const encrypted = /ENCRYPTED/.test(pem);
    const why = !encrypted
      ? 'is broken'
      : passphrase === undefined
        ? 'is encrypted, and there is no passphrase'
        : 'does not open with this passphrase';
    throw new RerankctlError('usage', 'RCTL_CLIENT_KEY', `The client key ${file} ${why}.`, {
      remedy: encrypted
        ? 'Give the passphrase in a file (--client-key-passphrase-file) or in OPENSEARCH_CLIENT_KEY_PASSPHRASE.'
        : 'See what `openssl pkey -in FILE -noout` says of it.',
    });
  }
}

/** A server closes the connection on such a certificate, mostly without a word. */
function refuseOutdated({ validFrom, validTo }: X509Certificate, file: string): void {
  const now = Date.now();
  const expired = Date.parse(validTo) < now;
  if (!expired && Date.parse(validFrom) <= now) return;
  throw new RerankctlError(
    'usage',
    'RCTL_CLIENT_CERT',
    expired
      ? `The client certificate ${file} has expired (${validTo}).`
      : `The client certificate ${file} is not valid before ${validFrom}.`,
    { remedy: expired ? 'Have a new one issued.' : 'Check the clock of this machine.' },
  );
}
