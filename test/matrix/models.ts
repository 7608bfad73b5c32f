import { manifest } from '../support/provision.ts';
import { TINY } from '../support/tiny-model.ts';
import type { Cell, Ground, KindMatrix, Part } from './cell.ts';

const ACCESS = 'test/secured/access.test.ts';
const WITHOUT_ACCESS = 'Needs access control; without it `public` holds, and anything else is refused.';

export const MODEL_GROUP: KindMatrix = {
  kind: 'ModelGroup',
  about: 'Found again by its name.',
  spec: ({ name }) => ({ name }),
  cells: ({ name }) => [
    { field: 'name', to: { name: `${name}-renamed` }, becomes: 'in place' },
    {
      field: 'description',
      from: { description: 'one' },
      to: { description: 'two' },
      becomes: 'in place',
      gone: 'nothing',
      remark: 'The server never clears a description.',
    },
    {
      field: 'access_mode',
      on: '2.19.1',
      from: { access_mode: 'private' },
      to: { access_mode: 'public' },
      becomes: 'in place',
      gone: 'nothing',
      remark: WITHOUT_ACCESS,
    },
    {
      field: 'backend_roles',
      on: '2.19.1',
      from: { access_mode: 'restricted', backend_roles: ['admin', 'one'] },
      to: { access_mode: 'restricted', backend_roles: ['admin', 'two'] },
      becomes: 'in place',
      gone: 'nothing',
      remark: 'A set: the order means nothing.',
    },
    {
      field: 'add_all_backend_roles',
      becomes: 'in place',
      elsewhere: ACCESS,
      remark: 'Sent when it appears; what it stood for then is not followed.',
    },
  ],
};

const action = (url: string, more: object = {}): Part => ({
  actions: [{ action_type: 'predict', method: 'POST', url: `${url}/one`, ...more }],
});

const CLIENT: readonly [string, unknown, unknown, Partial<Cell>?][] = [
  ['max_connection', 7, 8],
  [
    'connection_timeout',
    4,
    5,
    { remark: 'Milliseconds by default on 2.19 (30000), seconds on 3.x (30): not converted.' },
  ],
  ['read_timeout', 4, 5, { remark: 'As connection_timeout.' }],
  ['retry_backoff_millis', 100, 150],
  ['retry_timeout_seconds', 10, 20],
  ['retry_backoff_policy', 'exponential_equal_jitter', 'exponential_full_jitter'],
  ['skip_ssl_verification', true, false, { on: '3.6.0', remark: 'From 3.5; refused before.' }],
];

