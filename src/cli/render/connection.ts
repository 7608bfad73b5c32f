import type { ConnectionSettings } from '../connection/settings.ts';
import type { Paint } from '../io.ts';

/** Every value of a connection with its origin, and then what was not given. */
export function renderConnection({ shown, profile }: ConnectionSettings, paint: Paint): string {
  const given = shown.filter(({ value }) => value !== undefined);
  const width = Math.max(...given.map(({ name }) => name.length));
  const long = Math.min(48, Math.max(...given.map(({ value = '' }) => value.length)));
  const lines = given.map(
    ({ name, value = '', origin = '' }) =>
      `  ${name.padEnd(width)}  ${value.padEnd(long)}  ${paint('dim', origin)}`,
  );
  const missing = shown.filter(({ value }) => value === undefined).map(({ name }) => name);
  return [
    profile === undefined ? 'Connection:' : `Connection (profile ${profile}):`,
    ...lines,
    ...(missing.length === 0 ? [] : [paint('dim', `  not given: ${missing.join(', ')}`)]),
    '',
  ].join('\n');
}
