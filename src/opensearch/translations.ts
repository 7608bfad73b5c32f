import { refusedByAws } from './aws-refusals.ts';
import { missingPermissions } from './permissions.ts';
import { proxyWantsCredentials } from './proxy-failures.ts';
import type { Refusal, Translate, Translation } from './translation.ts';
import { unauthorized } from './unauthorized.ts';

const proxyCredentials: Translate = ({ status, endpoint }) =>
  status === 407 && endpoint.proxy !== undefined
    ? { failure: 'connection', ...proxyWantsCredentials(endpoint.proxy) }
    : undefined;

/** A missing permission, or none at all (`[]`) for a protected index. */
const forbidden: Translate = ({ status, type, reason, request, endpoint }) => {
  // The profile API of ML Commons answers 500 to whoever may not ask it (2.19.1).
  const profile = status === 500 && reason.includes('no permissions for [');
  if (!profile && (status !== 403 || type !== 'security_exception')) return undefined;
  const missing = missingPermissions(reason);
  const permissions = missing?.permissions ?? '';
  const user = missing?.user ?? endpoint.username ?? 'the anonymous user';
  const base = { failure: 'connection', code: 'RCTL_FORBIDDEN' } as const;
  if (permissions === '') {
    return {
      ...base,
      message: `User ${user} may not do ${request}: ${reason}`,
      remedy: 'This index or API is protected: only the plugin that owns it may write here.',
    };
  }
  return {
    ...base,
    message: `User ${user} lacks the permission ${permissions} that ${request} needs.`,
    remedy: permissions.includes('cluster:admin/opensearch/ml/')
      ? `Map ${user} to the role ml_full_access, or to a role that has ${permissions}.`
      : `Map ${user} to a role that has ${permissions}.`,
  };
};

/** The access control of ML Commons is a family of its own: 403 `status_exception`, or 400. */
const notYours: Translate = ({ status, reason, request, endpoint }) => {
  if (status !== 403 && status !== 400) return undefined;
  const owner = 'Only owner or admin can update access control data';
  if (!/(doesn't|don't) have (the )?(privilege|permission)s? to /.test(reason) && !reason.includes(owner)) {
    return undefined;
  }
  return {
    failure: 'connection',
    code: 'RCTL_FORBIDDEN',
    message: `User ${endpoint.username ?? '(anonymous)'} has no access to what ${request} is about: ${reason}`,
    remedy:
      'Model access control is on: ask the owner of the model group to share it with a backend role of this user.',
  };
};

/** What is wrong with the backend roles of a group or connector, seen from this user (2.19.1). */
const backendRoles: Translate = ({ status, reason, endpoint }) => {
  if (status !== 400 || !/backend roles?/i.test(reason)) return undefined;
  return {
    code: 'RCTL_BACKEND_ROLES',
    message: `The cluster refuses these backend roles to user ${endpoint.username ?? '(anonymous)'}: ${reason}`,
    remedy:
      'A user shares with backend roles of its own; an admin names them (`backend_roles`), because all of an admin’s would be everybody’s.',
  };
};

const indexAbsent: Translate = ({ type, reason }) =>
  type === 'index_not_found_exception'
    ? {
        code: 'RCTL_INDEX_NOT_FOUND',
        message: `There is ${reason.replace(/^no such index/, 'no index')} in this cluster.`,
        remedy: 'Create it, or declare it as an Index beside what needs it.',
      }
    : undefined;

const apiMissing: Translate = ({ status, reason, request }) =>
  status < 500 && reason.includes('no handler found for uri')
    ? {
        code: 'RCTL_API_MISSING',
        message: `This cluster does not know ${request}.`,
        remedy: request.includes('/_plugins/_ml')
          ? 'Install the plugin opensearch-ml on every node; the model APIs come with it.'
          : 'The plugin that serves it is not installed, or this version is too old for it.',
      }
    : undefined;