export const CONNECTOR: KindMatrix = {
  kind: 'Connector',
  about:
    'Found again by its name. `in place` holds while no deployed model uses the connector: no server updates it then, so a new one is made beside it, a new model for that, and the old ones go last.',
  spec: ({ name, url }) => ({
    name,
    version: 1,
    protocol: 'http',
    parameters: { model: 'm' },
    // No secret, of which each costs a plan its time.
    credential: { roleArn: 'arn:aws:iam::1:role/base' },
    ...action(url),
  }),
  cells: ({ name, url }) => [
    { field: 'name', to: { name: `${name}-renamed` }, becomes: 'in place' },
    {
      field: 'description',
      from: { description: 'one' },
      to: { description: 'two' },
      becomes: 'in place',
      gone: 'in place',
      remark: 'Emptied when it leaves.',
    },
    { field: 'version', to: { version: 2 }, becomes: 'in place' },
    {
      field: 'protocol',
      to: {
        protocol: 'aws_sigv4',
        parameters: { model: 'm', region: 'us-west-2', service_name: 'bedrock' },
        credential: { access_key: { $env: 'KEY_ONE' }, secret_key: { $env: 'KEY_TWO' } },
      },
      becomes: 'replaced',
      remark: 'The server would take it, and then fail to read the connector.',
    },
    {
      field: 'parameters.*',
      from: { parameters: { model: 'm', extra: 'one' } },
      to: { parameters: { model: 'm', extra: 'two' } },
      becomes: 'in place',
      gone: 'replaced',
      remark: 'An update adds and changes, and takes nothing away.',
    },
    {
      field: 'credential.*',
      from: { credential: { extra: { $env: 'KEY_ONE' } } },
      to: { credential: { extra: { $env: 'KEY_TWO' } } },
      becomes: 'in place',
      gone: 'replaced',
      unreadable: true,
      remark: 'Never read back: a rotation in git is seen, one behind its back is not.',
    },
    {
      field: 'credential.roleArn',
      from: { credential: { roleArn: 'arn:aws:iam::1:role/one' } },
      to: { credential: { roleArn: 'arn:aws:iam::1:role/two' } },
      becomes: 'in place',
      unreadable: true,
      remark: 'As the others.',
    },
    {
      field: 'actions[].action_type',
      to: action(url, { action_type: 'batch_predict' }),
      becomes: 'in place',
    },
    {
      field: 'actions[].name',
      on: '3.6.0',
      from: action(url, { name: 'one' }),
      to: action(url, { name: 'two' }),
      becomes: 'in place',
      gone: 'in place',
      remark: 'From 3.5; refused before.',
    },
    { field: 'actions[].method', to: action(url, { method: 'PUT' }), becomes: 'in place' },
    { field: 'actions[].url', to: action(url, { url: `${url}/two` }), becomes: 'in place' },
    {
      field: 'actions[].headers.*',
      from: action(url, { headers: { 'X-A': '1' } }),
      to: action(url, { headers: { 'X-A': '2' } }),
      becomes: 'in place',
      gone: 'in place',
    },
    {
      field: 'actions[].request_body',
      from: action(url, { request_body: '{ "a": "${parameters.model}" }' }),
      to: action(url, { request_body: '{ "b": "${parameters.model}" }' }),
      becomes: 'in place',
      gone: 'in place',
    },
    {
      field: 'actions[].pre_process_function',
      from: action(url, { pre_process_function: 'connector.pre_process.cohere.rerank' }),
      to: action(url, { pre_process_function: 'connector.pre_process.default.rerank' }),
      becomes: 'in place',
      gone: 'in place',
    },
    {
      field: 'actions[].post_process_function',
      from: action(url, { post_process_function: 'connector.post_process.cohere.rerank' }),
      to: action(url, { post_process_function: 'connector.post_process.default.rerank' }),
      becomes: 'in place',
      gone: 'in place',
    },
    {
      field: 'client_config',
      from: { client_config: { max_retry_times: 1 } },
      to: { client_config: { max_retry_times: 2 } },
      becomes: 'in place',
      gone: 'replaced',
      remark: 'As a whole. One of its keys goes back to its default in place.',
    },
    {
      field: 'client_config.max_retry_times',
      beside: { client_config: { max_connection: 9 } },
      from: { client_config: { max_retry_times: 1 } },
      to: { client_config: { max_retry_times: 2 } },
      becomes: 'in place',
      gone: 'in place',
    },
    ...CLIENT.map(
      ([key, one, two, more = {}]): Cell => ({
        field: `client_config.${key}`,
        beside: { client_config: { max_retry_times: 1 } },
        from: { client_config: { [key]: one } },
        to: { client_config: { [key]: two } },
        becomes: 'in place',
        gone: 'in place',
        ...more,
      }),
    ),
    ...['access_mode', 'backend_roles', 'add_all_backend_roles'].map(
      (field): Cell => ({
        field,
        becomes: field === 'add_all_backend_roles' ? 'replaced' : 'in place',
        gone: 'nothing',
        elsewhere: ACCESS,
        remark: 'Needs connector access control; without it `public` holds, and anything else is refused.',
      }),
    ),
  ],
};

const groups = ({ shared }: Ground): string =>
  manifest('ModelGroup', shared, { name: shared }) +
  manifest('ModelGroup', `${shared}-b`, { name: `${shared}-b` });

const config = (key: string, one: unknown, two: unknown, more: Partial<Cell> = {}): Cell => ({
  field: `model_config.${key}`,
  ...(one === undefined ? {} : { from: { model_config: { [key]: one } } }),
  to: { model_config: { [key]: two } },
  becomes: 'replaced',
  ...(one === undefined ? {} : { gone: 'replaced' }),
  ...more,
});

const LOST: readonly [string, Part][] = [
  ['is_enabled', { is_enabled: true }],
  ['rate_limiter', { rate_limiter: { limit: 1, unit: 'SECONDS' } }],
  ['interface', { interface: { input: {} } }],
  ['deploy_setting', { deploy_setting: { model_ttl_minutes: 5 } }],
  ['guardrails', { guardrails: { type: 'local_regex' } }],
];

