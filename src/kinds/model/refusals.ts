import { BOTH, heard, type Rule, setting, unheard } from '../../opensearch/refusals/rule.ts';
import { REMEDY } from './remedies.ts';
import { DOWNLOAD_REFUSALS, TASK_REFUSALS } from './task-refusals.ts';

/** What a registration or an upload is answered at once. */
const REQUESTS: readonly Rule[] = [
  {
    said: /allow_registering_model_via_url/i,
    code: 'RCTL_ML_URL_REGISTRATION_OFF',
    cause: 'This cluster does not allow models to be registered from a URL.',
    remedy: REMEDY.url,
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'To upload custom model user needs to enable allow_registering_model_via_url settings. Otherwise please use OpenSearch pre-trained models.',
      ),
    ],
  },
  {
    said: /allow_registering_model_via_local_file/i,
    code: 'RCTL_ML_FILE_REGISTRATION_OFF',
    cause: 'This cluster does not allow models to be uploaded from a file.',
    remedy: REMEDY.file,
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'To upload custom model from local file, user needs to enable allow_registering_model_via_local_file settings. Otherwise please use OpenSearch pre-trained models.',
      ),
    ],
  },
  {
    said: /no eligible node found|No eligible node available/i,
    code: 'RCTL_ML_NO_ELIGIBLE_NODE',
    cause: 'No node of this cluster may run models.',
    remedy: REMEDY.mlNode,
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'No eligible node found to execute this request. It\'s best practice to provision ML nodes to serve your models. You can disable this setting to serve the model on your data node for development purposes by disabling the "plugins.ml_commons.only_run_on_ml_node" configuration using the _cluster/setting api',
      ),
      heard(BOTH, '400 illegal_argument_exception', 'no eligible node found'),
    ],
  },
  {
    said: /URL can't match trusted url regex/i,
    code: 'RCTL_ML_URL_NOT_TRUSTED',
    cause: 'The cluster does not trust the URL of this model.',
    remedy: 'Use a `url` that plugins.ml_commons.trusted_url_regex admits, or widen that setting.',
    samples: [heard(BOTH, '400 illegal_argument_exception', "URL can't match trusted url regex")],
  },
  {
    said: /embedding dimension is null|framework type is null|model type is null|model config is null/i,
    code: 'RCTL_MODEL_CONFIG_INCOMPLETE',
    cause: 'This server wants model_type, embedding_dimension and framework_type in model_config.',
    remedy:
      'Declare all three, e.g. {model_type: bert, embedding_dimension: 1, framework_type: huggingface_transformers}.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'model config is null'),
      heard(BOTH, '400 illegal_argument_exception', 'model type is null'),
      heard('2.19.1', '400 illegal_argument_exception', 'embedding dimension is null'),
      heard('2.19.1', '400 illegal_argument_exception', 'framework type is null'),
    ],
  },
  {
    said: /model content hash value is null|Hash code need to be provided/i,
    code: 'RCTL_MODEL_FIELD',
    cause: 'The registration lacks the SHA-256 of the zip.',
    remedy: 'Add `model_content_hash_value`: what `sha256sum` says of the zip, in lower case.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'model content hash value is null'),
      unheard(
        '2.19 to 3.8',
        'task',
        'Model content Hash code need to be provided when register via url. Please calculate sha 256 Hash code.',
      ),
    ],
  },
  {
    said: /^model (?<field>name|format) is null|^(?<chunks>total chunks) field is null/i,
    code: 'RCTL_MODEL_FIELD',
    cause: 'The registration lacks a field: {reason}.',
    remedy:
      'Declare `name` and `model_format` (TORCH_SCRIPT or ONNX) of the Model; `function_name: remote` needs no format.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'model name is null'),
      heard(BOTH, '400 illegal_argument_exception', 'model format is null'),
      heard(BOTH, '400 illegal_argument_exception', 'total chunks field is null'),
    ],
  },
  {
    said: /^Wrong (?<field>function name|model format|framework type)/i,
    code: 'RCTL_MODEL_FIELD',
    cause: 'The server knows no such {field}.',
    remedy:
      'Correct `function_name` (a reranker is TEXT_SIMILARITY or remote), `model_format` (TORCH_SCRIPT, ONNX) or `model_config.framework_type` (huggingface_transformers, sentence_transformers).',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'Wrong function name'),
      heard(BOTH, '400 illegal_argument_exception', 'Wrong model format'),
      heard(BOTH, '400 illegal_argument_exception', 'Wrong framework type'),
    ],
  },
  {
    said: /^(?<field>Limit|Unit) field must be|No enum constant java\.util\.concurrent\.TimeUnit\.(?<unit>\w+)/i,
    code: 'RCTL_MODEL_FIELD',
    cause: 'rate_limiter cannot be as it is: {reason}',
    remedy: 'Write `rate_limiter: {limit: 10, unit: SECONDS}`: a positive number, and a unit in upper case.',
    samples: [heard(BOTH, '400 parse_exception', 'Limit field must be a positive number.')],
  },
  {
    said: /You must provide connector content when creating a remote model without connector id/i,
    code: 'RCTL_MODEL_FIELD',
    cause: 'A remote model needs a connector, and this one names none.',
    remedy: 'Add `connector_id: {$ref: Connector/NAME}`.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'You must provide connector content when creating a remote model without connector id!',
      ),
    ],
  },
  {
    said: /Failed to find connector/i,
    code: 'RCTL_CONNECTOR_GONE',
    cause: 'The connector of this model is not in this cluster (any more), or you may not see it.',
    remedy: 'Apply again; a `connector_id` that is written out should be {$ref: Connector/NAME}.',
    samples: [
      heard(BOTH, '404 status_exception', 'Failed to find connector:nope'),
      // Before the cluster has had its first connector.
      heard(BOTH, '404 status_exception', 'Failed to find connector'),
    ],
  },
  {
    said: /Model group not found|Fail(?:ed)? to find (?:the )?model group/i,
    code: 'RCTL_MODEL_GROUP_GONE',
    cause: 'The model group of this model does not exist (any more), or you may not see it.',
    remedy: 'Apply again; if it persists, look at `access_mode` and `backend_roles` of the ModelGroup.',
    samples: [
      heard(BOTH, 'task', 'Model group not found'),
      heard(BOTH, '500 m_l_resource_not_found_exception', 'Fail to find model group'),
      heard(
        BOTH,
        '404 status_exception',
        'Failed to find the model group with the provided model group id in the update model input, MODEL_GROUP_ID: nope',
      ),
    ],
  },
  {
    said: /The function category (?<algorithm>\w+) is not supported at this time/i,
    code: 'RCTL_MODEL_FIXED',
    cause:
      'The server updates no attribute of a {algorithm} model. (Its 403 has nothing to do with permissions.)',
    remedy: 'Change the manifest and apply: a new model is registered beside the old one.',
    samples: [
      heard(
        BOTH,
        '403 status_exception',
        'The function category TEXT_SIMILARITY is not supported at this time.',
      ),
    ],
  },
  {
    said: /This remote does not have a connector_id field|Cannot update connector settings for this model/i,
    code: 'RCTL_MODEL_FIXED',
    cause: 'A model with a connector of its own cannot be given another one, nor the other way round.',
    remedy: 'Register it under another name, with `connector_id: {$ref: Connector/NAME}`.',
    samples: [
      heard(
        '3.6.0',
        '400 status_exception',
        'Cannot update connector settings for this model. The model was created with a connector_id and does not have an inline connector.',
      ),
      unheard(
        '2.19 to 3.8',
        '400 status_exception',
        'This remote does not have a connector_id field, maybe it uses an internal connector.',
      ),
    ],
  },
  {
    said: /Model is deploying\. Please wait|Model cannot be deleted in deploying or deployed state/i,
    code: 'RCTL_MODEL_BUSY',
    cause: 'The model is deployed, or about to be, and the server changes none in that state.',
    remedy:
      'Wait until its deployment is over, and apply again: it is undeployed first where that is needed.',
    samples: [
      heard(
        BOTH,
        '400 status_exception',
        'Model cannot be deleted in deploying or deployed state. Try undeploy model first then delete',
      ),
      heard(
        BOTH,
        '409 status_exception',
        'Model is deploying. Please wait for the model to complete deployment. model ID a1',
      ),
    ],
  },
  {
    said: /Duplicate deploy model task/i,
    code: 'RCTL_MODEL_BUSY',
    cause: 'Somebody else is deploying this model.',
    remedy: 'Apply again: a deployment under way is waited for.',
    samples: [heard(BOTH, 'task', 'Duplicate deploy model task')],
  },
  {
    said: /Model is not all cleaned up/i,
    code: 'RCTL_MODEL_BUSY',
    cause: 'The server is still deleting the parts of this model.',
    remedy: 'Apply again in a moment.',
    samples: [
      heard(
        BOTH,
        '500 illegal_state_exception',
        'Model is not all cleaned up, please try again. Model ID: a1: Failed to delete all model chunks, Bulk failure while deleting model of a1',
      ),
    ],
  },
  {
    said: /(?<count>\d+) (?<kind>\w+) pipelines are still using this model.*?: \[(?<pipelines>[^\]]*)\]/i,
    code: 'RCTL_MODEL_IN_USE',
    cause:
      'The server deletes no model that pipelines use (plugins.ml_commons.safe_delete_model), and this one is in {pipelines}.',
    remedy: 'Take it out of these {kind} pipelines, or delete them.',
    samples: [
      heard(
        '3.6.0',
        '409 status_exception',
        '1 search pipelines are still using this model, please delete or update the pipelines first: [rerank-products]',
      ),
    ],
  },
  {
    said: /Don't allow custom deployment plan/i,
    code: 'RCTL_ML_DEPLOYMENT_PLAN',
    cause: 'The cluster decides itself which nodes a model is deployed to.',
    remedy: `Allow it with: ${setting('plugins.ml_commons.allow_custom_deployment_plan', true)}`,
    samples: [heard(BOTH, '400 illegal_argument_exception', "Don't allow custom deployment plan")],
  },
  {
    said: /Chunk number exceeds total chunks|Chunk size (?:exceeds 10MB|either 0 or null)/i,
    code: 'RCTL_MODEL_UPLOAD',
    cause: 'The server does not take a part of the upload.',
    remedy: 'A proxy may have changed it on its way, or the file was changed meanwhile. Apply again.',
    samples: [
      heard(BOTH, '500 exception', 'Chunk number exceeds total chunks'),
      heard(BOTH, '500 exception', 'Chunk size exceeds 10MB'),
      heard(BOTH, '500 exception', 'Chunk size either 0 or null'),
    ],
  },
  {
    said: /update model cache was failed on following nodes \[?(?<nodes>[^\].]*)/i,
    code: 'RCTL_MODEL_PARTLY_UPDATED',
    cause: 'The model was updated, and these nodes go on with what they had loaded before: {nodes}.',
    remedy: 'Undeploy and deploy the model (`POST /_plugins/_ml/models/ID/_undeploy`), and apply again.',
    samples: [
      unheard(
        '2.19 to 3.8',
        '500 runtime_exception',
        'Successfully update ML model index with model ID a1, but update model cache was failed on following nodes [n1,n2], please retry or redeploy model manually.',
      ),
    ],
  },
];

/** What the server says of models while they are made. The first row that fits counts. */
export const MODEL_REFUSALS: readonly Rule[] = [...REQUESTS, ...TASK_REFUSALS, ...DOWNLOAD_REFUSALS];
