const REFUSALS = 'test/faults/refusals.test.ts';
const DOWNLOADS = 'test/faults/downloads.test.ts';

/** Rules, by their code and the beginning of their pattern, that other test files provoke on a real server. */
export const ELSEWHERE: readonly (readonly [rule: string, where: string])[] = [
  ['RCTL_FORBIDDEN no permissions for \\[(?<permissions>[^\\]]*cluster:admin', 'test/secured/roles.test.ts'],
  ['RCTL_FORBIDDEN no permissions for \\[(?<permissions>[^\\]].*?', 'test/secured/roles.test.ts'],
  ['RCTL_FORBIDDEN security_exception', 'test/opensearch/secured.test.ts'],
  ['RCTL_ML_MEMORY_BREAKER', REFUSALS],
  ['RCTL_ML_DISK_BREAKER', REFUSALS],
  ['RCTL_ML_URL_REGISTRATION_OFF', REFUSALS],
  ['RCTL_ML_FILE_REGISTRATION_OFF', REFUSALS],
  ['RCTL_ML_NO_ELIGIBLE_NODE', REFUSALS],
  ['RCTL_ML_LOCAL_MODELS_OFF', REFUSALS],
  ['RCTL_REMOTE_MODELS_OFF', REFUSALS],
  ['RCTL_CONNECTOR_PRIVATE_ADDRESS', REFUSALS],
  ['RCTL_ML_MODEL_LIMIT', REFUSALS],
  ['RCTL_MODEL_IN_USE', REFUSALS],
  ['RCTL_MODEL_ZIP_LAYOUT No tokenizer file', DOWNLOADS],
  ['RCTL_MODEL_HOST_UNREACHABLE ^Connection refused', DOWNLOADS],
  ['RCTL_MODEL_HOST_UNREACHABLE ^(?<host>', DOWNLOADS],
  [
    'RCTL_UNAVAILABLE ',
    'test/opensearch/strangers.test.ts, by a server of the test: a proxy of no kind is there',
  ],
];

/** Rules that no test provokes, and why. */
export const UNPROVOKED: readonly (readonly [rule: string, because: string])[] = [
  ['RCTL_FORBIDDEN (?:doesn', 'a second user and a private group are needed; seen by hand on 2.19.1'],
  ['RCTL_DISK_FULL (?:index', 'the watermark would block the indices of every other test'],
  ['RCTL_DISK_FULL No space', 'a disk would have to be full'],
  ['RCTL_BLOCKED blocked by', 'only a cluster that is just starting says it'],
  ['RCTL_ML_KEY_NOT_READY', 'only the first seconds of a new cluster say it'],
  ['RCTL_CONNECTOR_UNDECRYPTABLE', 'the key of the whole cluster would have to go'],
  ['RCTL_MODEL_SIGNATURE', 'a model of another signature is not among the files of the tests'],
  ['RCTL_PYTORCH_MISSING', 'a node without libtorch is needed; seen by hand on both'],
  ['RCTL_TOO_LARGE', 'a hundred megabytes would have to be sent'],
  ['RCTL_OVERLOADED', 'the node would have to be out of memory, for all tests'],
  ['RCTL_REDIRECTED', 'no OpenSearch redirects'],
  ["RCTL_BACKEND_ROLES don't have", 'an admin may give any role'],
  ['RCTL_BACKEND_ROLES backend[ _]roles?', 'what the kinds know of them is more exact'],
  ['RCTL_MODEL_BUSY Duplicate', 'a race of two deployments; seen in the kill sweeps'],
  ['RCTL_MODEL_BUSY Model is not all', 'a race of two deletions; seen by hand on both'],
  ['RCTL_MODEL_PARTLY_UPDATED', 'a node would have to fail in the middle of an update'],
  ['RCTL_MODEL_ZIP_LAYOUT disallowed', 'only 3.8 says it'],
  ['RCTL_MODEL_PRETRAINED_UNKNOWN', 'the publisher has to be reachable'],
  ['RCTL_ML_TASK_LIMIT', 'ten registrations at once would be in the way of every other test'],
  ['RCTL_ML_TASK_TIMEOUT', 'takes ten minutes'],
  [
    'RCTL_MODEL_URL_NOT_FOUND ^(?<url>',
    'a 404 of a page is the URL alone; what the node of the tests answers is a 400',
  ],
  ['RCTL_SEED_REJECTED immense', 'a document of 32 kB for one sentence; seen by hand on both'],
];
