import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

/** A throwaway certificate and its key. */
export interface Certificate {
  readonly cert: string;
  /** PKCS#8. */
  readonly key: string;
  /** The same under a passphrase. */
  keyUnder(passphrase: string): string;
}

export interface Authority extends Certificate {
  issue(name: string, options?: { hosts?: readonly string[]; until?: Date }): Certificate;
}

/** DER, as far as a certificate takes it: Node makes keys and signatures, and no certificates. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
const time = (date: Date): Buffer =>
  tlv(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`));
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const ALT_NAMES = '551d11';

function nameOf(common: string): Buffer {
  return sequence(tlv(0x31, sequence(oid(COMMON_NAME), utf8(common))));
}

function altNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host)
      ? tlv(0x87, Buffer.from(host.split('.').map(Number)))
      : tlv(0x82, Buffer.from(host)),
  );
  return sequence(oid(ALT_NAMES), tlv(0x04, sequence(...names)));
}

interface Wanted {
  readonly subject: string;
  readonly issuer: string;
  readonly signer: KeyObject;
  readonly publicKey: KeyObject;
  readonly authority: boolean;
  readonly hosts: readonly string[];
  readonly until: Date;
}

const DAY_MS = 86_400_000;

function certificate({ subject, issuer, signer, publicKey, authority, hosts, until }: Wanted): string {
  const from = new Date(Math.min(Date.now(), until.getTime()) - DAY_MS);
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const extensions = [
    ...(authority ? [sequence(oid(BASIC_CONSTRAINTS), TRUE, tlv(0x04, sequence(TRUE)))] : []),
    ...(hosts.length === 0 ? [] : [altNames(hosts)]),
  ];
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([0x02]))),
    tlv(0x02, serial),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(time(from), time(until)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tlv(0xa3, sequence(...extensions))]),
  );
  const signature = createSign('sha256').update(body).sign(signer);
  const der = sequence(body, ECDSA_SHA256, tlv(0x03, Buffer.from([0x00]), signature));
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const newKeys = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

function withKey(cert: string, key: KeyObject): Certificate {
  return {
    cert,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keyUnder: (passphrase) =>
      key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
  };
}

/** A CA of its own, which nobody trusts who was not told to. */
export function makeAuthority(name: string): Authority {
  const { publicKey, privateKey: signer } = newKeys();
  const base = { issuer: name, signer };
  const soon = new Date(Date.now() + DAY_MS);
  const own = certificate({ ...base, subject: name, publicKey, authority: true, hosts: [], until: soon });
  return {
    ...withKey(own, signer),
    issue(subject, { hosts = [], until = soon } = {}) {
      const keys = newKeys();
      const issued = certificate({
        ...base,
        subject,
        publicKey: keys.publicKey,
        authority: false,
        hosts,
        until,
      });
      return withKey(issued, keys.privateKey);
    },
  };
}