/** `index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, …];` */
const blocked: Translate = ({ type, reason }) => {
  if (type !== 'cluster_block_exception' && !reason.includes('blocked by: [')) return undefined;
  const index = /index \[([^\]]+)\] blocked by/.exec(reason)?.[1];
  const why = /blocked by: \[(.*?)\];?$/s.exec(reason)?.[1] ?? reason;
  const what = index === undefined ? 'The cluster' : `Index ${index}`;
  if (reason.includes('flood-stage')) {
    return {
      code: 'RCTL_DISK_FULL',
      message: `${what} takes no writes: the disk of a data node is fuller than the flood-stage watermark.`,
      remedy:
        'Free disk space, or raise cluster.routing.allocation.disk.watermark.*. The block is then lifted by itself.',
    };
  }
  return {
    code: 'RCTL_BLOCKED',
    message: `${what} is blocked: ${why}.`,
    remedy:
      index === undefined
        ? 'Wait until the cluster has a manager and has recovered its state; see `GET /_cluster/health`.'
        : `Lift the block (index.blocks.* in \`GET /${index}/_settings\`), and then try again.`,
  };
};

const tooLarge: Translate = ({ status, request }) =>
  status === 413
    ? {
        code: 'RCTL_TOO_LARGE',
        message: `The body of ${request} is larger than the server, or a proxy before it, takes.`,
        remedy:
          'Raise http.max_content_length of the cluster (100 MB by default), or the limit of the proxy.',
      }
    : undefined;

const wrongMethod: Translate = ({ status, reason, request }) =>
  status === 405 || status === 406
    ? {
        code: 'RCTL_API_MISMATCH',
        message: `The server does not take ${request} in this form: ${reason}`,
        remedy:
          'A proxy may have changed the method or the content type; else this version of OpenSearch is not supported.',
      }
    : undefined;

const overloaded: Translate = ({ status, reason, request }) =>
  status === 429
    ? {
        code: 'RCTL_OVERLOADED',
        message: `The cluster has no room for ${request}: ${reason}`,
        remedy:
          'Nothing was changed by this request. Apply again when the cluster has less to do, or give it more.',
      }
    : undefined;

const unavailable: Translate = ({ status, reason, request, endpoint }) => {
  if (status !== 502 && status !== 503 && status !== 504) return undefined;
  const proxied = status !== 503 || reason.startsWith('a web page');
  return {
    failure: 'connection',
    code: 'RCTL_UNAVAILABLE',
    message: `${endpoint.shown} answers ${request} with ${status}${proxied ? '' : `: ${reason}`}.`,
    remedy: proxied
      ? 'A proxy or load balancer before the cluster reaches no node: see whether the nodes are up.'
      : 'A node is starting or the cluster has no manager: see `GET /_cluster/health`, and try again.',
  };
};

const redirected: Translate = ({ status, reason, endpoint }) =>
  status >= 300 && status < 400
    ? {
        failure: 'connection',
        code: 'RCTL_REDIRECTED',
        message: `${endpoint.shown} redirects${reason === '' ? '' : ` to ${reason}`}, which an OpenSearch never does.`,
        remedy: 'Give the address of the cluster itself.',
      }
    : undefined;

/** What a service behind a connector answered, with the status that it gave: also 401, which is none of ours. */
const remoteService: Translate = ({ reason, request }) =>
  /Error from remote service:/i.test(reason)
    ? {
        failure: 'server',
        code: 'RCTL_REMOTE_REFUSED',
        message: `The service behind a connector answered with an error to ${request}: ${reason}`,
        remedy: 'A refused key is the `credential` of the Connector, a wrong request its `request_body`.',
      }
    : undefined;

/** The order matters: what is known exactly comes before what only the status tells. */
const TRANSLATIONS: readonly Translate[] = [
  remoteService,
  proxyCredentials,
  refusedByAws,
  unauthorized,
  forbidden,
  notYours,
  backendRoles,
  indexAbsent,
  apiMissing,
  blocked,
  tooLarge,
  wrongMethod,
  overloaded,
  unavailable,
  redirected,
];

function inGeneral({ status, type, reason, request }: Refusal): Translation {
  const said = [type, reason].filter((text) => text !== '').join(': ') || 'no reason given';
  return status < 500
    ? { code: 'RCTL_REQUEST_REJECTED', message: `The server refused ${request} (${status}): ${said}` }
    : {
        code: 'RCTL_SERVER_FAILED',
        message: `The server failed on ${request} (${status}): ${said}`,
        remedy: 'The log of the cluster says more.',
      };
}

/** What a refusal means and what to do about it, as far as that is the same for every kind of resource. */
export function translate(refusal: Refusal): Translation {
  for (const translation of TRANSLATIONS) {
    const found = translation(refusal);
    if (found !== undefined) return found;
  }
  return inGeneral(refusal);
}
