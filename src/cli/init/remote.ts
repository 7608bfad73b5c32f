import type { Draft } from './document.ts';
import type { Reranker } from './questions.ts';

export type RemoteReranker = Extract<Reranker, 'cohere' | 'bedrock' | 'sagemaker'>;

interface Wanted {
  /** The model, or the endpoint. */
  readonly model: string;
  readonly region: string;
}

/** The environment variables that the credentials of a service come from. */
export const SECRETS: Readonly<Record<RemoteReranker, readonly string[]>> = {
  cohere: ['COHERE_KEY'],
  bedrock: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  sagemaker: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
};

const SIGNED = {
  version: '1',
  protocol: 'aws_sigv4',
  credential: {
    access_key: { $env: 'AWS_ACCESS_KEY_ID' },
    secret_key: { $env: 'AWS_SECRET_ACCESS_KEY' },
  },
};

const ABOUT_SIGNED = [
  'With temporary credentials, also: session_token: { $env: AWS_SESSION_TOKEN }',
  'On Amazon OpenSearch Service, in the place of all three: roleArn: arn:aws:iam::…',
];

const PREDICT = { action_type: 'predict', method: 'POST' };

export function connectorOf(reranker: RemoteReranker, name: string, wanted: Wanted): Draft {
  return {
    kind: 'Connector',
    name: reranker,
    spec: { name, ...SPECS[reranker](wanted) },
    about: [
      'What stands in ${…} is put in by the server. plan says so where the cluster does not trust the url.',
      ...(reranker === 'cohere' ? [] : ABOUT_SIGNED),
    ],
  };
}

const SPECS: Readonly<Record<RemoteReranker, (wanted: Wanted) => object>> = {
  cohere: ({ model }) => ({
    version: '1',
    protocol: 'http',
    credential: { cohere_key: { $env: 'COHERE_KEY' } },
    parameters: { model },
    actions: [
      {
        ...PREDICT,
        url: 'https://api.cohere.ai/v1/rerank',
        headers: { Authorization: 'Bearer ${credential.cohere_key}' },
        request_body:
          '{ "documents": ${parameters.documents}, "query": "${parameters.query}", "model": "${parameters.model}", "top_n": ${parameters.top_n} }',
        pre_process_function: 'connector.pre_process.cohere.rerank',
        post_process_function: 'connector.post_process.cohere.rerank',
      },
    ],
  }),
  bedrock: ({ model, region }) => ({
    ...SIGNED,
    parameters: { service_name: 'bedrock', region, model_id: model },
    actions: [
      {
        ...PREDICT,
        url: 'https://bedrock-agent-runtime.${parameters.region}.amazonaws.com/rerank',
        headers: { 'x-amz-content-sha256': 'required', 'content-type': 'application/json' },
        request_body: `{
  "queries": \${parameters.queries},
  "rerankingConfiguration": {
    "bedrockRerankingConfiguration": {
      "modelConfiguration": {
        "modelArn": "arn:aws:bedrock:\${parameters.region}::foundation-model/\${parameters.model_id}"
      }
    },
    "type": "BEDROCK_RERANKING_MODEL"
  },
  "sources": \${parameters.sources}
}
`,
        pre_process_function: 'connector.pre_process.bedrock.rerank',
        post_process_function: 'connector.post_process.bedrock.rerank',
      },
    ],
  }),
  sagemaker: ({ model, region }) => ({
    ...SIGNED,
    parameters: { service_name: 'sagemaker', region },
    actions: [
      {
        ...PREDICT,
        url: `https://runtime.sagemaker.\${parameters.region}.amazonaws.com/endpoints/${model}/invocations`,
        headers: { 'content-type': 'application/json' },
        request_body: '{ "inputs": ${parameters.inputs} }',
        // Painless. The server has escaped the texts by then: they stand between quotation marks as they are.
        pre_process_function: `StringBuilder pairs = new StringBuilder();
for (def passage : params.text_docs) {
  if (pairs.length() > 0) { pairs.append(','); }
  pairs.append('{"text":"').append(params.query_text);
  pairs.append('","text_pair":"').append(passage).append('"}');
}
return '{"parameters":{"inputs":[' + pairs + ']}}';
`,
        post_process_function: `StringBuilder tensors = new StringBuilder();
for (def item : params.result) {
  if (tensors.length() > 0) { tensors.append(','); }
  tensors.append('{"name":"similarity","data_type":"FLOAT32","shape":[1],"data":[');
  tensors.append(item.score).append(']}');
}
return '[' + tensors + ']';
`,
      },
    ],
  }),
};
