import type { Diagnostic } from '../../core/diagnostic.ts';
import { dig, isObject, listAt, textAt } from '../../core/json.ts';
import { diagnosticAt, type Resource } from '../../core/resource.ts';
import { isSecretHeader } from '../../core/secret-names.ts';
import { Sensitive } from '../../core/value.ts';

/** What the server takes and then shows to everybody who may read connectors, or cannot use. */
export function checkConnector(resource: Resource): Diagnostic[] {
  const { spec } = resource;
  const found: Diagnostic[] = [];
  const report = (
    pointer: string,
    problem: Pick<Diagnostic, 'severity' | 'code' | 'message' | 'remedy'>,
  ): void => {
    // The line may hold the secret itself.
    const { snippet: _line, ...diagnostic } = diagnosticAt(resource, pointer, problem);
    found.push(diagnostic);
  };
  for (const [i, action] of listAt(spec, 'actions').entries()) {
    const headers = dig(action, 'headers');
    for (const [name, value] of Object.entries(isObject(headers) ? headers : {})) {
      const pointer = `/spec/actions/${i}/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (value instanceof Sensitive) report(pointer, shown(`the header ${name}`));
      else if (isSecretHeader(name, value)) {
        report(pointer, {
          severity: 'error',
          code: 'RCTL_SECRET_LITERAL',
          message: `The header ${name} holds its secret in plain text, which the server shows to everybody who may read connectors.`,
          remedy: `Put it into \`credential\` by a directive, e.g. \`credential: { key: { $env: NAME } }\`, and write \`\${credential.key}\` in the header.`,
        });
      }
    }
  }
  const parameters = spec.parameters;
  for (const [name, value] of Object.entries(isObject(parameters) ? parameters : {})) {
    if (value instanceof Sensitive) report(`/spec/parameters/${name}`, shown(`the parameter ${name}`));
  }
  for (const key of spec.protocol === 'aws_sigv4' ? ['region', 'service_name'] : []) {
    const given = isObject(parameters) ? parameters[key] : undefined;
    const credential = isObject(spec.credential) ? spec.credential[key] : undefined;
    if (given !== undefined || credential !== undefined) continue;
    report('/spec/protocol', {
      severity: 'error',
      code: 'RCTL_CONNECTOR_AWS',
      message: `\`protocol: aws_sigv4\` needs \`parameters.${key}\`.`,
      remedy: 'Add it, e.g. `parameters: { region: us-west-2, service_name: bedrock }`.',
    });
  }
  return [...found, ...unknownCredentials(resource)];
}

function shown(what: string): Pick<Diagnostic, 'severity' | 'code' | 'message' | 'remedy'> {
  return {
    severity: 'warning',
    code: 'RCTL_SECRET_READABLE',
    message: `The server shows ${what}, which holds a secret, to everybody who may read connectors.`,
    remedy: `Put the secret into \`credential\`, and write \`\${credential.…}\` here.`,
  };
}

/** `${credential.x}` that nobody declares is sent to the service as it stands. */
function unknownCredentials(resource: Resource): Diagnostic[] {
  const declared = isObject(resource.spec.credential) ? Object.keys(resource.spec.credential) : [];
  return listAt(resource.spec, 'actions').flatMap((action, i) => {
    const headers = dig(action, 'headers');
    const texts = [textAt(action, 'url'), textAt(action, 'request_body'), JSON.stringify(headers)];
    const used = texts.flatMap((text) => credentialsIn(text ?? ''));
    return [...new Set(used)]
      .filter((name) => !declared.includes(name))
      .map((name) =>
        diagnosticAt(resource, `/spec/actions/${i}`, {
          severity: 'error',
          code: 'RCTL_CREDENTIAL_UNKNOWN',
          message: `The action uses \${credential.${name}}, and \`credential\` has no ${name}.`,
          remedy: `Add it: \`credential: { ${name}: { $env: NAME } }\`.`,
        }),
      );
  });
}

/** Names of the credentials that a text uses. */
export function credentialsIn(text: string): string[] {
  return [...text.matchAll(/\$\{credential\.([^}]+)\}/g)].flatMap(([, name]) => name ?? []);
}
