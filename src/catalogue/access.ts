import type { Codes } from './meaning.ts';

/** How we say who we are, the way to the cluster, and the file that says both. docs/connecting.md has all of it. */
export const ACCESS: Codes = {
  RCTL_AWS_CREDENTIALS:
    'The AWS SDK found no credentials in any place that it looks in: variables, profiles, SSO, web identity, the container or instance. `aws sts get-caller-identity` looks in the same places.',
  RCTL_AWS_REFUSED:
    'The gate of AWS before the cluster refused the request: a signature with other keys, another region or service, an expired session, or an identity that no policy allows. The cluster itself was not asked.',
  RCTL_AWS_SDK_MISSING:
    'Credentials of AWS are found by its own SDK, which is large and comes with rerankctl only where it is installed beside it: npm install @aws-sdk/credential-providers, in the same place (-g for a global rerankctl).',
  RCTL_CLIENT_CERT:
    'The client certificate cannot be used: its file is not there or no PEM, it has expired, its key is not given, or the URL is http. The server was not asked.',
  RCTL_CLIENT_KEY:
    'The key of the client certificate cannot be used: its file is not there or no PEM, it belongs to another certificate, or it is encrypted and the passphrase is missing or wrong.',
  RCTL_CONFIG_NOT_FOUND: 'The file that --config names is not there, or this user may not read it.',
  RCTL_CONFIG_SECRET:
    'rerankctl.yaml is made to be committed, so it holds no password, token or key. It names a file (password_file, token_file) or an environment variable (password_env, token_env). What was committed is to be renewed.',
  RCTL_CREDENTIALS_CONFLICT:
    'Two ways to say who we are were given, and one would silently win: a user, a token, signatures for AWS. The message names both with their origins; often one is a variable that was left over.',
  RCTL_INVALID_CONFIG:
    'rerankctl.yaml is not valid; each error has its line. `rerankctl explain config` shows the fields. Lines of this file are never printed, because they may hold what should not be there.',
  RCTL_PROFILE_OVERRIDDEN:
    'A profile was chosen, and OPENSEARCH_URL in the environment goes before its url. Whatever the profile says of user and password is sent to that other cluster.',
  RCTL_PROFILE_UNKNOWN:
    'rerankctl.yaml has no such profile, or there is no such file: it is looked for in the working folder and above it, up to the root of the git repository.',
  RCTL_PROXY_AUTH:
    'The proxy answered 407: it wants a user and a password, or others. They stand in the URL of the proxy, percent-encoded, and best in HTTPS_PROXY, because flags can be read by every process.',
  RCTL_PROXY_INVALID:
    'The URL of a proxy has a host and a port: http://proxy.example.com:3128. Only http and https proxies are known.',
  RCTL_PROXY_REFUSED:
    'The proxy was reached and does not open a way to the cluster: its rules forbid this host or port (403), or it finds the cluster as little as we do (502, 503, 504).',
  RCTL_PROXY_UNREACHABLE:
    'The proxy itself is not there, or its certificate is not trusted. HTTPS_PROXY may be left over; hosts that need no proxy belong into NO_PROXY.',
  RCTL_SECRET_FILE_MODE:
    'A file that holds a password, a token or a key can be read by others on this machine. chmod 600 makes it yours alone. It is a warning: secrets that a container mounts often look so.',
  RCTL_SECRET_MISSING:
    'A password, token or passphrase was to come from a variable that is not set or from a file that is empty. In CI it is usually a secret that the job was not given.',
  RCTL_TLS_CLIENT_CERT:
    'The server ended the TLS handshake because of the client certificate: it wants one, or does not trust the CA that signed ours. --client-cert and --client-key give it.',
  RCTL_TLS_UNCHECKED:
    'The certificate of the cluster is not checked, so anybody on the way can pretend to be it, and gets the password. Said with every run, so that it is not forgotten in a pipeline.',
  RCTL_TOKEN_INVALID:
    'A bearer token is one word of visible ASCII. The file or variable holds something else: more lines, the word Bearer, or nothing.',
};