export const FILE_MODEL: KindMatrix = {
  kind: 'Model',
  title: 'Model in the cluster',
  about:
    'From a file, a URL or a pretrained name. Found again by its name, its group and the hash of its content. The server updates nothing of such a model: whatever counts is registered anew beside the old one, deployed, asked, and only then used ([releases](releases.md)).',
  metadata: { lifecycle: { keep: 0 } },
  beside: groups,
  spec: ({ name, shared, zips: [file] }) => ({
    name,
    model_group_id: { $ref: `ModelGroup/${shared}` },
    ...TINY,
    file,
    deploy: false,
  }),
  cells: ({ name, shared, hash, zips: [, other, onnx] }) => [
    { field: 'name', to: { name: `${name}-renamed` }, becomes: 'replaced' },
    {
      field: 'version',
      from: { version: '1' },
      to: { version: '2' },
      becomes: 'nothing',
      gone: 'nothing',
      remark: 'The server counts by itself. Of a pretrained model it says what is downloaded: replaced.',
    },
    {
      field: 'description',
      from: { description: 'one' },
      to: { description: 'two' },
      becomes: 'nothing',
      gone: 'nothing',
      remark: 'Dropped by the server (warning). Of a model from a URL it is kept: replaced.',
    },
    { field: 'function_name', to: { function_name: 'TEXT_EMBEDDING' }, becomes: 'replaced' },
    {
      field: 'function_name',
      what: 'in small letters',
      to: { function_name: 'text_similarity' },
      becomes: 'nothing',
    },
    { field: 'model_format', to: { model_format: 'ONNX', file: onnx }, becomes: 'replaced' },
    {
      field: 'model_group_id',
      to: { model_group_id: { $ref: `ModelGroup/${shared}-b` } },
      becomes: 'replaced',
    },
    {
      field: 'model_content_hash_value',
      to: { model_content_hash_value: hash },
      becomes: 'nothing',
      gone: 'nothing',
      remark: 'Another hash is another model: replaced.',
    },
    config('model_type', undefined, 'albert'),
    config('embedding_dimension', undefined, 2),
    config('framework_type', undefined, 'sentence_transformers'),
    {
      field: 'model_config.framework_type',
      what: 'in capitals',
      to: { model_config: { framework_type: 'HUGGINGFACE_TRANSFORMERS' } },
      becomes: 'nothing',
    },
    config('all_config', '{"a":1}', '{"a":2}'),
    config(
      'additional_config',
      { space_type: 'l2' },
      { space_type: 'cosinesimil' },
      {
        on: '3.6.0',
        remark: 'From 3.1; refused before.',
      },
    ),
    config('pooling_mode', 'mean', 'cls'),
    config('normalize_result', true, false),
    config('model_max_length', 128, 256),
    config('query_prefix', 'one', 'two'),
    config('passage_prefix', 'one', 'two'),
    { field: 'file', to: { file: other }, becomes: 'replaced', remark: 'By its content, not by its path.' },
    { field: 'url', becomes: 'replaced', elsewhere: 'test/tutorial/tutorial.test.ts' },
    {
      field: 'deploy',
      becomes: 'in place',
      elsewhere: 'test/provision/model.test.ts',
      remark: 'Deployed and asked, or undeployed.',
    },
    ...LOST.map(
      ([field, to]): Cell => ({
        field,
        to,
        becomes: 'refused',
        remark: 'The server loses it, except of a model from a URL: replaced there.',
      }),
    ),
  ],
};

const guard = (more: object): Part => ({ guardrails: { type: 'local_regex', ...more } });
const judged = ({ shared }: Ground, more: object = {}): Part => ({
  guardrails: {
    type: 'model',
    input_guardrail: {
      model_id: { $ref: `Model/${shared}-judge` },
      response_filter: '$.a',
      response_validation_regex: 'ok',
      ...more,
    },
  },
});
const words = (index_name: unknown, field: string): Part =>
  guard({ input_guardrail: { stop_words: [{ index_name, source_fields: [field] }] } });
const limiter = (limit: number, unit: string): Part => ({ rate_limiter: { limit, unit } });

