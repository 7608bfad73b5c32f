import { BOTH, heard, type Rule } from '../../opensearch/refusals/rule.ts';
import { ML_REFUSALS } from '../ml-commons.ts';

/** What the server says of model groups. */
export const GROUP_REFUSALS: readonly Rule[] = [
  ...ML_REFUSALS,
  {
    said: /already being used by a model group with ID: (?<id>[\w-]+)/i,
    code: 'RCTL_MODEL_GROUP_NAME_TAKEN',
    cause: 'The name is that of another model group, {id}, which you may not be able to see.',
    remedy: 'Give this ModelGroup another `name`, or ask the owner of that one to share it.',
    samples: [
      heard(
        BOTH,
        '400 illegal_argument_exception',
        'The name you provided is already being used by a model group with ID: pYNTJKIBr1K3ch4_Q1vZ.',
      ),
    ],
  },
  {
    said: /model group name must not be null/i,
    code: 'RCTL_MODEL_GROUP_FIELD',
    cause: 'The model group has no name.',
    remedy: 'Add `name` to the ModelGroup.',
    samples: [heard(BOTH, '500 null_pointer_exception', 'model group name must not be null')],
  },
  {
    said: /backend roles? (?:only )?for a model group with the restricted access mode/i,
    code: 'RCTL_BACKEND_ROLES',
    cause: 'backend_roles and add_all_backend_roles belong to a restricted group.',
    remedy: 'Set `access_mode: restricted`, or leave the roles out.',
    samples: [
      heard(
        '2.19.1',
        '400 illegal_argument_exception',
        'You can specify backend roles only for a model group with the restricted access mode.',
      ),
    ],
  },
  {
    said: /must specify one or more backend roles|must have at least one backend role/i,
    code: 'RCTL_BACKEND_ROLES',
    cause: 'A restricted group is shared with backend roles, and there is none.',
    remedy:
      'Add `backend_roles` (or `add_all_backend_roles: true`) to the ModelGroup; the user who applies needs one of them.',
    samples: [
      heard(
        '2.19.1',
        '400 illegal_argument_exception',
        'You must specify one or more backend roles or add all backend roles to register a restricted model group.',
      ),
    ],
  },
  {
    said: /don't have the backend roles? specified/i,
    code: 'RCTL_BACKEND_ROLES',
    cause:
      'A group can be shared only with backend roles that the user who applies has, and one of these is not among them.',
    remedy: 'Leave it out of `backend_roles`, or apply as a user who has it.',
    samples: [
      heard('2.19.1', '400 illegal_argument_exception', "You don't have the backend roles specified."),
    ],
  },
  {
    said: /Admin users cannot add all backend roles/i,
    code: 'RCTL_BACKEND_ROLES',
    cause: 'An admin cannot share a group with all backend roles of itself.',
    remedy: 'Name the roles in `backend_roles` instead of `add_all_backend_roles`.',
    samples: [
      heard(
        '2.19.1',
        '400 illegal_argument_exception',
        'Admin users cannot add all backend roles to a model group.',
      ),
    ],
  },
  {
    said: /Fail(?:ed)? to find model group/i,
    code: 'RCTL_MODEL_GROUP_GONE',
    cause: 'The model group does not exist (any more), or you may not see it.',
    remedy: 'Apply again: it is registered anew.',
    samples: [
      heard(
        BOTH,
        '404 status_exception',
        'Failed to find model group with the provided model group id: nope',
      ),
    ],
  },
  {
    said: /Cannot delete the model group when it has associated model versions/i,
    code: 'RCTL_MODEL_GROUP_IN_USE',
    cause: 'The model group still holds models, so the server does not delete it.',
    remedy:
      'They are none of this stack, or hidden from you: `POST /_plugins/_ml/models/_search` with a term on model_group_id lists them. Delete them, or keep the group (lifecycle.on_remove: keep).',
    samples: [
      heard(
        BOTH,
        '409 status_exception',
        'Cannot delete the model group when it has associated model versions',
      ),
    ],
  },
];
