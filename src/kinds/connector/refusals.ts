import { BOTH, heard, type Rule } from '../../opensearch/refusals/rule.ts';
import { ML_REFUSALS } from '../ml-commons.ts';

/** What the server says of connectors. */
export const CONNECTOR_REFUSALS: readonly Rule[] = [
  ...ML_REFUSALS,
  {
    // 400 to an update while a deployed model uses it, 409 to a deletion while any does.
    said: /models are still using this connector.*?:\s*\[(?<models>[^\]]*)\]/i,
    code: 'RCTL_CONNECTOR_IN_USE',
    cause: 'The connector is used by {models}.',
    remedy:
      'These models are none of this stack, or came between: let them use another connector or delete them, and apply again. If they name another connector already, the server mistakes its ID for this one (it compares the parts between hyphens): apply again when they have been replaced.',
    samples: [
      heard(
        BOTH,
        '400 status_exception',
        '1 models are still using this connector, please undeploy the models first: [7YNVJKIBr1K3ch4_sVvW]',
      ),
      heard(
        BOTH,
        '409 status_exception',
        '1 models are still using this connector, please delete or update the models first: [7YNVJKIBr1K3ch4_sVvW]',
      ),
    ],
  },
  {
    said: /^Connector (?<field>name|version|protocol) is null/i,
    code: 'RCTL_CONNECTOR_FIELD',
    cause: 'The connector has no {field}.',
    remedy: 'Add `{field}` to the Connector.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'Connector name is null'),
      heard(BOTH, '400 illegal_argument_exception', 'Connector version is null'),
      heard(BOTH, '400 illegal_argument_exception', 'Connector protocol is null'),
    ],
  },
  {
    said: /Connector credential is null or empty/i,
    code: 'RCTL_CONNECTOR_FIELD',
    cause: 'The server wants a credential, also for a service that needs none.',
    remedy:
      'Add `credential` to the Connector; for a service without a key any entry will do, e.g. {key: {$env: UNUSED}}.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'Connector credential is null or empty list')],
  },
  {
    said: /No actions configured for this connector/i,
    code: 'RCTL_CONNECTOR_ACTION',
    cause: 'The connector has no actions.',
    remedy: 'Add `actions` with one of action_type predict.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'No actions configured for this connector')],
  },
  {
    said: /^(?<field>url|method|action type) can't be null/i,
    code: 'RCTL_CONNECTOR_ACTION',
    cause: 'An action of the connector has no {field}.',
    remedy: 'An action has `action_type: predict`, `method` and `url`.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', "url can't be null"),
      heard(BOTH, '400 illegal_argument_exception', "method can't be null"),
      heard(BOTH, '400 illegal_argument_exception', "action type can't be null"),
    ],
  },
  {
    said: /No enum constant org\.opensearch\.ml\.common\.connector\.ConnectorAction\.ActionType\.(?<type>\w+)/,
    code: 'RCTL_CONNECTOR_ACTION',
    cause: 'The server knows no action of the type {type}.',
    remedy: 'Write `action_type: predict`; batch_predict and others do not rerank.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'No enum constant org.opensearch.ml.common.connector.ConnectorAction.ActionType.ZORK',
      ),
    ],
  },
  {
    said: /Unsupported connector protocol|Can't find class for type/i,
    code: 'RCTL_CONNECTOR_FIELD',
    cause: 'The server knows no such protocol.',
    remedy: 'Write `protocol: http`, or aws_sigv4 for what AWS signs.',
    samples: [
      heard(
        '3.6.0',
        '400 illegal_argument_exception',
        'Unsupported connector protocol. Please use one of [aws_sigv4, http, mcp_sse, mcp_streamable_http]',
      ),
      heard('2.19.1', '400 illegal_argument_exception', "Can't find class for type zork"),
    ],
  },
  {
    said: /^Missing (?<what>credential|service name|region)$/i,
    code: 'RCTL_CONNECTOR_AWS',
    cause: '`protocol: aws_sigv4` lacks something: {reason}.',
    remedy:
      'Add `parameters: { region: us-west-2, service_name: bedrock }` and `credential` with access_key and secret_key.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'Missing credential'),
      heard(BOTH, '400 illegal_argument_exception', 'Missing service name'),
      heard(BOTH, '400 illegal_argument_exception', 'Missing region'),
    ],
  },
  {
    said: /Connector URL is not matching the trusted connector endpoint regex(?:, URL is: (?<url>\S+))?/i,
    code: 'RCTL_CONNECTOR_NOT_TRUSTED',
    cause: 'The cluster trusts no connector to this URL.',
    remedy:
      'Add a pattern for it to plugins.ml_commons.trusted_connector_endpoints_regex (the list is replaced as a whole). A parameter in the host of the URL is matched before it is filled in.',
    samples: [
      heard(
        '3.6.0',
        '400 illegal_argument_exception',
        'Connector URL is not matching the trusted connector endpoint regex',
      ),
      heard(
        '2.19.1',
        '400 illegal_argument_exception',
        `Connector URL is not matching the trusted connector endpoint regex, URL is: http://\${parameters.host}/x`,
      ),
    ],
  },
  {
    said: /Failed to find connector/i,
    code: 'RCTL_CONNECTOR_GONE',
    cause: 'There is no such connector in this cluster (any more), or you may not see it.',
    remedy: 'Apply again: it is made anew.',
    samples: [
      heard(BOTH, '404 status_exception', 'Failed to find connector with the provided connector id: nope'),
      // Before the cluster has had its first connector.
      heard(BOTH, '404 status_exception', 'Failed to find connector'),
    ],
  },
];
