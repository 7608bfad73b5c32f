import { BOTH, heard, type Rule, unheard } from '../../opensearch/refusals/rule.ts';

/** How registrations and deployments end: the error of the task, which is the message of the root cause alone. */
export const TASK_REFUSALS: readonly Rule[] = [
  {
    said: /model content changed|Model content hash can't match/i,
    code: 'RCTL_MODEL_HASH_MISMATCH',
    cause: 'The content of the model does not have the SHA-256 that the manifest declares.',
    remedy:
      'Compute the hash of the zip again (sha256sum) and put it into model_content_hash_value in lower case; if it should not have changed, find out who changed the file.',
    samples: [heard(BOTH, 'task', 'model content changed')],
  },
  {
    said: /No tokenizer file/i,
    code: 'RCTL_MODEL_ZIP_LAYOUT',
    cause: 'The zip of the model has no tokenizer.json at its root.',
    remedy: 'Put tokenizer.json and exactly one .pt or .onnx file at the root of the zip.',
    samples: [heard(BOTH, 'task', 'No tokenizer file')],
  },
  {
    said: /Can't find model file|multiple model files|found multiple models|but find \.(?:onnx|pt) file|file not found in/i,
    code: 'RCTL_MODEL_ZIP_LAYOUT',
    cause: 'The zip of the model is not laid out as ML Commons wants it: {reason}.',
    remedy:
      'Put exactly one .pt (TORCH_SCRIPT) or .onnx (ONNX) file beside tokenizer.json at the root of the zip, and say in `model_format` which.',
    samples: [
      heard(BOTH, 'task', "Can't find model file"),
      heard(BOTH, 'task', 'Find multiple model files, but expected only one'),
      heard(BOTH, 'task', 'Model format is TORCH_SCRIPT, but find .onnx file'),
      heard(BOTH, 'task', 'found multiple models'),
      heard(BOTH, 'task', 'tiny.pt file not found in: /data/ml_cache/models_cache/models/a1/1/tiny'),
    ],
  },
  {
    said: /disallowed executable file: (?<file>.+)|Bad zip entry/i,
    code: 'RCTL_MODEL_ZIP_LAYOUT',
    cause: 'The zip of the model holds what a cluster does not unpack: {reason}.',
    remedy: 'Take programs and libraries (.jar, .class, .so, .dylib, .dll) and paths with .. out of the zip.',
    samples: [
      unheard('3.8', 'task', 'Model archive contains a disallowed executable file: lib/evil.so'),
      unheard('2.19 to 3.8', 'task', 'Bad zip entry: ../x'),
    ],
  },
  {
    said: /zip END header not found|zip file is empty|error in opening zip|^Archive is not a ZIP archive|^zip file closed/i,
    code: 'RCTL_MODEL_NOT_A_ZIP',
    cause: 'What the cluster got as the model is no zip.',
    remedy: 'Check `url`: it may answer with a login or an error page. A file may be a pointer of git LFS.',
    samples: [
      heard(BOTH, 'task', 'zip END header not found'),
      heard(BOTH, 'task', 'Archive is not a ZIP archive'),
    ],
  },
  {
    said: /PytorchStreamReader failed|ORT_INVALID_PROTOBUF|ORT_NO_MODEL|Unknown builtin op|Unknown type name/i,
    code: 'RCTL_MODEL_FILE_BROKEN',
    cause: 'The node cannot read the model file in the zip.',
    remedy:
      'The .pt must be TorchScript (torch.jit.save), not a state dict or a pickle, made by a PyTorch that is not newer than the node’s; the .onnx a graph of opset 19 or older. Check that `model_format` says which it is.',
    samples: [
      heard(BOTH, 'task', 'PytorchStreamReader failed reading zip archive: not a ZIP archive'),
      heard(
        BOTH,
        'task',
        'Error code - ORT_INVALID_PROTOBUF - message: Load model from /data/tiny.onnx failed:Protobuf parsing failed.',
      ),
      unheard('2.19', 'task', 'Unknown builtin op: aten::scaled_dot_product_attention.'),
    ],
  },
  {
    said: /Fail to find model chunk|^Failed to deploy model$/i,
    code: 'RCTL_MODEL_INCOMPLETE',
    cause: 'The node could not put the model together: mostly parts of an upload are missing.',
    remedy: 'Delete the model and apply again, so that it is uploaded anew.',
    samples: [
      heard(BOTH, 'task', 'Fail to find model chunk bYNfJKIBr1K3ch4_4l1b_0'),
      heard(BOTH, 'task', 'Failed to deploy model'),
    ],
  },
  {
    said: /not in the pre-trained model list/i,
    code: 'RCTL_MODEL_PRETRAINED_UNKNOWN',
    cause: 'The publisher has no pretrained model of this name, version and format.',
    remedy:
      'Correct `name`, `version` and `model_format`, e.g. huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2, "1.0.2", TORCH_SCRIPT. A model of your own needs `url` or `file`.',
    samples: [
      unheard(
        '2.19 to 3.8',
        'task',
        'This model is not in the pre-trained model list, please check your parameters.',
      ),
    ],
  },
  {
    said: /exceed max running task limit/i,
    code: 'RCTL_ML_TASK_LIMIT',
    cause: 'The cluster runs as many ML tasks as it allows at once.',
    remedy:
      'Apply again in a while, or raise plugins.ml_commons.max_register_model_tasks_per_node and max_deploy_model_tasks_per_node.',
    samples: [unheard('3.6.0', 'task', 'exceed max running task limit')],
  },
  {
    said: /Exceed max local model per node limit/i,
    code: 'RCTL_ML_MODEL_LIMIT',
    cause: 'A node holds as many models as it is allowed to.',
    remedy: 'Undeploy a model, or raise plugins.ml_commons.max_model_on_node (10 by default).',
    samples: [heard('3.6.0', 'task', 'Exceed max local model per node limit')],
  },
  {
    said: /timeout after (?<seconds>\d+) seconds/i,
    code: 'RCTL_ML_TASK_TIMEOUT',
    cause: 'The cluster gave the task up after {seconds} seconds.',
    remedy: 'Apply again; a slow download needs a higher plugins.ml_commons.ml_task_timeout_in_seconds.',
    samples: [unheard('3.6.0', 'task', 'timeout after 600 seconds')],
  },
  {
    said: /publish\.djl\.ai|Failed to save pytorch index file|UnsatisfiedLinkError|Failed to load PyTorch|Could not initialize class ai\.djl/i,
    code: 'RCTL_PYTORCH_MISSING',
    cause:
      'The node cannot load PyTorch: it downloads its native libraries at the first deploy, and could not.',
    remedy:
      'Let the node reach publish.djl.ai, or lay libtorch down beforehand and start it with PYTORCH_LIBRARY_PATH, then restart it.',
    samples: [
      unheard('3.6.0', 'task', 'publish.djl.ai'),
      unheard('2.19.1, 3.6.0', 'task', 'Failed to save pytorch index file'),
      unheard('2.19 to 3.8', 'task', 'Could not initialize class ai.djl.pytorch.engine.PtEngine'),
    ],
  },
  {
    said: /No space left on device/i,
    code: 'RCTL_DISK_FULL',
    cause: 'The disk of the node is full, so it cannot unpack the model.',
    remedy: 'Free space below its path.data: a model needs some three times its size there.',
    samples: [unheard('2.19 to 3.8', 'task', 'No space left on device')],
  },
];

