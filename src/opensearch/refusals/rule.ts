import type { FailureClass } from '../../core/errors.ts';

/** The versions that the tests run on, of a sample that both of them say. */
export const BOTH = '2.19.1, 3.6.0';

/** Words of a server, as they came. */
export interface Sample {
  /** The versions that say it. */
  readonly versions: string;
  /** Status and class of the answer, such as `400 illegal_argument_exception`; `task`: the error of an ML task; `answer`: one
   * whose status was not written down. */
  readonly how: string;
  readonly said: string;
  /** Nobody has heard it yet: it stands in the server's code. */
  readonly unheard?: true;
}

/** What a server said: an answer, or, without a status, the error of a task or of one item of an answer. */
export interface Saying {
  readonly status?: number | undefined;
  readonly type?: string | undefined;
  readonly reason: string;
}

/** What the one who asks knows: fills `{name}` in the words of a rule. */
export type Known = Readonly<Record<string, string | undefined>>;

/**
 * One row of the catalogue: how to recognise what the server says, and what to tell instead. In `cause` and `remedy`
 * `{name}` stands for a named group of `said`, for the server's whole `{reason}`, or for what the caller knows.
 */
export interface Rule {
  /** All that are given must hold. Without a status it also fits what comes without one. */
  readonly status?: readonly number[];
  readonly type?: string;
  readonly said?: RegExp;
  readonly code: string;
  readonly cause: string | ((known: Known) => string);
  readonly remedy?: string | ((known: Known) => string);
  /** `server` where it is left out. */
  readonly failure?: FailureClass;
  readonly samples: readonly Sample[];
}

export interface Words {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly failure?: FailureClass;
}

export function heard(versions: string, how: string, said: string): Sample {
  return { versions, how, said };
}

/** Of a message that was read in the server's code, and that no test can bring about. */
export function unheard(versions: string, how: string, said: string): Sample {
  return { versions, how, said, unheard: true };
}

export function sayingOf({ how, said }: Sample): Saying {
  const [, status, type] = /^(\d+)? ?(\w+)?$/.exec(how) ?? [];
  if (status === undefined) return { reason: said };
  return { status: Number(status), type: type ?? '', reason: said };
}

function fits({ status, type, said }: Rule, saying: Saying): boolean {
  if (status !== undefined && !status.includes(saying.status ?? 0)) return false;
  if (type !== undefined && type !== saying.type) return false;
  return said === undefined || said.test(saying.reason);
}

/** The first row that fits. */
export function findRule(saying: Saying, rules: readonly Rule[]): Rule | undefined {
  return rules.find((rule) => fits(rule, saying));
}

/** The words of a rule. The server's own are added where the rule says nothing of the one case. */
export function wordsOf(rule: Rule, { reason }: Saying, known: Known = {}): Words {
  const groups = rule.said?.exec(reason)?.groups ?? {};
  const found = Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined));
  const all: Known = { ...known, reason, ...found };
  const message = filled(rule.cause, all);
  const specific =
    rule.said === undefined ||
    message.includes(reason) ||
    Object.values(found).some((v) => message.includes(v));
  return {
    code: rule.code,
    message: specific ? message : `${message} The server said: ${reason}`,
    ...(rule.remedy === undefined ? {} : { remedy: filled(rule.remedy, all) }),
    ...(rule.failure === undefined ? {} : { failure: rule.failure }),
  };
}

function filled(words: string | ((known: Known) => string), known: Known): string {
  if (typeof words !== 'string') return words(known);
  return words.replaceAll(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole);
}

/** The request that sets a setting of the cluster. */
export function setting(name: string, value: unknown): string {
  return `PUT /_cluster/settings {"persistent": {"${name}": ${JSON.stringify(value)}}}`;
}