export const REMOTE_MODEL: KindMatrix = {
  kind: 'Model',
  title: 'Model behind a connector',
  about:
    'Found again by its name, its group and how it asks the service. What changes no score is updated in place; what a model is asked or answers is proven in a new one beside the old.',
  metadata: { lifecycle: { keep: 0 } },
  beside: (ground) => {
    const { shared, url } = ground;
    const connector = (name: string): string =>
      manifest('Connector', name, { ...CONNECTOR.spec({ ...ground, name }), ...action(url) });
    const remote = (name: string): string =>
      manifest('Model', name, {
        name,
        function_name: 'remote',
        model_group_id: { $ref: `ModelGroup/${shared}` },
        connector_id: { $ref: `Connector/${shared}` },
        deploy: false,
      });
    return [
      groups(ground),
      connector(shared),
      connector(`${shared}-b`),
      remote(`${shared}-judge`),
      remote(`${shared}-judge-b`),
      manifest('Index', shared, { settings: { number_of_replicas: 0 } }),
      manifest('Index', `${shared}-b`, { settings: { number_of_replicas: 0 } }),
    ].join('');
  },
  spec: ({ name, shared }) => ({
    name,
    function_name: 'remote',
    model_group_id: { $ref: `ModelGroup/${shared}` },
    connector_id: { $ref: `Connector/${shared}` },
    deploy: false,
  }),
  cells: (ground) => {
    const { name, shared } = ground;
    const index = { $ref: `Index/${shared}` };
    return [
      { field: 'name', to: { name: `${name}-renamed` }, becomes: 'in place' },
      {
        field: 'description',
        from: { description: 'one' },
        to: { description: 'two' },
        becomes: 'in place',
        gone: 'in place',
        remark: 'Emptied when it leaves.',
      },
      { field: 'version', from: { version: '1' }, to: { version: '2' }, becomes: 'nothing', gone: 'nothing' },
      {
        field: 'function_name',
        to: { function_name: 'REMOTE' },
        becomes: 'nothing',
        remark: 'Always remote, in any letters.',
      },
      {
        field: 'model_group_id',
        to: { model_group_id: { $ref: `ModelGroup/${shared}-b` } },
        becomes: 'replaced',
      },
      {
        field: 'connector_id',
        to: { connector_id: { $ref: `Connector/${shared}-b` } },
        becomes: 'replaced',
      },
      {
        field: 'is_enabled',
        from: { is_enabled: true },
        to: { is_enabled: false },
        becomes: 'in place',
        gone: 'in place',
        remark: 'Enabled again when it leaves.',
      },
      {
        field: 'rate_limiter.limit',
        from: limiter(10, 'SECONDS'),
        to: limiter(20, 'SECONDS'),
        becomes: 'in place',
        gone: 'replaced',
      },
      {
        field: 'rate_limiter.unit',
        from: limiter(10, 'SECONDS'),
        to: limiter(10, 'MINUTES'),
        becomes: 'in place',
        gone: 'replaced',
        remark: 'No update takes a limit away.',
      },
      {
        field: 'deploy_setting.is_auto_deploy_enabled',
        from: { deploy_setting: { is_auto_deploy_enabled: true } },
        to: { deploy_setting: { is_auto_deploy_enabled: false } },
        becomes: 'in place',
        gone: 'replaced',
      },
      {
        field: 'deploy_setting.model_ttl_minutes',
        from: { deploy_setting: { model_ttl_minutes: 10 } },
        to: { deploy_setting: { model_ttl_minutes: 20 } },
        becomes: 'in place',
        gone: 'replaced',
      },
      ...['input', 'output'].map(
        (side): Cell => ({
          field: `interface.${side}`,
          from: { interface: { [side]: { type: 'object' } } },
          to: { interface: { [side]: '{"type":"object","required":["a"]}' } },
          becomes: 'replaced',
          gone: 'replaced',
          remark: 'As an object or as JSON text.',
        }),
      ),
      {
        field: 'guardrails.type',
        from: guard({ input_guardrail: { regex: ['one'] } }),
        to: judged(ground),
        becomes: 'replaced',
        gone: 'replaced',
      },
      {
        field: 'guardrails.input_guardrail.regex',
        from: guard({ input_guardrail: { regex: ['one'] } }),
        to: guard({ input_guardrail: { regex: ['two'] } }),
        becomes: 'replaced',
        gone: 'replaced',
      },
      {
        field: 'guardrails.output_guardrail.regex',
        from: guard({ output_guardrail: { regex: ['one'] } }),
        to: guard({ output_guardrail: { regex: ['two'] } }),
        becomes: 'replaced',
        gone: 'replaced',
      },
      {
        field: 'guardrails.input_guardrail.stop_words[].index_name',
        from: words(index, 'w'),
        to: words({ $ref: `Index/${shared}-b` }, 'w'),
        becomes: 'replaced',
      },
      {
        field: 'guardrails.input_guardrail.stop_words[].source_fields',
        from: words(index, 'w'),
        to: words(index, 'v'),
        becomes: 'replaced',
      },
      {
        field: 'guardrails.input_guardrail.model_id',
        from: judged(ground),
        to: judged(ground, { model_id: { $ref: `Model/${shared}-judge-b` } }),
        becomes: 'replaced',
      },
      {
        field: 'guardrails.input_guardrail.response_filter',
        from: judged(ground),
        to: judged(ground, { response_filter: '$.b' }),
        becomes: 'replaced',
      },
      {
        field: 'guardrails.input_guardrail.response_validation_regex',
        from: judged(ground),
        to: judged(ground, { response_validation_regex: 'fine' }),
        becomes: 'replaced',
      },
      {
        field: 'deploy',
        becomes: 'in place',
        elsewhere: 'test/provision/connector.test.ts',
        remark: 'What the server deploys by itself because it is asked is no drift.',
      },
    ];
  },
};
