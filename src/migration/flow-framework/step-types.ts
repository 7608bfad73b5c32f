/** What becomes of a type of step. */
export type StepType =
  | {
      readonly kind: 'Connector' | 'ModelGroup' | 'Model' | 'Index' | 'IngestPipeline' | 'SearchPipeline';
      /** The output by which other steps name what it makes. */
      readonly output: string;
      /** Inputs that go into the spec as they are. */
      readonly fields: readonly string[];
      /** The input that is the name of the object on the server, where it has one; the spec is `configurations`. */
      readonly named?: 'index_name' | 'pipeline_id';
    }
  /** It deploys the model of another step: a field of that model's manifest. */
  | { readonly deploys: true }
  /** It has no counterpart, for this reason. */
  | { readonly because: string };

const ACCESS = ['access_mode', 'backend_roles', 'add_all_backend_roles'];
const MODEL = [
  ...['name', 'version', 'description', 'function_name', 'model_format', 'url', 'model_content_hash_value'],
  ...['model_config', 'is_enabled', 'rate_limiter', 'interface', 'deploy_setting', 'guardrails', 'deploy'],
];
const model = (...fields: string[]): StepType => ({
  kind: 'Model',
  output: 'model_id',
  fields: [...MODEL, ...fields, ...ACCESS, 'model_group_id', 'connector_id'],
});

const REMOVAL = 'what is to go is taken out of the manifests, and `rerankctl apply --prune` deletes it';
const UPDATE =
  'a manifest says what is to be there in the end; put the new configuration into the one that creates it';
const AGENT = 'agents and their tools are no matter of rerankctl';

/** The part of a custom model's `model_config` that older templates have beside it. */
export const CONFIG_FIELDS = ['model_type', 'embedding_dimension', 'framework_type', 'all_config'] as const;
export const ACCESS_FIELDS: readonly string[] = ACCESS;

/** The types of the flow-framework plugin, 2.12 to 3.x. */
export const STEP_TYPES: Readonly<Record<string, StepType>> = {
  create_connector: {
    kind: 'Connector',
    output: 'connector_id',
    fields: [
      ...[
        'name',
        'description',
        'version',
        'protocol',
        'parameters',
        'credential',
        'actions',
        'client_config',
      ],
      ...ACCESS,
    ],
  },
  register_model_group: {
    kind: 'ModelGroup',
    output: 'model_group_id',
    fields: ['name', 'description', ...ACCESS],
  },
  register_remote_model: model(),
  register_local_pretrained_model: model(),
  register_local_sparse_encoding_model: model(),
  register_local_custom_model: model(...CONFIG_FIELDS),
  deploy_model: { deploys: true },
  create_index: { kind: 'Index', output: 'index_name', fields: ['configurations'], named: 'index_name' },
  create_ingest_pipeline: {
    kind: 'IngestPipeline',
    output: 'pipeline_id',
    fields: ['configurations'],
    named: 'pipeline_id',
  },
  create_search_pipeline: {
    kind: 'SearchPipeline',
    output: 'pipeline_id',
    fields: ['configurations'],
    named: 'pipeline_id',
  },
  reindex: {
    because:
      'copying documents is done once, and a manifest says what is to be there; send the _reindex yourself, or name files with the documents in a SeedData',
  },
  noop: { because: 'it makes nothing; the order that it stands for is kept as depends_on' },
  update_index: { because: UPDATE },
  update_ingest_pipeline: { because: UPDATE },
  update_search_pipeline: { because: UPDATE },
  delete_connector: { because: REMOVAL },
  delete_model: { because: REMOVAL },
  undeploy_model: { because: REMOVAL },
  delete_index: { because: REMOVAL },
  delete_ingest_pipeline: { because: REMOVAL },
  delete_search_pipeline: { because: REMOVAL },
  register_agent: { because: AGENT },
  delete_agent: { because: AGENT },
  create_tool: { because: AGENT },
};
