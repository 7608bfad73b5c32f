import { BOTH, heard, type Rule, setting, unheard } from './rule.ts';

/**
 * What ML Commons answers wherever a model is asked something: a search through a reranker, a predict, and whatever
 * deploys one.
 */
export const MODELS: readonly Rule[] = [
  {
    said: /Memory Circuit Breaker is open/i,
    code: 'RCTL_ML_MEMORY_BREAKER',
    cause: 'The cluster refuses models because its JVM heap is fuller than ML Commons allows.',
    remedy:
      'Give the nodes more heap or undeploy a model; the limit is plugins.ml_commons.jvm_heap_memory_threshold (85 % by default, 100 switches it off).',
    samples: [heard('3.6.0', 'answer', 'Memory Circuit Breaker is open, please check your resources!')],
  },
  {
    said: /Disk Circuit Breaker is open/i,
    code: 'RCTL_ML_DISK_BREAKER',
    cause: 'The cluster refuses models because a node has less free disk than ML Commons wants.',
    remedy:
      'Free disk space; the limit is plugins.ml_commons.disk_free_space_threshold (5 GB free by default, e.g. "1gb" lowers it).',
    samples: [heard('3.6.0', 'answer', 'Disk Circuit Breaker is open, please check your resources!')],
  },
  {
    said: /Local Model is currently disabled/i,
    code: 'RCTL_ML_LOCAL_MODELS_OFF',
    cause: 'This cluster does not run local models.',
    remedy: `Allow it with: ${setting('plugins.ml_commons.local_model.enabled', true)}`,
    samples: [
      heard(
        '3.6.0',
        'answer',
        'Local Model is currently disabled. To enable it, update the setting "plugins.ml_commons.local_model.enabled" to true.',
      ),
    ],
  },
  {
    // The server names `remote_inference_enabled`, and has no such setting (2.19.1, 3.6.0).
    said: /Remote Inference is currently disabled/i,
    code: 'RCTL_REMOTE_MODELS_OFF',
    cause: 'This cluster asks no remote models.',
    remedy: `Allow it with: ${setting('plugins.ml_commons.remote_inference.enabled', true)} (what the server calls it is no setting)`,
    samples: [
      heard(
        '3.6.0',
        'answer',
        'Remote Inference is currently disabled. To enable it, update the setting "plugins.ml_commons.remote_inference_enabled" to true.',
      ),
    ],
  },
  {
    said: /The ML encryption master key has not been initialized yet|Failed to get ML encryption master key/i,
    code: 'RCTL_ML_KEY_NOT_READY',
    cause: 'The cluster has not made the key yet that it encrypts credentials with.',
    remedy:
      'It does that in the first seconds after its start: apply again. If it stays so, look whether the index .plugins-ml-config can be written and has its shards (`GET /_cluster/health`).',
    samples: [
      unheard(
        '2.19 to 3.8',
        '500 resource_not_found_exception',
        'The ML encryption master key has not been initialized yet. Please retry after waiting for 10 seconds.',
      ),
    ],
  },
  {
    said: /Failed to decrypt credentials in connector|AEADBadTagException|Tag mismatch/i,
    code: 'RCTL_CONNECTOR_UNDECRYPTABLE',
    cause:
      'The cluster cannot decrypt the credential of a connector: the key that it was encrypted with is gone.',
    remedy:
      'The key lived in .plugins-ml-config, which was deleted or restored from elsewhere. Delete the connector and its model and apply again, so that the credential is encrypted anew.',
    samples: [unheard('2.19 to 3.8', '500 m_l_exception', 'Failed to decrypt credentials in connector')],
  },
  {
    said: /Fail(?:ed)? to find model(?! group| chunk)|no such index \[\.plugins-ml-model\]/i,
    code: 'RCTL_MODEL_GONE',
    cause: 'The cluster does not have the model that {request} is about.',
    remedy:
      'Somebody may have deleted it: apply again, and it is registered anew. A `model_id` that is written out should be {$ref: Model/NAME}.',
    samples: [
      heard(BOTH, '404 status_exception', 'Failed to find model with the provided model id: nope'),
      heard(BOTH, '404 status_exception', 'Failed to find model to update with the provided model id: nope'),
      heard(BOTH, '404 status_exception', 'Failed to find model'),
      heard(BOTH, '500 m_l_resource_not_found_exception', 'Failed to find model'),
      heard(BOTH, '500 index_not_found_exception', 'no such index [.plugins-ml-model]'),
    ],
  },
  {
    said: /Failed to find task/i,
    code: 'RCTL_TASK_GONE',
    cause: 'The cluster does not know the task that {request} is about any more.',
    remedy: 'Apply again: what it had begun is looked for first.',
    samples: [heard(BOTH, '404 status_exception', 'Failed to find task')],
  },
  {
    said: /Model not ready yet|Auto deployment disabled for this model/i,
    code: 'RCTL_MODEL_NOT_DEPLOYED',
    cause: 'The model that {request} asks is not deployed.',
    remedy:
      'Set `deploy: true` of the Model (and `deploy_setting.is_auto_deploy_enabled` of a remote one) and apply. A node that has just started deploys what it had by itself.',
    samples: [
      heard(BOTH, '400 illegal_argument_exception', 'Model not ready yet. Please deploy the model first.'),
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'Auto deployment disabled for this model, please deploy model first Model ID: nYNYJKIBr1K3ch4_e1w0',
      ),
    ],
  },
  {
    // 403, although no permission would help.
    said: /^Model is disabled/i,
    code: 'RCTL_MODEL_DISABLED',
    cause: 'The model that {request} asks is switched off.',
    remedy: 'Set `is_enabled: true` of the Model, or leave it out, and apply.',
    samples: [heard(BOTH, '403 status_exception', 'Model is disabled.')],
  },
  {
    said: /Request is throttled at (?<level>model|user) level/i,
    code: 'RCTL_MODEL_THROTTLED',
    cause: 'The model was asked more often than its {level} limit allows.',
    remedy: 'Raise `rate_limiter` of the Model (limit and unit), or ask more slowly. Nothing was changed.',
    samples: [heard('3.6.0', '429 status_exception', 'Request is throttled at model level.')],
  },
  {
    said: /Expected at (?:most|least) \d+ argument\(s\) for operator 'forward'|forward\(\) (?:expected|is missing)|Input mismatch, looking for|Invalid dimension/,
    code: 'RCTL_MODEL_SIGNATURE',
    cause: 'The model takes or gives something else than a cross-encoder of OpenSearch does: {reason}',
    remedy:
      'Export it again with forward(input_ids, attention_mask, token_type_ids), each int64 of shape [1, L], and one logit for each pair; an ONNX graph has just these three inputs.',
    samples: [
      heard(
        '3.6.0',
        '500 m_l_exception',
        "Failed to inference TEXT_SIMILARITY model: a1: Expected at most 3 argument(s) for operator 'forward', but received 4 argument(s). Declaration: forward(__torch__.Tiny self, Tensor input_ids, Tensor attention_mask) -> Tensor",
      ),
      unheard(
        '2.19 to 3.8',
        '500 m_l_exception',
        'Failed to inference TEXT_SIMILARITY model: a1: Input mismatch, looking for: [input_ids, attention_mask]',
      ),
    ],
  },
  {
    said: /This NDArray implementation does not currently support this operation/,
    code: 'RCTL_PYTORCH_MISSING',
    cause: 'The node runs an ONNX model without PyTorch, and reranking needs both.',
    remedy:
      'Let the node reach publish.djl.ai, or lay libtorch down beforehand and start it with PYTORCH_LIBRARY_PATH, then restart it.',
    samples: [
      unheard(
        '2.19 to 3.8',
        '500 m_l_exception',
        'Failed to inference TEXT_SIMILARITY model: a1: This NDArray implementation does not currently support this operation',
      ),
    ],
  },
];
