import type { Codes } from './meaning.ts';

/** What is wrong with manifests before any cluster is asked. */
export const MANIFESTS: Codes = {
  RCTL_API_VERSION:
    'Every manifest says `apiVersion: rerankctl/v1`, so that a later format can be told from this one. Write just that; it is no version of OpenSearch.',
  RCTL_DIRECTIVE_OPERAND:
    'A directive ($ref, $env, $file, $var, $join) was given a value of the wrong type: an address, a name, a path, a name, a list of texts. `rerankctl explain Kind.field` shows an example where one belongs.',
  RCTL_DUPLICATE_ADDRESS:
    'Kind and metadata.name together are the address under which the state keeps a resource, so there can be only one. Two files may hold copies of the same manifest; rename or delete one.',
  RCTL_ENV_MISSING:
    'A manifest takes a value from the environment ({$env: NAME}) and the variable is not set, or is empty. In CI it is usually a secret that the job was not given. `validate` needs it as well.',
  RCTL_FIELD_DROPPED:
    'The server takes this field for this kind of model and loses it: the last chunk of an upload rewrites the document, and a pretrained model takes its own from the publisher. Leave it out, or register from a URL.',
  RCTL_FIELD_TOO_NEW:
    'The field is known to servers from a later version on. ML Commons and neural-search lose what they do not know without a word, so it is refused here. `validate --for-version` checks it without a cluster.',
  RCTL_FILES_IN_THE_WAY:
    '`init` and `import` overwrite nothing. Files of the names that they would write are there already, perhaps from an earlier run: name another folder, or move them away.',
  RCTL_FILE_ENCODING:
    'Manifests are UTF-8. An editor on Windows may have saved UTF-16 or Latin-1: save it again as UTF-8.',
  RCTL_FILE_MISSING:
    'A file that a manifest names ({$file: path}) is not there. Paths are relative to the folder of the manifest, not to where the command was started.',
  RCTL_FILE_NOT_FOUND:
    'What -f names does not exist. Paths on the command line are relative to the working folder; quote globs, so that the shell does not take them.',
  RCTL_FILE_NOT_TEXT:
    'A file taken in by {$file: path} becomes a text value: UTF-8, at most 10 MB. Models and documents have fields of their own (`file`, `files`).',
  RCTL_FILE_UNREADABLE:
    'The file is there, and this user may not read it, or it is a folder or a device. Check owner and mode.',
  RCTL_INVALID:
    'Verifications cannot be run as they are; each reason is told with it, at its place. Nothing was sent.',
  RCTL_INVALID_MANIFESTS:
    'All errors of all manifests are told in one run, each with file, line and column. Nothing was contacted. Mend them from the top: one misspelt field can cause several.',
  RCTL_INVALID_VALUE:
    'The value is of the right type and breaks a rule of its field: a pattern, a limit, a list of choices. `rerankctl explain Kind.field` tells which values may stand there.',
  RCTL_FOLDER_UNWRITABLE:
    'The folder that files were to be written to cannot be made or written to. Check the path, its permissions and the space on the disk.',
  RCTL_JOIN_REF:
    'An ID that is not known before the apply cannot be made part of a longer text. Let the reference stand alone as the whole value.',
  RCTL_LIFECYCLE_UNUSED:
    'This option of metadata.lifecycle is honoured by other kinds only; it would silently mean nothing here. `rerankctl explain metadata.lifecycle` tells which.',
  RCTL_MISSING_FIELD:
    'The field is required by OpenSearch, or by rerankctl for this kind. If it seems to be there, look at the indentation: it may belong to another level.',
  RCTL_MOVE_NAMED:
    'For this kind the name of the manifest is the name on the server, so a `moved_from` would have to rename the object, which OpenSearch cannot do. Use another address for the new one, and let the old one go.',
  RCTL_NOT_A_MANIFEST:
    'A file in the given folder is YAML or JSON of something else (a compose file, a workflow). Keep manifests in a folder of their own, or name the files one by one.',
  RCTL_NO_MANIFESTS:
    'Nothing that -f names is a YAML or JSON file. Only .yaml, .yml and .json are read in a folder; a pattern must be quoted for the shell.',
  RCTL_REF_CYCLE:
    'Each of these resources needs another one first, so none can be the first. One of the references (or `depends_on`) has to go.',
  RCTL_REF_INVALID:
    'A reference is `Kind/name`, as in `{$ref: ModelGroup/cross-encoders}`: the kind as it is written in manifests, and metadata.name.',
  RCTL_REF_KIND:
    'The field takes the ID of another kind: a model_id refers to a Model, a model_group_id to a ModelGroup.',
  RCTL_REF_NO_ID:
    'The kind that is referred to makes no object on the server (a Verification), so it has no ID. An order alone is said with metadata.depends_on.',
  RCTL_REF_SELF: 'A resource cannot need itself. Probably another name was meant.',
  RCTL_REF_UNKNOWN:
    'No manifest given here has this address. Give the folder that holds it as well (-f may be repeated), or correct the name.',
  RCTL_SECRET_LITERAL:
    'A secret stands in a manifest in plain text, so it would be in git for ever. Put it into a variable or a file ({$env: NAME}, {$file: path}) and change it at its issuer: it has been seen.',
  RCTL_SECRET_READABLE:
    'The server keeps this field readable for everybody who may read connectors. A secret belongs into `credential`, which it encrypts, and is named here as ${credential.key}.',
  RCTL_UNKNOWN_DIRECTIVE:
    'An object of one key that begins with $ is a directive; there are $ref, $env, $file, $var and $join. Placeholders of the API such as ${parameters.x} are text and go in quotes.',
  RCTL_UNKNOWN_FIELD:
    'The schema of this kind has no such field. ML Commons would drop it without a word, so it is an error here. `rerankctl explain Kind` lists the fields.',
  RCTL_UNKNOWN_KIND:
    'The kind is none that this rerankctl knows: `rerankctl explain` lists them. A newer manifest may need a newer rerankctl.',
  RCTL_VAR_MISSING:
    'A manifest takes a value from the command line ({$var: name}), and none was given: --var name=value.',
  RCTL_WRONG_TYPE:
    'The value has another type than the field wants. YAML reads `1.0` as a number and `yes` as a text; put a text in quotes, and leave them off a number.',
  RCTL_YAML_ALIAS_CYCLE:
    'A YAML alias (*name) leads back into itself, so it has no end. Write the value out once.',
  RCTL_ALIAS_BOMB:
    'YAML aliases repeat a value so often that the document grows beyond any use; a small file could fill the memory so. Write it without the nesting of aliases.',
  RCTL_YAML_DEPTH:
    'Values are nested deeper than any request of OpenSearch. Usually a generated file, or an alias, went wrong.',
  RCTL_YAML_DUPLICATE_KEY:
    'The same key stands twice in one mapping; most readers of YAML would take the second and forget the first. Delete one.',
  RCTL_YAML_NUMBER:
    'The number is larger than JSON readers keep exactly (2^53). Put it in quotes, if the field takes a text.',
  RCTL_YAML_SYNTAX:
    'The text is no YAML from here on. Common causes: a colon inside an unquoted text, a missing space after a colon, a list item that is not indented like the others.',
  RCTL_YAML_TAB: 'YAML is indented with spaces. An editor may be set to tabs for this type of file.',
  RCTL_YAML_TAG:
    'A YAML tag (!name) belongs to another tool. A directive of rerankctl is an object of one key: {$env: NAME}.',
};
