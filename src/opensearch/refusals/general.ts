import { heard, type Rule, unheard } from './rule.ts';

/** What a service behind a connector answered, with the status that it gave. */
export const OF_SERVICES: readonly Rule[] = [
  {
    said: /Error from remote service:/i,
    status: [401, 403],
    code: 'RCTL_REMOTE_REFUSED',
    cause: 'The service behind a connector does not accept its key ({request}): {reason}',
    remedy:
      'Correct `credential` of the Connector, and how `headers` of its action pass it on. Nothing that searches use was changed.',
    samples: [
      heard(
        '2.19.1, 3.6.0',
        '401 status_exception',
        'Error from remote service: {"message":"invalid api token"}',
      ),
    ],
  },
  {
    said: /Error from remote service:/i,
    status: [429],
    code: 'RCTL_REMOTE_REFUSED',
    cause: 'The service behind a connector takes no more requests for now ({request}): {reason}',
    remedy:
      'Wait, or raise the quota at the service; `rate_limiter` of the Model keeps searches below it. A smaller window of hits makes smaller requests.',
    samples: [
      heard('2.19.1, 3.6.0', '429 status_exception', 'Error from remote service: {"message":"slow down"}'),
    ],
  },
  {
    said: /Error from remote service:/i,
    code: 'RCTL_REMOTE_REFUSED',
    cause: 'The service behind a connector answered with an error ({request}): {reason}',
    remedy:
      'Look at what it says: a wrong address is `url` of the action, a wrong request its `request_body` and `parameters`, a refused key `credential`. Nothing that searches use was changed.',
    samples: [
      heard('2.19.1, 3.6.0', '404 status_exception', 'Error from remote service: {"message":"no model"}'),
      heard('2.19.1, 3.6.0', '500 status_exception', 'Error from remote service: oops'),
    ],
  },
];

/**
 * What any request may be answered, whatever it is about. What is known exactly comes before what the class or the
 * status alone tell.
 */
