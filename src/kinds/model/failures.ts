import { RerankctlError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import { forbiddenItem } from '../../opensearch/permissions.ts';

/** A sentence of the server's, its cause in words, and what to do. The first rule that matches counts. */
interface Rule {
  readonly pattern: RegExp;
  readonly code: string;
  message(match: RegExpExecArray): string;
  readonly remedy: string;
}

function allow(setting: string): string {
  return `Allow it with: PUT /_cluster/settings {"persistent": {"${setting}": true}}`;
}

export const URL_SETTING = 'plugins.ml_commons.allow_registering_model_via_url';
export const FILE_SETTING = 'plugins.ml_commons.allow_registering_model_via_local_file';
export const ML_NODE_SETTING = 'plugins.ml_commons.only_run_on_ml_node';

export const REMEDY = {
  url: allow(URL_SETTING),
  file: allow(FILE_SETTING),
  mlNode: `Add a node with the role ml, or let data nodes run models: PUT /_cluster/settings {"persistent": {"${ML_NODE_SETTING}": false}}`,
} as const;

const RULES: readonly Rule[] = [
  {
    pattern: /Memory Circuit Breaker is open/i,
    code: 'RCTL_ML_MEMORY_BREAKER',
    message: () => 'The cluster refuses models because its JVM heap is fuller than ML Commons allows.',
    remedy:
      'Give the nodes more heap or undeploy a model; the limit is plugins.ml_commons.jvm_heap_memory_threshold (85 % by default, 100 switches it off).',
  },
  {
    pattern: /Disk Circuit Breaker is open/i,
    code: 'RCTL_ML_DISK_BREAKER',
    message: () => 'The cluster refuses models because a node has less free disk than ML Commons wants.',
    remedy:
      'Free disk space; the limit is plugins.ml_commons.disk_free_space_threshold (5 GB free by default, e.g. "1gb" lowers it).',
  },
  {
    pattern: /allow_registering_model_via_url/i,
    code: 'RCTL_ML_URL_REGISTRATION_OFF',
    message: () => 'This cluster does not allow models to be registered from a URL.',
    remedy: REMEDY.url,
  },
  {
    pattern: /allow_registering_model_via_local_file/i,
    code: 'RCTL_ML_FILE_REGISTRATION_OFF',
    message: () => 'This cluster does not allow models to be uploaded from a file.',
    remedy: REMEDY.file,
  },
  {
    pattern: /no eligible node found/i,
    code: 'RCTL_ML_NO_ELIGIBLE_NODE',
    message: () => 'No node of this cluster may run models.',
    remedy: REMEDY.mlNode,
  },
  {
    pattern: /URL can't match trusted url regex/i,
    code: 'RCTL_ML_URL_NOT_TRUSTED',
    message: () => 'The cluster does not trust the URL of this model.',
    remedy: 'Use a URL that plugins.ml_commons.trusted_url_regex admits, or widen that setting.',
  },
  {
    pattern: /model content changed/i,
    code: 'RCTL_MODEL_HASH_MISMATCH',
    message: () => 'The content of the model does not have the SHA-256 that the manifest declares.',
    remedy:
      'Compute the hash of the zip again (sha256sum) and put it into model_content_hash_value in lower case; if it should not have changed, find out who changed the file.',
  },
  {
    pattern: /No tokenizer file/i,
    code: 'RCTL_MODEL_ZIP_LAYOUT',
    message: () => 'The zip of the model has no tokenizer.json at its root.',
    remedy: 'Put tokenizer.json and exactly one .pt or .onnx file at the root of the zip.',
  },
  {
    pattern:
      /Can't find model file|multiple model files|found multiple models|but find \.(onnx|pt) file|file not found in/i,
    code: 'RCTL_MODEL_ZIP_LAYOUT',
    message: (match) => `The zip of the model is not laid out as ML Commons wants it: ${match.input}.`,
    remedy:
      'Put exactly one .pt (TORCH_SCRIPT) or .onnx (ONNX) file beside tokenizer.json at the root of the zip.',
  },
  {
    pattern: /zip END header not found|zip file is empty|error in opening zip/i,
    code: 'RCTL_MODEL_NOT_A_ZIP',
    message: () => 'What the cluster downloaded is not a zip.',
    remedy: 'Check the URL: it may answer with a login or an error page.',
  },
  {
    pattern: /Model group not found|Fail(?:ed)? to find model group/i,
    code: 'RCTL_MODEL_GROUP_GONE',
    message: () => 'The model group of this model does not exist (any more), or you may not see it.',
    remedy: 'Apply again; if it persists, look at the access mode and the backend roles of the group.',
  },
  {
    pattern: /exceed max running task limit/i,
    code: 'RCTL_ML_TASK_LIMIT',
    message: () => 'The cluster runs as many ML tasks as it allows at once.',
    remedy:
      'Apply again in a while, or raise plugins.ml_commons.max_register_model_tasks_per_node and max_deploy_model_tasks_per_node.',
  },
  {
    pattern: /Exceed max local model per node limit/i,
    code: 'RCTL_ML_MODEL_LIMIT',
    message: () => 'A node holds as many models as it is allowed to.',
    remedy: 'Undeploy a model, or raise plugins.ml_commons.max_model_on_node (10 by default).',
  },
  {
    pattern: /timeout after (\d+) seconds/i,
    code: 'RCTL_ML_TASK_TIMEOUT',
    message: (match) => `The cluster gave the task up after ${match[1]} seconds.`,
    remedy: 'Apply again; a slow download needs a higher plugins.ml_commons.ml_task_timeout_in_seconds.',
  },
  {
    pattern:
      /publish\.djl\.ai|Failed to save pytorch index file|UnsatisfiedLinkError|Failed to load PyTorch/i,
    code: 'RCTL_PYTORCH_MISSING',
    message: () =>
      'The node cannot load PyTorch: it downloads its native libraries at the first deploy, and could not.',
    remedy:
      'Let the node reach publish.djl.ai, or lay libtorch down beforehand and start it with PYTORCH_LIBRARY_PATH, then restart it.',
  },
  {
    pattern: /Local Model is currently disabled/i,
    code: 'RCTL_ML_LOCAL_MODELS_OFF',
    message: () => 'This cluster does not run local models.',
    remedy: allow('plugins.ml_commons.local_model.enabled'),
  },
  {
    pattern: /embedding dimension is null|framework type is null|model type is null|model config is null/i,
    code: 'RCTL_MODEL_CONFIG_INCOMPLETE',
    message: () => 'This server wants model_type, embedding_dimension and framework_type in model_config.',
    remedy:
      'Declare all three, e.g. {model_type: bert, embedding_dimension: 1, framework_type: huggingface_transformers}.',
  },
  {
    pattern: /host name has private ip address/i,
    code: 'RCTL_CONNECTOR_PRIVATE_ADDRESS',
    message: () => 'The connector leads to a private address, and this cluster lets no connector go there.',
    remedy: allow('plugins.ml_commons.connector.private_ip_enabled'),
  },
  {
    pattern: /Error from remote service:/i,
    code: 'RCTL_REMOTE_REFUSED',
    message: () => 'The service behind the connector answered with an error.',
    remedy:
      'Look at what it says: a refused key is the `credential` of the Connector, a wrong request its `request_body` and `parameters`. Nothing that searches use was changed.',
  },
  {
    pattern: /Error communicating with remote model/i,
    code: 'RCTL_REMOTE_UNREACHABLE',
    message: () => 'The cluster cannot reach the service behind the connector.',
    remedy:
      'The nodes themselves need a route (DNS, firewall, proxy) to the host of its URL. Check it from a node.',
  },
  {
    pattern: /parameter placeholder not filled in payload: (\S+)/i,
    code: 'RCTL_CONNECTOR_PARAMETER',
    message: (match) => `The request of the connector has a parameter without a value: ${match[1]}.`,
    remedy: 'Add it to `parameters` of the Connector, or let pre_process_function make it.',
  },
  {
    pattern: /^Connection refused/i,
    code: 'RCTL_MODEL_HOST_UNREACHABLE',
    message: () =>
      'The cluster could not download the model: the connection was refused by the host of its URL.',
    remedy:
      'The nodes themselves need a route to that host. Check it from a node, or register the model from a file.',
  },
  {
    // For an unknown host the whole message of the server is the bare name of that host (2.19.1, 3.6.0).
    pattern:
      /^([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:: (?:Name or service not known|Temporary failure in name resolution|nodename nor servname provided.*))?$/i,
    code: 'RCTL_MODEL_HOST_UNREACHABLE',
    message: (match) => `The cluster could not download the model: it cannot reach ${match[1]}.`,
    remedy:
      'The nodes themselves need a route (DNS, firewall, proxy) to that host. Without one, register the model from a file: spec.file.',
  },
  {
    // For an HTTP error of the download it is the bare URL.
    pattern: /^(https?:\/\/\S+)$/i,
    code: 'RCTL_MODEL_URL_NOT_FOUND',
    message: (match) => `The cluster could not download the model: ${match[1]} answers with an error.`,
    remedy: 'Check the URL, or the name and version of a pretrained model, from one of the nodes.',
  },
];

/** Failures that another try, right away, may well not meet again. */
export function isPassing(reason: string): boolean {
  return /version conflict(, required seqNo| updating \S+ in index)|exceed max running task limit/i.test(
    reason,
  );
}

/** Another deployment of the same model is under way. */
export function isAlreadyRunning(reason: string): boolean {
  return /Duplicate deploy model task/i.test(reason);
}

/** `{"<node>": "<reason>"}` as text is how a failed deploy tells its reasons. */
function plainReason(error: string | undefined): string {
  if (error === undefined) return 'the server gave no reason';
  try {
    const byNode: unknown = JSON.parse(error);
    if (isObject(byNode)) return [...new Set(Object.values(byNode).map(String))].join('; ');
  } catch {
    // Not JSON: a register task's plain text.
  }
  return error;
}

export function reasonOf(error: string | undefined): string {
  return plainReason(error).trim();
}

/** Turns what the server said of a model into cause and remedy, and keeps its own words. */
export function modelFailure(step: string, said: string | undefined, cause?: unknown): RerankctlError {
  const reason = reasonOf(said);
  const forbidden = forbiddenItem(reason, `the ${step}`);
  if (forbidden !== undefined) return forbidden;
  for (const rule of RULES) {
    const match = rule.pattern.exec(reason);
    if (match === null) continue;
    const message = rule.message(match);
    const original = message.includes(reason) ? '' : ` The server said: ${reason}`;
    return new RerankctlError('server', rule.code, `${message}${original}`, { remedy: rule.remedy, cause });
  }
  return new RerankctlError('server', 'RCTL_MODEL_TASK_FAILED', `The ${step} failed: ${reason}`, {
    remedy: 'The log of the node that ran it has the whole story; apply again when its cause is mended.',
    cause,
  });
}
