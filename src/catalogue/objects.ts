import type { Codes } from './meaning.ts';

/** Indices, documents, aliases, templates, pipelines, settings, and what an export tells of them. */
export const OBJECTS: Codes = {
  RCTL_BACKEND_ROLES:
    'Backend roles say who may use what is restricted. The manifest contradicts itself, or the user does not have the roles that it names.',
  RCTL_ALIAS_CLOSED_INDEX:
    'A filter is parsed with the mapping of each index, which a closed one cannot give. Open it, or leave it out of the alias.',
  RCTL_ALIAS_FILTER:
    'The filter is a query, as in a search. The server parses it against the mapping of every index of the alias.',
  RCTL_ALIAS_INDEX_TWICE:
    'One index stands twice among the indices of the alias; each can be there once, with one filter and one routing.',
  RCTL_ALIAS_NAME:
    'Alias names are lower case, without spaces and , " * \\ < | > / ?, and are the name of no index.',
  RCTL_ALIAS_ROUTING:
    'A write goes to one shard, so index_routing is one value. Only search_routing may be a list.',
  RCTL_ALIAS_TWICE:
    'An index template puts every new index into this alias, and an apply of the Alias would take it out again. Say it in one of the two.',
  RCTL_ALIAS_WRITE_INDEX:
    'An alias of several indices names the one that takes writes with write_index; is_write_index is for an alias of one.',
  RCTL_COMPONENT_TEMPLATE_MISSING:
    'composed_of names a component template that the cluster does not have. rerankctl does not make them; create it first.',
  RCTL_EXPORT_AMBIGUOUS:
    'Several connectors have one name, and a manifest knows a connector by it. Rename them, then export again.',
  RCTL_EXPORT_DOCUMENTS:
    'The documents of an index could not be written as SeedData, for the reason told (custom routing, no _source). Its manifest was.',
  RCTL_EXPORT_FIELDS: 'The live model has fields that an upload loses, so its manifest goes without them.',
  RCTL_EXPORT_FOLDER: 'The folder given by --to cannot be made or written to.',
  RCTL_EXPORT_INEXACT:
    'Whole numbers beyond 2^53 cannot be kept by a JSON reader; in the exported documents they are rounded. Keep them as text in the index, if they are identifiers.',
  RCTL_EXPORT_LEFT_OUT:
    'There is no manifest that would say just what the cluster holds here, so it was left out rather than told wrong.',
  RCTL_EXPORT_MODEL:
    'This model cannot be put into a manifest, for the reason told: it is hidden, unfinished, or its parts are missing.',
  RCTL_EXPORT_NO_CONTENT:
    'The content of the model could not be read back from its chunks (with the security plugin nobody may). Its manifest holds the hash; put the zip beside it.',
  RCTL_EXPORT_NO_FILES: 'Documents are files beside the manifests. Give --to FOLDER with --with-data.',
  RCTL_EXPORT_PARTLY_DEPLOYED:
    'Only some of the nodes hold the model. A manifest says that it is to be deployed, so a plan will want that.',
  RCTL_EXPORT_RAW_NAME:
    'The exported manifest names an object that is not part of this export by its ID or name. Export that too, and it becomes a reference.',
  RCTL_INDEX_EXISTS:
    'The index was made between the plan and its step, by somebody or by a late request. If it is as declared it is taken over; this one is not.',
  RCTL_IMPORT_FIELD:
    'An input of a step of the template has no field in a manifest, so it was left out. The message names it; nothing else of the step is lost.',
  RCTL_IMPORT_LEFT_OUT:
    'A step of the template has no counterpart in manifests, for the reason told. docs/migration-flow-framework.md lists all types of steps and what becomes of them.',
  RCTL_IMPORT_RAW_ID:
    'The template names an object by the ID that one cluster gave it. Declare that object too, and put {$ref: Kind/name} in the place of the ID.',
  RCTL_IMPORT_SECRET:
    'A secret of the template becomes an environment variable, which the manifest names. Where the template holds it in plain text, whoever could read the template knows it: give out a new one.',
  RCTL_IMPORT_TEMPLATE:
    'The file is no template of the flow-framework plugin: a document with workflows.provision.nodes, each with id and type.',
  RCTL_IMPORT_VARIABLE:
    'A variable of the template stands where a manifest has no place for one, such as the name of an index. Give its value with --var NAME=VALUE when importing.',
  RCTL_INDEX_GONE:
    'The index was deleted, or made anew by somebody, between the plan and its step. Plan again.',
  RCTL_INDEX_IMMUTABLE:
    'OpenSearch changes this setting or mapping only in a new index. lifecycle.rollout: reindex makes one, fills and measures it, and swaps the name; without it the change is refused, because it would mean deleting data.',
  RCTL_INDEX_NAME:
    'Index names are lower case, without spaces and , " * \\\\ < | > / ? #, do not begin with - _ + and are at most 255 bytes long.',
  RCTL_INDEX_NOT_FOUND:
    'A request names an index that is not there. Declare it as an Index, or create it first.',
  RCTL_INDEX_UNAVAILABLE:
    'The index exists, and its documents cannot be read: it is closed, or no copy of a shard is on a node that runs. GET _cat/shards tells.',
  RCTL_MAPPING_INVALID:
    'The mapping, or an analyzer that it needs, is not as OpenSearch wants it; the message names the field. Types such as knn_vector come with plugins.',
  RCTL_MAPPING_LIMIT:
    'index.mapping.total_fields.limit (1000) bounds the fields of an index, those below objects and multi-fields counted. Dynamic mapping is what reaches it mostly.',
  RCTL_NAME_IS_ALIAS:
    'An index and an alias share one set of names. Delete or rename the alias, or declare it as an Alias.',
  RCTL_NAME_IS_INDEX: 'An alias cannot have the name of an index. Rename one of the two.',
  RCTL_PIPELINE_FIELD:
    'A search pipeline has description, version, request_processors, response_processors and phase_results_processors, and no _meta.',
  RCTL_PIPELINE_MISSING:
    'A request or index.search.default_pipeline names a search pipeline that is not there. The server lets both be set, and lets a pipeline in use be deleted; searches fail from then on.',
  RCTL_PLUGIN_MISSING:
    'The plugin is not on every node of the cluster, and what brings it into play would be refused. Install it everywhere and restart; a node without it is enough to lack it.',
  RCTL_PROCESSOR_FIELD:
    'The processor has no such parameter; the server parses ingest processors strictly. Its page in the documentation lists them.',
  RCTL_PROCESSOR_UNKNOWN:
    'The nodes of this cluster have no processor of this type for this place: a slip, a missing plugin, or a later version. Request, response and phase results processors are three lists.',
  RCTL_RERANK_FIELD:
    'Reranking by a field needs a JSON number at that place in the _source of every hit. One document without it fails the whole search.',
  RCTL_RERANK_QUERY_TEXT:
    'A rerank processor must be told what to rerank by, in ext.rerank.query_context. Where its pipeline is the default of an index, whatever does not say so fails: _count, _reindex, _update_by_query, a search without body. `?search_pipeline=_none` leaves it out.',
  RCTL_RERANK_SIZE: 'Rerank processors fail on a search that matches and returns no hit (size: 0, _count).',
  RCTL_RERANK_TOTAL_HITS:
    'The rerank processor reads the number of hits, which track_total_hits: false leaves out (2.19.1, 3.6.0).',
  RCTL_ROLLOUT_COPY_FAILED:
    'Documents of the old index do not fit the mapping of the new one. Searches go on in the old one, and nothing was swapped. Mend the documents or the mapping, and apply again.',
  RCTL_ROLLOUT_COPY_LOST:
    'The node that copied was restarted. Apply again: the copy is begun anew, into another index.',
  RCTL_ROLLOUT_COUNT:
    'After the copy the two indices hold different numbers of documents, so the name was not swapped. Writes that come meanwhile are blocked; an ingest pipeline that drops documents makes such a difference.',
  RCTL_ROLLOUT_GONE: 'Somebody deleted the new index while it was filled. Apply again.',
  RCTL_ROLLOUT_NO_SOURCE:
    'The old index does not keep the whole _source, so its documents cannot be copied. Fill a new index from where they come from.',
  RCTL_ROLLOUT_WRITTEN:
    'Documents were written while writes were blocked, so somebody lifted the block; they might be missing from the copy. Apply again.',
  RCTL_SEARCH_PARTIAL:
    'Some shards of the index did not answer, and half of a truth is none. Wait until the index is green again.',
  RCTL_SEARCH_WINDOW:
    'A search returns at most index.max_result_window hits (10,000). For reranking a few hundred are a lot already.',
  RCTL_SEED_ANSWER:
    'The answer of _bulk does not fit what was sent: a proxy or another service answered. Nothing is taken for written.',
  RCTL_SEED_BULK_FORMAT:
    'The file is in the format of _bulk, with an action line before each document. SeedData takes the documents alone, one a line.',
  RCTL_SEED_CHANGED:
    'The files were written to while they were read, so it is not known what was seeded. Apply again when they are done.',
  RCTL_SEED_DOCUMENT:
    'A document is a JSON object, and has what its `id_field` names. The message has file and line.',
  RCTL_SEED_DUPLICATE_ID:
    'Two documents have the same _id, and the second would overwrite the first. With `id_field`, choose a field that is unique.',
  RCTL_SEED_FILE_TYPE: 'Documents are in .ndjson or .jsonl files, which may be packed as .gz.',
  RCTL_SEED_INDEX_MISSING:
    'There is no such index, and _bulk would make one with guessed mappings. Declare the Index, and refer to it.',
  RCTL_SEED_NO_FILE:
    'A pattern of `files` matches nothing. Patterns are relative to the folder of the manifest.',
  RCTL_SEED_OVERLOADED:
    'The cluster kept refusing these documents with 429, after several pauses. Apply again when it has less to do: only what is missing is sent.',
  RCTL_SEED_PIPELINE_MISSING:
    'default_pipeline or final_pipeline of the index names an ingest pipeline that is not there, so every document is refused.',
  RCTL_SEED_REJECTED:
    'The server refused documents, each told with its file, line and reason; all others are written. Mostly a field does not fit its mapping.',
  RCTL_SEED_SOURCE: 'A SeedData has `documents` or `files`, one of the two.',
  RCTL_SEED_UNREADABLE: 'A file of documents cannot be read: permissions, or a .gz that is none.',
  RCTL_SETTING_FIXED: 'The setting is read when a node starts. It belongs into opensearch.yml.',
  RCTL_SETTING_ORDER:
    'Something in this plan needs the setting, and no reference says that the setting comes first. Add metadata.depends_on.',
  RCTL_SETTING_SECRET:
    'Whoever may read the settings of a cluster may read this value. Secure settings belong into the keystore of the nodes.',
  RCTL_SETTING_TWICE: 'Two ClusterSettings set the same thing, and the later one would win. Say it once.',
  RCTL_SETTING_UNKNOWN: 'The cluster has no such setting: a slip, a missing plugin, or another version.',
  RCTL_SETTING_VALUE: 'The setting does not take this value; the reason is the server’s.',
  RCTL_TEMPLATE_CONFLICT:
    'Two index templates would apply to the same names with the same priority, and the server could not choose. Change a priority or a pattern.',
  RCTL_TEMPLATE_IN_USE: 'Data streams were made by this template and need it. Delete them first, or keep it.',
};