export const EXACT: readonly Rule[] = [
  {
    // The profile API of ML Commons answers 500 to whoever may not ask it (2.19.1).
    status: [403, 500],
    said: /no permissions for \[(?<permissions>[^\]]*cluster:admin\/opensearch\/ml\/.*?)\](?: and User \[name=(?<user>[^,\]]*)|$)/,
    failure: 'connection',
    code: 'RCTL_FORBIDDEN',
    cause: 'User {user} lacks the permission {permissions} that {request} needs.',
    remedy: 'Map {user} to the role ml_full_access, or to a role that has {permissions}.',
    samples: [
      heard(
        '2.19.1',
        '403 security_exception',
        'no permissions for [cluster:admin/opensearch/ml/register_model_group] and User [name=jo, backend_roles=[], requestedTenant=null]',
      ),
    ],
  },
  {
    status: [403, 500],
    said: /no permissions for \[(?<permissions>[^\]].*?)\](?: and User \[name=(?<user>[^,\]]*)|$)/,
    failure: 'connection',
    code: 'RCTL_FORBIDDEN',
    cause: 'User {user} lacks the permission {permissions} that {request} needs.',
    remedy: 'Map {user} to a role that has {permissions}.',
    samples: [
      heard(
        '2.19.1',
        '403 security_exception',
        'no permissions for [indices:admin/create] and User [name=jo, backend_roles=[], requestedTenant=null]',
      ),
    ],
  },
  {
    // `no permissions for []` for a protected index, also to admin.
    status: [403],
    type: 'security_exception',
    failure: 'connection',
    code: 'RCTL_FORBIDDEN',
    cause: 'User {user} may not do {request}: {reason}',
    remedy: 'This index or API is protected: only the plugin that owns it may write here.',
    samples: [
      heard(
        '2.19.1',
        '403 security_exception',
        'no permissions for [] and User [name=admin, backend_roles=[admin], requestedTenant=null]',
      ),
    ],
  },
  {
    // The access control of ML Commons is a family of its own: 403 `status_exception`, or 400.
    status: [400, 403],
    said: /(?:doesn't|don't) have (?:the )?(?:privilege|permission)s? to |Only owner or admin can update access control data/,
    failure: 'connection',
    code: 'RCTL_FORBIDDEN',
    cause: ({ username, request, reason }) =>
      `User ${username ?? '(anonymous)'} has no access to what ${request} is about: ${reason}`,
    remedy:
      'Model access control is on: ask the owner of the model group to share it with a backend role of this user.',
    samples: [
      heard(
        '2.19.1',
        '403 status_exception',
        "User doesn't have privilege to perform this operation on this model group",
      ),
      heard(
        '2.19.1',
        '400 illegal_argument_exception',
        "You don't have permission to update this model group.",
      ),
      heard(
        '2.19.1',
        '400 illegal_argument_exception',
        'Only owner or admin can update access control data.',
      ),
    ],
  },
  {
    status: [400],
    said: /backend[ _]roles?/i,
    code: 'RCTL_BACKEND_ROLES',
    cause: ({ username, reason }) =>
      `The cluster refuses these backend roles to user ${username ?? '(anonymous)'}: ${reason}`,
    remedy:
      'A user shares with backend roles of its own; an admin names them (`backend_roles`), because all of an admin’s would be everybody’s.',
    samples: [
      unheard(
        '2.19 to 3.8',
        '400 illegal_argument_exception',
        'User has no backend roles to share this with.',
      ),
    ],
  },
  {
    type: 'index_not_found_exception',
    // That of the models is missing before the first one, and it is the model that whoever searches misses.
    said: /no such index \[(?!\.plugins-ml-model\])(?<index>[^\]]+)\]/,
    code: 'RCTL_INDEX_NOT_FOUND',
    cause: 'There is no index [{index}] in this cluster.',
    remedy: 'Create it, or declare it as an Index beside what needs it.',
    samples: [heard('2.19.1, 3.6.0', '404 index_not_found_exception', 'no such index [products]')],
  },
  {
    type: 'index_closed_exception',
    code: 'RCTL_INDEX_UNAVAILABLE',
    cause: 'The index that {request} is about is closed.',
    remedy: 'Open it: POST /NAME/_open.',
    samples: [heard('2.19.1, 3.6.0', '400 index_closed_exception', 'closed')],
  },
  {
    status: [400],
    said: /no handler found for uri \[\/_plugins\/_ml/,
    code: 'RCTL_API_MISSING',
    cause: ({ request }) => `This cluster does not know ${request}.`,
    remedy: 'Install the plugin opensearch-ml on every node; the model APIs come with it.',
    samples: [
      heard(
        '2.19.1, 3.6.0',
        '400',
        'no handler found for uri [/_plugins/_ml/nope/nope/nope] and method [GET]',
      ),
    ],
  },
  {
    status: [400],
    said: /no handler found for uri/,
    code: 'RCTL_API_MISSING',
    cause: ({ request }) => `This cluster does not know ${request}.`,
    remedy: 'The plugin that serves it is not installed, or this version is too old for it.',
    samples: [heard('2.19.1, 3.6.0', '400', 'no handler found for uri [/_plugins/_nope] and method [GET]')],
  },
  {
    said: /(?:index \[(?<index>[^\]]+)\] )?blocked by: \[.*flood-stage/s,
    code: 'RCTL_DISK_FULL',
    cause: ({ index }) =>
      `${index === undefined ? 'The cluster' : `Index ${index}`} takes no writes: the disk of a data node is fuller than the flood-stage watermark.`,
    remedy:
      'Free disk space, or raise cluster.routing.allocation.disk.watermark.*. The block is then lifted by itself.',
    samples: [
      unheard(
        '3.6.0',
        '429 cluster_block_exception',
        'index [products] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
      ),
    ],
  },
  {
    said: /index \[(?<index>[^\]]+)\] blocked by: \[(?<block>.*?)\];?$/s,
    code: 'RCTL_BLOCKED',
    cause: 'Index {index} is blocked: {block}.',
    remedy: 'Lift the block (index.blocks.* in `GET /{index}/_settings`), and then try again.',
    samples: [
      heard(
        '2.19.1, 3.6.0',
        '403 cluster_block_exception',
        'index [products] blocked by: [FORBIDDEN/8/index write (api)];',
      ),
    ],
  },
  {
    said: /blocked by: \[(?<block>.*?)\];?$/s,
    code: 'RCTL_BLOCKED',
    cause: 'The cluster is blocked: {block}.',
    remedy: 'Wait until the cluster has a manager and has recovered its state; see `GET /_cluster/health`.',
    samples: [
      unheard(
        '3.6.0',
        '503 cluster_block_exception',
        'blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];',
      ),
    ],
  },
  {
    said: /would add \[(?<added>\d+)\] total (?:\w+ )?shards, but this cluster currently has \[(?<held>\d+)\]\/\[(?<most>\d+)\]/,
    code: 'RCTL_SHARD_LIMIT',
    cause: 'The cluster holds {held} shards of at most {most}, and {request} would add {added}.',
    remedy:
      'Delete indices that nobody needs, give the index fewer shards (settings.number_of_shards), or raise cluster.max_shards_per_node.',
    samples: [
      heard(
        '3.6.0',
        '400 validation_exception',
        'Validation Failed: 1: this action would add [1024] total LOCAL_ONLY shards, but this cluster currently has [41]/[1000] maximum LOCAL_ONLY shards open;',
      ),
      heard(
        '2.19.1',
        '400 validation_exception',
        'Validation Failed: 1: this action would add [1024] total shards, but this cluster currently has [14]/[1000] maximum shards open;',
      ),
    ],
  },
  {
    said: /version conflict(?:, (?:required seqNo|document already exists|current version)| updating \S+ in index)/i,
    code: 'RCTL_CONFLICT',
    cause: 'Somebody else wrote the same document at the same moment ({request}): {reason}',
    remedy: 'Apply again: what is there now is read first.',
    samples: [
      heard(
        '2.19.1, 3.6.0',
        '409 version_conflict_engine_exception',
        '[a1]: version conflict, required seqNo [165], primary term [1]. current document has seqNo [166] and primary term [1]',
      ),
      heard(
        '2.19.1, 3.6.0',
        '409 version_conflict_engine_exception',
        '[a1]: version conflict, document already exists (current version [1])',
      ),
      heard('3.6.0', 'task', 'Document version conflict updating a1 in index .plugins-ml-model'),
    ],
  },
];

