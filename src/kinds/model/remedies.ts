import { setting } from '../../opensearch/refusals/rule.ts';

export const URL_SETTING = 'plugins.ml_commons.allow_registering_model_via_url';
export const FILE_SETTING = 'plugins.ml_commons.allow_registering_model_via_local_file';
export const ML_NODE_SETTING = 'plugins.ml_commons.only_run_on_ml_node';

export const REMEDY = {
  url: `Allow it with: ${setting(URL_SETTING, true)}`,
  file: `Allow it with: ${setting(FILE_SETTING, true)}`,
  mlNode: `Add a node with the role ml, or let data nodes run models: ${setting(ML_NODE_SETTING, false)}`,
} as const;