/** Why a node could not download a model: the message of the Java exception, alone. */
export const DOWNLOAD_REFUSALS: readonly Rule[] = [
  {
    said: /^Connection refused/i,
    code: 'RCTL_MODEL_HOST_UNREACHABLE',
    cause: 'The cluster could not download the model: the connection was refused by the host of its URL.',
    remedy:
      'The nodes themselves need a route to the host of `url`. Check it from a node, or register the model from a file: spec.file.',
    samples: [heard(BOTH, 'task', 'Connection refused')],
  },
  {
    said: /^(?:Connect(?:ion)? timed out|Read timed out|No route to host|Network is unreachable|Connection reset|Unexpected end of file from server|Premature EOF)/i,
    code: 'RCTL_MODEL_HOST_UNREACHABLE',
    cause:
      'The cluster could not download the model: the connection to the host of its URL broke, or never came about.',
    remedy:
      'The nodes themselves need a route (firewall, proxy) to that host; a server that speaks https breaks the connection of an http `url`. Or register the model from a file: spec.file.',
    samples: [
      heard(BOTH, 'task', 'Unexpected end of file from server'),
      unheard('2.19 to 3.8', 'task', 'Connect timed out'),
      unheard('2.19 to 3.8', 'task', 'Connection reset'),
    ],
  },
  {
    said: /Unsupported or unrecognized SSL message/i,
    code: 'RCTL_MODEL_DOWNLOAD_TLS',
    cause: 'The cluster could not download the model: its URL says https, and the server there speaks http.',
    remedy: 'Write `url` with http://, or the port of https.',
    samples: [heard(BOTH, 'task', 'Unsupported or unrecognized SSL message')],
  },
  {
    said: /unable to find valid certification path|PKIX path (?:building|validation) failed|No (?:subject alternative|name matching)/i,
    code: 'RCTL_MODEL_DOWNLOAD_TLS',
    cause:
      'The cluster could not download the model: Java on the node does not trust the certificate of the host.',
    remedy:
      'Put the CA into the truststore of the node’s Java (-Djavax.net.ssl.trustStore in jvm.options), use a host with a public certificate, or register the model from a file: spec.file.',
    samples: [heard(BOTH, 'task', 'unable to find valid certification path to requested target')],
  },
  {
    said: /^(?<path>\/.*) \((?:No such file or directory|Permission denied|Is a directory)\)$/i,
    code: 'RCTL_MODEL_URL_NOT_FOUND',
    cause: 'The node cannot read the file of the URL: {reason}.',
    remedy:
      'A file:// URL is read by the node, under its own account: the file must be there on every node. `spec.file` uploads one from here.',
    samples: [
      heard(BOTH, 'task', '/nope/x.zip (No such file or directory)'),
      heard(BOTH, 'task', '/root/x.zip (Permission denied)'),
    ],
  },
  {
    said: /Server returned HTTP response code: (?<status>\d+) for URL: (?<url>\S+)/i,
    code: 'RCTL_MODEL_URL_NOT_FOUND',
    cause: 'The cluster could not download the model: {url} answers {status}.',
    remedy: 'Check `url` from one of the nodes. A presigned one may have expired.',
    samples: [
      heard(
        BOTH,
        'task',
        'Server returned HTTP response code: 400 for URL: http://127.0.0.1:9202/nope/x.zip',
      ),
    ],
  },
  {
    // For an HTTP 404 of the download it is the bare URL.
    said: /^(?<url>https?:\/\/\S+)$/i,
    code: 'RCTL_MODEL_URL_NOT_FOUND',
    cause: 'The cluster could not download the model: {url} answers with an error.',
    remedy: 'Check `url`, or `name` and `version` of a pretrained model, from one of the nodes.',
    samples: [heard(BOTH, 'task', 'http://127.0.0.1:8000/gone.zip')],
  },
  {
    // For an unknown host the whole message of the server is the bare name of that host.
    said: /^(?<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:: (?:Name or service not known|Temporary failure in name resolution|nodename nor servname provided.*))?$/i,
    code: 'RCTL_MODEL_HOST_UNREACHABLE',
    cause: 'The cluster could not download the model: it cannot reach {host}.',
    remedy:
      'The nodes themselves need a route (DNS, firewall, proxy) to that host. Without one, register the model from a file: spec.file.',
    samples: [heard(BOTH, 'task', 'artifacts.opensearch.org')],
  },
];