/** What the class or the status alone tells. */
export const BY_STATUS: readonly Rule[] = [
  {
    status: [413],
    code: 'RCTL_TOO_LARGE',
    cause: 'The body of {request} is larger than the server, or a proxy before it, takes.',
    remedy: 'Raise http.max_content_length of the cluster (100 MB by default), or the limit of the proxy.',
    samples: [unheard('3.6.0', '413', '')],
  },
  {
    status: [405, 406],
    code: 'RCTL_API_MISMATCH',
    cause: 'The server does not take {request} in this form: {reason}',
    remedy:
      'A proxy may have changed the method or the content type; else this version of OpenSearch is not supported.',
    samples: [
      heard(
        '2.19.1, 3.6.0',
        '405',
        'Incorrect HTTP method for uri [/_cluster/health] and method [PUT], allowed: [GET]',
      ),
      heard('2.19.1, 3.6.0', '406', 'Content-Type header [application/octet-stream] is not supported'),
    ],
  },
  {
    status: [429],
    type: 'circuit_breaking_exception',
    code: 'RCTL_OVERLOADED',
    cause: 'The heap of a node has no room for {request}: {reason}',
    remedy:
      'Nothing was changed by this request. Give the nodes more heap (-Xmx), or apply again with a lower --parallelism when the cluster has less to do.',
    samples: [
      heard(
        '3.6.0',
        '429 circuit_breaking_exception',
        '[parent] Data too large, data for [<http_request>] would be [2060133248/1.9gb], which is larger than the limit of [2040109465/1.8gb]',
      ),
    ],
  },
  {
    status: [429],
    code: 'RCTL_OVERLOADED',
    cause: 'The cluster has no room for {request}: {reason}',
    remedy:
      'Nothing was changed by this request. Apply again when the cluster has less to do, or give it more.',
    samples: [
      unheard(
        '2.19 to 3.8',
        '429 rejected_execution_exception',
        'rejected execution of coordinating operation [coordinating_and_primary_bytes=100, max_coordinating_and_primary_bytes=1]',
      ),
    ],
  },
  {
    status: [503],
    said: /^(?!a web page)/,
    failure: 'connection',
    code: 'RCTL_UNAVAILABLE',
    cause: '{shown} answers {request} with 503: {reason}.',
    remedy: 'A node is starting or the cluster has no manager: see `GET /_cluster/health`, and try again.',
    samples: [
      unheard(
        '3.6.0',
        '503 cluster_manager_not_discovered_exception',
        'cluster manager not discovered or elected yet',
      ),
    ],
  },
  {
    status: [502, 503, 504],
    failure: 'connection',
    code: 'RCTL_UNAVAILABLE',
    cause: '{shown} answers {request} with {status}.',
    remedy: 'A proxy or load balancer before the cluster reaches no node: see whether the nodes are up.',
    samples: [
      unheard('nginx', '502', 'a web page, of a proxy perhaps'),
      unheard('nginx', '503', 'a web page, of a proxy perhaps'),
    ],
  },
  {
    status: [300, 301, 302, 303, 307, 308],
    failure: 'connection',
    code: 'RCTL_REDIRECTED',
    cause: ({ shown, reason = '' }) =>
      `${shown} redirects${reason === '' ? '' : ` to ${reason}`}, which an OpenSearch never does.`,
    remedy: 'Give the address of the cluster itself.',
    samples: [unheard('nginx', '301', 'https://search.example/')],
  },
];
