import { BOTH, heard, type Rule, setting } from './rule.ts';

/** What becomes of a question that goes through a connector to a service. */
export const CONNECTORS: readonly Rule[] = [
  {
    said: /host name has private ip address/i,
    code: 'RCTL_CONNECTOR_PRIVATE_ADDRESS',
    cause: 'The connector leads to a private address, and this cluster lets no connector go there.',
    remedy: `Allow it with: ${setting('plugins.ml_commons.connector.private_ip_enabled', true)}, and deploy the model again`,
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Remote inference host name has private ip address: 127.0.0.1',
      ),
    ],
  },
  {
    said: /Error communicating with remote model/i,
    code: 'RCTL_REMOTE_UNREACHABLE',
    cause: 'The cluster cannot reach the service behind the connector.',
    remedy:
      'The nodes themselves need a route (DNS, firewall, proxy) to the host of `url` in the action of the Connector, and must trust its certificate. Check it from a node.',
    samples: [
      heard(
        BOTH,
        '500 status_exception',
        'Error communicating with remote model: Connection refused: /127.0.0.1:9',
      ),
    ],
  },
  {
    said: /Remote service returned empty response body|No response from model/i,
    code: 'RCTL_REMOTE_ANSWER',
    cause: 'The service behind the connector answered with an empty body.',
    remedy:
      'Check `url` and `method` of the action of the Connector: it may lead to another API of the service.',
    samples: [
      heard('3.6.0', '502 status_exception', 'Remote service returned empty response body'),
      heard('2.19.1', '400 status_exception', 'No response from model'),
    ],
  },
  {
    said: /(?<type>Integer|Long|BigDecimal|BigInteger) cannot be cast to class java\.lang\.Double/,
    code: 'RCTL_REMOTE_SCORE',
    cause:
      'The server’s own post_process_function cannot read a score of the service: it takes decimal numbers of up to some 16 digits, and this one is a {type} to it.',
    remedy:
      'Write a Painless `post_process_function` that takes `((Number) each.relevance_score).doubleValue()` and, for 2.19, `((Number) each.index).intValue()`. Whole numbers (0, 1) and very long ones are concerned.',
    samples: [
      heard(
        BOTH,
        '500 m_l_exception',
        "Fail to execute PREDICT in aws connector: class java.lang.Integer cannot be cast to class java.lang.Double (java.lang.Integer and java.lang.Double are in module java.base of loader 'bootstrap')",
      ),
      heard(
        BOTH,
        '500 m_l_exception',
        "Fail to execute PREDICT in aws connector: class java.math.BigDecimal cannot be cast to class java.lang.Double (java.math.BigDecimal and java.lang.Double are in module java.base of loader 'bootstrap')",
      ),
    ],
  },
  {
    said: /Fail to execute PREDICT in aws connector: (?:No results for path|Expected to find an object|Missing property in path|Index \d+ out of bounds)/,
    code: 'RCTL_REMOTE_ANSWER',
    cause:
      'The answer of the service has not the form that post_process_function of the connector reads: {reason}',
    remedy:
      'Give the Connector the `post_process_function` for this API, or correct `url`: the service may answer there with something else.',
    samples: [
      heard(
        BOTH,
        '500 m_l_exception',
        "Fail to execute PREDICT in aws connector: No results for path: $['results']",
      ),
      heard(
        BOTH,
        '500 m_l_exception',
        "Fail to execute PREDICT in aws connector: Expected to find an object with property ['results'] in path $ but found 'java.lang.String'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JsonSmartJsonProvider'.",
      ),
      heard(
        BOTH,
        '500 m_l_exception',
        'Fail to execute PREDICT in aws connector: Index 7 out of bounds for length 2',
      ),
    ],
  },
  {
    said: /parameter placeholder not filled in payload: (?<parameter>\S+)/i,
    code: 'RCTL_CONNECTOR_PARAMETER',
    cause: 'The request of the connector has a parameter without a value: {parameter}.',
    remedy:
      'Add it to `parameters` of the Connector, or let `pre_process_function` make it; or take it out of `request_body`.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'Some parameter placeholder not filled in payload: zork'),
    ],
  },
  {
    said: /^Invalid payload: /,
    code: 'RCTL_CONNECTOR_PARAMETER',
    cause: 'What the connector would send is no JSON, because a parameter has no value or is not quoted.',
    remedy: `Compare \`request_body\` of the Connector with the parameters that it gets: texts stand in quotes ("\${parameters.query}"), lists do not.`,
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Invalid payload: { "documents": zork\\", "query": "q" }',
      ),
    ],
  },
  {
    said: /Illegal character in path at index \d+: (?<url>\S*\$\{parameters\.(?<parameter>[^}]+)\}\S*)/,
    code: 'RCTL_CONNECTOR_PARAMETER',
    cause: 'The URL of the connector has a parameter without a value: {parameter} in {url}.',
    remedy: 'Add it to `parameters` of the Connector.',
    samples: [
      heard(
        '2.19.1',
        '400 illegal_argument_exception',
        `Illegal character in path at index 24: http://127.0.0.1:43261/\${parameters.zork}`,
      ),
      heard(
        '3.6.0',
        '400 illegal_argument_exception',
        `Encountered error when trying to create uri from endpoint in ml connector. Please update the endpoint in connection configuration: : Illegal character in path at index 24: http://127.0.0.1:43261/\${parameters.zork}`,
      ),
    ],
  },
  {
    said: /cannot resolve symbol \[(?<function>connector\.[\w.]+)\]/,
    code: 'RCTL_CONNECTOR_FUNCTION',
    cause: 'The server has no function {function}, and took the name for a script.',
    remedy:
      'Those for reranking are connector.pre_process.cohere.rerank, .bedrock.rerank and .default.rerank, and connector.post_process with the same endings.',
    samples: [
      heard(
        BOTH,
        '400 script_exception',
        'compile error: cannot resolve symbol [connector.pre_process.zork]',
      ),
      heard(
        BOTH,
        '500 m_l_exception',
        'Fail to execute PREDICT in aws connector: compile error: cannot resolve symbol [connector.post_process.zork]',
      ),
    ],
  },
  {
    said: /(?<when>compile|runtime) error: (?<why>.+)/s,
    code: 'RCTL_CONNECTOR_FUNCTION',
    cause: 'A Painless script failed ({when} error): {why}',
    remedy: 'Mend `pre_process_function` or `post_process_function` in the action of the Connector.',
    samples: [
      heard(BOTH, '400 script_exception', "compile error: invalid sequence of tokens near [';']."),
      heard(
        BOTH,
        '400 script_exception',
        'runtime error: Cannot invoke "Object.getClass()" because "callArgs[0]" is null',
      ),
    ],
  },
  {
    said: /Expected BEGIN_OBJECT but was \w+/,
    code: 'RCTL_CONNECTOR_FUNCTION',
    cause: 'pre_process_function of the connector returns no JSON object.',
    remedy:
      'It returns the text of a JSON object with "parameters", in which `query` and `documents` (or what `request_body` names) get their values.',
    samples: [
      heard(
        BOTH,
        '500 json_syntax_exception',
        'java.lang.IllegalStateException: Expected BEGIN_OBJECT but was STRING at line 1 column 1 path $',
      ),
    ],
  },
  {
    said: /pre_process_function not defined in connector/i,
    code: 'RCTL_CONNECTOR_FUNCTION',
    cause:
      'The connector has no pre_process_function, so it cannot make a request of a query and its passages.',
    remedy: 'Add one to the action of the Connector, e.g. connector.pre_process.cohere.rerank.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'pre_process_function not defined in connector')],
  },
  {
    said: /no PREDICT action found/i,
    code: 'RCTL_CONNECTOR_ACTION',
    cause: 'The connector has no action for predictions.',
    remedy: 'Give one of its `actions` the action_type predict.',
    samples: [heard(BOTH, '400 illegal_argument_exception', 'no PREDICT action found')],
  },
];
