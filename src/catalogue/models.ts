import type { Codes } from './meaning.ts';

/** Model groups, models and connectors. */
export const MODELS: Codes = {
  RCTL_ACCESS_CONTROL_OFF:
    'access_mode and backend_roles mean something only with the security plugin and model (or connector) access control on; the server refuses them otherwise. Leave them out, or switch it on.',
  RCTL_AMBIGUOUS_CONNECTOR:
    'The server lets connectors share a name, and rerankctl knows one by it. Rename or delete all but one; the message lists their IDs and how many models use each.',
  RCTL_AMBIGUOUS_GROUP:
    'Several groups have this name: registrations at the same moment pass the server’s own check. Delete those that hold no model, or point rerankctl’s state at the right one by keeping it.',
  RCTL_AMBIGUOUS_MODEL:
    'The state does not tell which of several equal models is meant. Delete all but one; the one that is deployed is preferred when it is the only one.',
  RCTL_CONNECTOR_ACTION:
    'A reranker needs one action with action_type predict, a method and a url. Others, such as batch_predict, are never asked by a search.',
  RCTL_CONNECTOR_AWS:
    'A connector with protocol aws_sigv4 needs parameters.region and parameters.service_name, and credential with access_key and secret_key (or roleArn on Amazon OpenSearch Service).',
  RCTL_CONNECTOR_FIELD:
    'The connector lacks a field that the server wants, or has a protocol that it does not know. A credential is wanted even where the service asks for none: give it any entry.',
  RCTL_CONNECTOR_FUNCTION:
    'pre_process_function makes the request of a query and its passages, post_process_function makes scores of the answer. Each is a name that the server has (connector.pre_process.cohere.rerank) or a Painless script; a name that it does not have is taken for a script. They are first run by the probe after a deployment.',
  RCTL_CONNECTOR_GONE:
    'The connector was deleted, or is private to roles that this user lacks: what you may not see does not exist for you. Apply again, and it is made anew.',
  RCTL_CONNECTOR_IN_USE:
    'The server updates no connector while a deployed model uses it, and deletes none that a model names. The models in the message are none of this stack.',
  RCTL_CONNECTOR_NOT_TRUSTED:
    'plugins.ml_commons.trusted_connector_endpoints_regex admits only some services. The remedy has the whole list with yours added: the setting is replaced as a whole.',
  RCTL_CONNECTOR_PARAMETER:
    'request_body or url name ${parameters.x}, and neither `parameters` nor the input gives x a value. For a reranker the pre_process_function makes `query` and `documents` (or what the service calls them).',
  RCTL_CONNECTOR_PRIVATE_ADDRESS:
    'Connectors may go to private addresses only with plugins.ml_commons.connector.private_ip_enabled: true. It guards against requests forged through the cluster; set it for a service of your own network.',
  RCTL_CONNECTOR_UNDECRYPTABLE:
    'Credentials are encrypted with a key in the index .plugins-ml-config. Where that was deleted, or comes from another cluster, nothing can read them any more: make the connector and its model anew.',
  RCTL_CREDENTIAL_UNKNOWN:
    'An action names ${credential.x}, and `credential` has no x: the server would send the placeholder itself.',
  RCTL_ML_DEPLOYMENT_PLAN:
    'Nodes for a model can be named only with plugins.ml_commons.allow_custom_deployment_plan. rerankctl never names any; something else did.',
  RCTL_ML_DISK_BREAKER:
    'ML Commons does nothing while a node has less than plugins.ml_commons.disk_free_space_threshold (5 GB) free. It looks at each node’s data disk. `rerankctl doctor` shows the figures.',
  RCTL_ML_FILE_REGISTRATION_OFF:
    'plugins.ml_commons.allow_registering_model_via_local_file is false by default. Set it, or host the zip and use spec.url.',
  RCTL_ML_KEY_NOT_READY:
    'A cluster that has just started has no key yet to encrypt credentials with. It makes one within seconds. If that does not come about, the index .plugins-ml-config cannot be written.',
  RCTL_ML_LOCAL_MODELS_OFF:
    'plugins.ml_commons.local_model.enabled is false: this cluster asks remote models only. Managed services do that. Use a Connector and a remote Model.',
  RCTL_ML_MEMORY_BREAKER:
    'ML Commons refuses while the heap of a node is fuller than plugins.ml_commons.jvm_heap_memory_threshold (85 % by default; 100 switches the breaker off). A garbage collection may end it, more heap does. native_memory_threshold is taken and does nothing.',
  RCTL_ML_MODEL_LIMIT:
    'plugins.ml_commons.max_model_on_node (10) local models are on the node. While one is replaced there are two of it. Undeploy what nobody uses, or raise it.',
  RCTL_ML_NAME: `From 3.1 on, names and descriptions of groups, models and connectors are of letters, digits, spaces and a few signs: . , ! ? ( ) : @ - _ / ' ". An accent that is a character of its own (decomposed Unicode) is none of them.`,
  RCTL_ML_NO_ELIGIBLE_NODE:
    'With plugins.ml_commons.only_run_on_ml_node (true by default) only nodes with the role ml run models. Add one, or set it to false.',
  RCTL_ML_TASK_LIMIT:
    'The cluster works at as many registrations or deployments as it takes at once. They end by themselves; apply again, or lower --parallelism.',
  RCTL_ML_TASK_TIMEOUT:
    'The cluster gave up a task after plugins.ml_commons.ml_task_timeout_in_seconds. A large download over a slow line is the usual cause.',
  RCTL_ML_URL_NOT_TRUSTED:
    'plugins.ml_commons.trusted_url_regex does not admit the URL. By default http, https, ftp and file are; spaces and umlauts must be percent-encoded.',
  RCTL_ML_URL_REGISTRATION_OFF:
    'plugins.ml_commons.allow_registering_model_via_url is false by default. Set it, or upload with spec.file.',
  RCTL_MODEL_BUSY:
    'The server deploys the model, or still cleans up after one, and takes no other change meanwhile. It passes by itself; apply again.',
  RCTL_MODEL_CONFIG_INCOMPLETE:
    '2.19 and 3.0 read model_config of every local model as that of an embedding: all of model_type, embedding_dimension and framework_type must be there. For a cross-encoder: bert, 1, huggingface_transformers. 3.1 and newer want model_type alone.',
  RCTL_MODEL_DISABLED:
    'is_enabled is false, so every predict and every search through the model fails with a 403 that is no matter of permissions.',
  RCTL_MODEL_DOWNLOAD_TLS:
    'The node downloads the model itself, with the certificates that its Java trusts. A private CA belongs into that truststore; spec.file needs none.',
  RCTL_MODEL_FIELD:
    'The registration lacks a field or has a value that the server does not know. The message names it as the server does: `function name` is function_name, and so on.',
  RCTL_MODEL_FILE_BROKEN:
    'The zip is as it should be, and the file in it cannot be loaded: no TorchScript, another format than model_format says, damaged, or made by a newer PyTorch than the node’s (1.13.1 on 2.19, 2.5.1 on 3.x).',
  RCTL_MODEL_FILE_MISSING:
    'spec.file is relative to the folder of the manifest. Large models are often left out of git: is it in LFS, or to be downloaded first?',
  RCTL_MODEL_FIXED:
    'The server cannot change this of a model that exists. rerankctl registers another one beside it instead; something else has asked for the update.',
  RCTL_MODEL_GONE:
    'The cluster has no such model (any more): somebody deleted it, perhaps while this run waited for it, or an ID was written out in a manifest. What the server says where no model was ever made is the same.',
  RCTL_MODEL_GROUP_FIELD: 'A model group has a name, and the server was sent none.',
  RCTL_MODEL_GROUP_GONE:
    'The group was deleted, or is private to backend roles that this user lacks: what you may not see does not exist for you.',
  RCTL_MODEL_GROUP_IN_USE:
    'Models that are none of this stack stand in the group, perhaps ones that this user may not see. The server deletes a group only when it is empty.',
  RCTL_MODEL_GROUP_NAME_TAKEN:
    'Names of model groups are unique, also among those that you may not see. The message has the ID of the other one.',
  RCTL_MODEL_HASH_MISMATCH:
    'The zip that the cluster got has another SHA-256 than model_content_hash_value. Either the file was changed at its URL, or the hash is of something else. It is compared letter by letter, in lower case.',
  RCTL_MODEL_HOST_UNREACHABLE:
    'The node itself downloads the model, so its network counts, not yours: a firewall, a proxy, a name that only your machine knows. Uploading with spec.file needs no network of the node.',
  RCTL_MODEL_INCOMPLETE:
    'The server has not all parts of an uploaded model. It calls a model REGISTERED when the last part has come, whatever else is missing, and notices at the deployment.',
  RCTL_MODEL_IN_USE:
    'With plugins.ml_commons.safe_delete_model the server keeps models that pipelines or agents name. Remove it there first.',
  RCTL_MODEL_NOT_A_ZIP:
    'The URL answered with something that is no zip: often a login page or an error page with status 200.',
  RCTL_MODEL_NOT_DEPLOYED:
    'The model is registered, and no node has it loaded. Local ones answer only when they are deployed; a node that was restarted takes some ten seconds until it has them again.',
  RCTL_MODEL_NO_ROOM:
    'A changed model is deployed beside the old one first, and by the server’s own estimate (file × 1.2) both do not fit into the node’s memory beside its heap. lifecycle.strategy: recreate undeploys the old one first, with an outage.',
  RCTL_MODEL_PARTLY_UPDATED:
    'The document of the model was changed, and some nodes could not be told. Until it is deployed again, they answer with what they had.',
  RCTL_MODEL_PRETRAINED_UNKNOWN:
    'Pretrained models come from the publisher’s list (artifacts.opensearch.org), by name, version and format. This combination is not in it.',
  RCTL_MODEL_PROBE_FAILED:
    'DEPLOYED is no proof: after each deployment a real predict is sent, and it failed or gave no scores. TorchScript with another signature deploys and fails only then. The server’s words are in the message.',
  RCTL_MODEL_SIGNATURE:
    'A cross-encoder is asked with three tensors, one pair at a time, and gives one number. Another signature deploys without complaint and fails at the first question, which is why rerankctl asks one.',
  RCTL_MODEL_TASK_FAILED:
    'A task of ML Commons failed for a reason that rerankctl has no better words for; the server’s are in the message, and the log of the node has more.',
  RCTL_MODEL_THROTTLED:
    'rate_limiter of the model lets through so many requests in its unit of time, searches included; this one came too much.',
  RCTL_MODEL_UPLOAD:
    'A part of the zip was refused: empty, larger than 10 MB, or with a number beyond those announced. A proxy that repacks bodies can do that.',
  RCTL_MODEL_URL_NOT_FOUND:
    'The URL of the model answered the node with an error, mostly 404 or 403. Presigned URLs expire.',
  RCTL_MODEL_ZIP_BROKEN:
    'The zip cannot be opened: it was cut off on its way, or is a pointer of git LFS. `unzip -t` tells.',
  RCTL_MODEL_ZIP_LAYOUT:
    'ML Commons wants tokenizer.json and exactly one .pt (TORCH_SCRIPT) or .onnx (ONNX) at the root of the zip, not in a folder. Zip the files, not their folder.',
  RCTL_PYTORCH_MISSING:
    'The plugin brings no PyTorch: the node downloads it at the first deployment, which fails without internet. Put the libraries beside it and point PYTORCH_LIBRARY_PATH to them; a node that has failed once must be restarted.',
  RCTL_REMOTE_ANSWER:
    'The service answered, and not as post_process_function of the connector expects: an empty body, a page, another API, or a passage that it was not asked about.',
  RCTL_REMOTE_MODELS_OFF: 'plugins.ml_commons.remote_inference.enabled is false: no connector is asked.',
  RCTL_REMOTE_REFUSED:
    'The service behind the connector answered with an error: a wrong key, a wrong model name, too many requests. Its own words are in the message, without the key.',
  RCTL_REMOTE_SCORE:
    'The server’s post_process functions for reranking take a score for a decimal number of at most some 16 digits (Double). A service that says 1, 0 or 0.12345678901234567 makes every search fail that meets it. A Painless script can read any number.',
  RCTL_REMOTE_UNREACHABLE:
    'The node cannot reach the service: name, firewall, proxy, or TLS. The node’s network counts, not yours.',
  RCTL_TASK_GONE:
    'The cluster forgot the task: its node was restarted, or somebody deleted it. Apply again; what had been made is found first.',
};
