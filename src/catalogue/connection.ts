import type { Codes } from './meaning.ts';

/** Why a cluster cannot be reached, does not let us in, or does not do what it is asked. */
export const CONNECTION: Codes = {
  RCTL_API_MISMATCH:
    'The server has the API and does not take this method or content type. A proxy between may have changed it; otherwise this version is not supported.',
  RCTL_API_MISSING:
    'The cluster has no such API: a plugin is missing on the node that answered, or the version is too old. `rerankctl doctor` lists the plugins that every node has.',
  RCTL_AUTH:
    'The server did not accept who we say we are (401). OpenSearch answers an unknown user and a wrong password alike. A password with $ or ! may have been changed by the shell: give it in a file (--password-file). A token may have expired, or the cluster have no auth domain for it.',
  RCTL_BLOCKED:
    'The index or the cluster takes no writes: a block that somebody set, a cluster without manager, or one that is still recovering. GET _cluster/health and the index’s settings tell which.',
  RCTL_BUG:
    'rerankctl did not expect this. Run again with --debug and report what it says; it holds no secret. The state is safe: the next apply finishes what was begun.',
  RCTL_CANNOT_LISTEN:
    '`reconcile` answers probes and scrapes at --listen (127.0.0.1:9464), and something else has that port, or this user may not take it. Choose another; two loops on one machine need two.',
  RCTL_CA_FILE:
    'The file given by --ca-file (OPENSEARCH_CA_FILE) is not there, or holds no certificate in PEM format (-----BEGIN CERTIFICATE-----).',
  RCTL_CONNECTION_LOST:
    'The connection broke while a request was under way: the node was restarted, or a proxy closed it. What the server did with it is found out by the next run; apply again.',
  RCTL_DISK_FULL:
    'A data node’s disk is fuller than the flood-stage watermark (95 % by default), and OpenSearch has made its indices read-only. Free space; the block goes by itself. `rerankctl doctor` shows it before.',
  RCTL_FORBIDDEN:
    'The user is known and lacks a permission (403). The message names it as the security plugin does; put it into a role of this user. Model access control is a second gate: a private model group is for its owner’s backend roles.',
  RCTL_NOT_OPENSEARCH:
    'Something answers at this URL, and it is no OpenSearch: Elasticsearch, a dashboard, a proxy, or plain TCP. Check the port: 9200 is the API, 5601 the dashboards.',
  RCTL_NO_CLUSTER:
    'Nothing listens at this address. Is the cluster up, the port right, a tunnel open? `rerankctl dev up` starts a local one.',
  RCTL_NO_HOST: 'The host name cannot be resolved: a slip in --url, or a name that only the VPN knows.',
  RCTL_OVERLOADED:
    'The server kept answering 429 for half a minute: its queues or its memory are full. Nothing of this request was done. Apply again when it has less to do, or lower --parallelism.',
  RCTL_PASSWORD_MISSING:
    'A user was given without a password: --password-file PATH (or - for stdin), or OPENSEARCH_PASSWORD. There is no flag for the password itself, because flags can be read by every process.',
  RCTL_REDIRECTED:
    'The server redirects, mostly from http to https or to a login page. Give the URL where it ends; credentials are never sent along a redirect.',
  RCTL_REQUEST_REJECTED:
    'The server refused a request for a reason that rerankctl has no better words for; its own are in the message. With a line of a manifest, look there first.',
  RCTL_SERVER_FAILED:
    'The server failed inside (500). ML Commons also says 500 for some wrong requests; its words are in the message, the stack trace in the log of the node.',
  RCTL_TIMEOUT:
    'The server took the request and did not answer in time (--request-timeout, 60 s). It may still be at it; the next run finds out what came of it.',
  RCTL_TLS_EXPIRED:
    'The certificate of the cluster is not valid now: expired, or not yet begun because a clock is wrong.',
  RCTL_TLS_FAILED:
    'The TLS handshake failed. The client and the server may share no version or cipher, or a proxy inspects TLS.',
  RCTL_TLS_HOSTNAME:
    'The certificate is for another host name than the one in --url. Use a name that it holds, rather than an IP address.',
  RCTL_TLS_NOT_SPOKEN:
    'The server speaks http, and the URL says https. Take http:// for a cluster without the security plugin.',
  RCTL_TLS_UNTRUSTED:
    'The certificate is signed by a private CA, or by itself. Give the PEM file of that CA with --ca-file.',
  RCTL_TOO_LARGE:
    'The body is larger than http.max_content_length (100 MB), or than what a proxy takes (413). A proxy with 1 MB, nginx’s default, refuses the chunks of a model.',
  RCTL_UNAVAILABLE:
    'The cluster, or a proxy for it, says that it is not ready (502, 503, 504): it starts, it has no manager, or the proxy finds no node.',
  RCTL_URL_INVALID:
    'A URL has a scheme and a host: http://localhost:9200. A password with @ or / in it must be percent-encoded, or better be given apart.',
  RCTL_USAGE:
    'The command line cannot be understood. `rerankctl COMMAND --help` shows its flags with an example.',
  RCTL_USER_MISSING:
    'A password was given without a user: OPENSEARCH_PASSWORD may be left over in the environment. Add --username, or unset it.',
  RCTL_VERSION_UNSUPPORTED:
    'rerankctl knows OpenSearch from 2.19 on; below, ML Commons lacks what reranking needs. `compatibility.override_main_response_version` makes a newer one say 7.10.2: switch it off.',
  RCTL_WAIT_TIMEOUT:
    'Something that was begun did not come to its end in time (--timeout for ML tasks, 600 s). It may still; apply again, and it is taken up where it stands.',
  RCTL_INTERRUPTED:
    'You stopped it (Ctrl-C, SIGTERM). What was begun is written down; the next apply finishes it.',
  RCTL_CONFLICT:
    'Two writes to one document met, and the server let one of them through. What the other one made is read by the next apply.',
  RCTL_SHARD_LIMIT:
    'A cluster holds at most cluster.max_shards_per_node (1000) shards for each data node, replicas counted, and refuses an index beyond that.',
};
