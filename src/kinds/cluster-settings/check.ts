import type { Address } from '../../core/address.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { diagnosticAt, placeIn, type Resource } from '../../core/resource.ts';
import { leavesOf, Sensitive } from '../../core/value.ts';
import { settingsOf } from './compare.ts';

function secrets(resource: Resource): Diagnostic[] {
  return settingsOf(resource.spec)
    .filter(({ value }) => leavesOf(value).some((leaf) => leaf instanceof Sensitive))
    .map(({ name, pointer }) =>
      diagnosticAt(resource, `/spec${pointer}`, {
        severity: 'error',
        code: 'RCTL_SETTING_SECRET',
        message: `The value of ${name} is a secret, and whoever may read the cluster's settings could read it.`,
        remedy:
          'Put it into the keystore of each node (bin/opensearch-keystore add); a value that is no secret comes from {$var: …} or stands in the manifest.',
      }),
    );
}

/** A setting that is named twice, here or in another manifest: told at the later of the two, with the other's place. */
function twice(resource: Resource, all: ReadonlyMap<Address, Resource>): Diagnostic[] {
  const others = [...all.values()]
    .filter(({ kind, address }) => kind === resource.kind && address < resource.address)
    .flatMap((other) => settingsOf(other.spec).map(({ name, pointer }) => ({ name, pointer, other })));
  const own = settingsOf(resource.spec).map(({ name, pointer }) => ({ name, pointer, other: resource }));
  return own.flatMap(({ name, pointer }, i) => {
    const first = [...others, ...own.slice(0, i)].find((earlier) => earlier.name === name);
    if (first === undefined) return [];
    const at = placeIn(first.other, `/spec${first.pointer}`);
    return diagnosticAt(resource, `/spec${pointer}`, {
      severity: 'error',
      code: 'RCTL_SETTING_TWICE',
      message: `${name} is set by ${first.other.address} as well${at}.`,
      remedy: 'Take one of the two out: a setting has one owner.',
    });
  });
}

const ML = /^plugins\.ml_commons\./;
const OF_ML = ['ModelGroup', 'Connector', 'Model'];

function reaches(from: Resource, target: Address, all: ReadonlyMap<Address, Resource>): boolean {
  const seen = new Set<Address>();
  const visit = (resource: Resource): boolean =>
    resource.dependsOn.some((address) => {
      if (address === target) return true;
      if (seen.has(address)) return false;
      seen.add(address);
      const next = all.get(address);
      return next !== undefined && visit(next);
    });
  return visit(from);
}

/** What may be made before the settings that it needs: those by which all others are reached, too. */
function unordered(resource: Resource, all: ReadonlyMap<Address, Resource>): Diagnostic[] {
  const setting = settingsOf(resource.spec).find(({ name }) => ML.test(name));
  if (setting === undefined) return [];
  const loose = [...all.values()].filter(
    (other) =>
      OF_ML.includes(other.kind) &&
      !reaches(other, resource.address, all) &&
      !reaches(resource, other.address, all),
  );
  const first = loose.filter((one) => !loose.some((other) => reaches(one, other.address, all)));
  if (first.length === 0) return [];
  const names = first.map(({ address }) => address).sort();
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
  return [
    diagnosticAt(resource, `/spec${setting.pointer}`, {
      severity: 'warning',
      code: 'RCTL_SETTING_ORDER',
      message: `${shown} may be made before ${setting.name} is set: nothing says which comes first.`,
      remedy: `Where that setting is needed, write there: metadata.depends_on: [${resource.address}].`,
    }),
  ];
}

export function checkSettings(resource: Resource, all: ReadonlyMap<Address, Resource>): Diagnostic[] {
  return [...secrets(resource), ...twice(resource, all), ...unordered(resource, all)];
}
