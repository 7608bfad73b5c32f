import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { isSecretHeader, variableFor } from '../../core/secret-names.ts';

/** A connector whose secrets are environment variables, and what they are now. */
export interface Sealed {
  readonly inputs: JsonObject;
  /** `credential.key` and the variable that it is taken from; whether the template holds the secret itself. */
  readonly secrets: readonly {
    readonly field: string;
    readonly variable: string;
    readonly literal: boolean;
  }[];
}

const SECRET_NAME = /(^|[_-])(secret|secret_key|access_key|api_?key|password|session_token|bearer_token)$/i;

/**
 * Puts `{$env: NAME}` in the place of everything secret: credentials, headers that carry one (which move into the
 * credentials, because the server shows headers to everybody), and parameters that are named like one.
 */
export function sealConnector(inputs: JsonObject, connector: string): Sealed {
  const secrets: { field: string; variable: string; literal: boolean }[] = [];
  const take = (field: string, key: string, value: Json): Json => {
    const variable = variableFor(`${connector}_${key}`);
    secrets.push({ field, variable, literal: !String(value).includes('${{') });
    return { $env: variable };
  };
  const credential: JsonObject = {};
  for (const [key, value] of Object.entries(isObject(inputs.credential) ? inputs.credential : {})) {
    credential[key] = key === 'roleArn' ? (value as Json) : take(`credential.${key}`, key, value as Json);
  }
  const actions = (Array.isArray(inputs.actions) ? inputs.actions : []).map((action, i) => {
    if (!isObject(action) || !isObject(action.headers)) return action;
    const headers = Object.fromEntries(
      Object.entries(action.headers).map(([name, value]) => {
        if (!isSecretHeader(name, String(value).replaceAll('${{', ''))) return [name, value as Json];
        const [, scheme = '', secret = ''] = /^((?:Bearer|Basic|Token)\s+)?(.*)$/is.exec(String(value)) ?? [];
        const key = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
        credential[key] ??= take(`actions[${i}].headers.${name}`, key, secret);
        return [name, `${scheme}\${credential.${key}}`];
      }),
    );
    return { ...(action as JsonObject), headers };
  });
  const parameters = Object.fromEntries(
    Object.entries(isObject(inputs.parameters) ? inputs.parameters : {}).map(([name, value]) => {
      const isSecret = SECRET_NAME.test(name) && typeof value === 'string' && !/\$\{(?!\{)/.test(value);
      return [name, isSecret ? take(`parameters.${name}`, name, value) : (value as Json)];
    }),
  );
  return {
    inputs: {
      ...inputs,
      ...('parameters' in inputs ? { parameters } : {}),
      credential,
      ...('actions' in inputs ? { actions } : {}),
    },
    secrets,
  };
}
