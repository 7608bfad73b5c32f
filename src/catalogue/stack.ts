import type { Codes } from './meaning.ts';

/** State, lock, plans, releases and removals. */
export const STACK: Codes = {
  RCTL_DRIFT:
    'Somebody or something has changed in the cluster what a stack has applied. Apply again to heal it, take the change over into the manifests, or name the field in `lifecycle.ignore_changes`.',
  RCTL_CANNOT_MOVE:
    '`state mv` takes two addresses of one kind, the first in the state and the second not. It changes the state alone; in a manifest, `moved_from` says the same for everybody.',
  RCTL_DATA_LOSS:
    'The index holds documents that this stack did not seed, and they would be gone with it. Look at them, then allow it with --allow-data-loss; or keep the index with lifecycle.on_remove: keep.',
  RCTL_FORMER_GONE:
    'A rollback wants what stood there in the release before, and it was not kept (lifecycle.keep) or was deleted. Take the change back in git and apply: it is made anew, and measured.',
  RCTL_LIMITED:
    '--target or --exclude left changes out that belong to this plan. What is done is complete in itself; run without them for the rest.',
  RCTL_LOCKED:
    'Another apply is changing this stack. It holds a lease of 15 seconds that it renews, so one that died is taken over soon. `state unlock` is for when nobody can be there any more.',
  RCTL_LOCK_LOST:
    'This run could not renew its lease (it was suspended, or cut off), and another one may have taken over. It stopped before its next write. Apply again.',
  RCTL_MAX_DELETES:
    'More deletions than --max-deletes (10) in one run look like a mistake: a wrong folder, a lost file. If it is meant, raise it for this run.',
  RCTL_NOTHING_TO_ROLL_BACK:
    'No pipeline of this stack was changed by an apply yet, or lifecycle.keep: 0 kept nothing of it.',
  RCTL_NOT_CONFIRMED:
    'apply, rollback and destroy ask before they change anything. In a CI, without a terminal, and where stdin held the manifests, nobody can answer, so it has to be said on the command line: --yes, a plan that was saved by `plan -o plan.json` and looked at, or for destroy --confirm with the name of the stack.',
  RCTL_NOT_IN_MANIFESTS:
    'The stack holds resources that no manifest given here names. Nothing happens to them without --prune. A folder may be missing on the command line.',
  RCTL_NO_SUCH_ADDRESS:
    'The state of this stack knows no such address. `state list` shows what it knows; --stack names another one.',
  RCTL_PLAN_FORMAT: 'The saved plan was written by another version of rerankctl. Plan again with this one.',
  RCTL_IGNORED_SECRET:
    'What is ignored is sent back as the cluster holds it, also by a request that changes something else; of a secret nobody knows what that is. Take the field out of lifecycle.ignore_changes.',
  RCTL_PLAN_STALE:
    'The cluster, the state or the manifests have moved since the plan was made, so it would do something else than what was shown. Plan again, look, and apply that.',
  RCTL_PREVENT_DESTROY:
    'The resource was applied with lifecycle.prevent_destroy, which outlives its manifest. To delete it, apply it once more without, and then remove it.',
  RCTL_REFUSED:
    'At least one resource cannot be made as it is declared, so nothing of the plan was begun. Each reason is told at its place.',
  RCTL_RELEASE_STOPPED:
    'A verification did not hold with what was to be released. Searches go through what they went through before, and the candidate was removed (--keep-candidate keeps it). `plan --preview` or `--canary` shows it beforehand.',
  RCTL_ROLLBACK_SECRET:
    'The state keeps no secret that could be read back, so a release that held another one cannot be restored from it. Take the change back in git instead.',
  RCTL_STATE_CONFLICT:
    'Somebody wrote the same record while this run did: every write is compare-and-swap. What was done on the server is found again; apply once more.',
  RCTL_STATE_TOO_NEW:
    'A newer rerankctl has written this state in a format that this one does not know. Use that version; a state is never written back in an older format.',
  RCTL_STATE_WRITE:
    'The lock or a record could not be written to .rerankctl-state. Usually a permission on that index, or a block on it; see the words of the server.',
  RCTL_STILL_NEEDED:
    'A resource that is to be deleted is referred to by one that stays (lifecycle.on_remove: keep). Keep both, or let both go.',
};
