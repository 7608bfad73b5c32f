import type { InputProblem } from './types.ts';

/** So many problems of one file are shown, errors before warnings. */
const SHOWN = 20;

/** So much of an offending text is shown. */
const SHOWN_CHARACTERS = 60;

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/**
 * Collects what is wrong in one file. A file may be wrong in every one of a million lines, so the words of a problem
 * are made only when it will be shown.
 */
export class Problems {
  readonly #file: string;
  readonly #found = {
    error: { shown: [] as InputProblem[], count: 0, firstHidden: 0 },
    warning: { shown: [] as InputProblem[], count: 0, firstHidden: 0 },
  };

  /** `file` is its path as the user wrote it. */
  constructor(file: string) {
    this.#file = file;
  }

  get hasErrors(): boolean {
    return this.#found.error.count > 0;
  }

  error(line: number | (() => number), finding: () => Finding): void {
    this.#add('error', line, finding);
  }

  warning(line: number | (() => number), finding: () => Finding): void {
    this.#add('warning', line, finding);
  }

  /** By line, at most 20, and how many more there are. */
  list(): InputProblem[] {
    const { error, warning } = this.#found;
    const room = SHOWN - error.shown.length;
    const warnings = warning.shown.slice(0, room);
    const hidden = error.count - error.shown.length + warning.count - warnings.length;
    const listed = [...error.shown, ...warnings].sort((a, b) => a.line - b.line);
    if (hidden === 0) return listed;
    const severity = error.count > error.shown.length ? 'error' : 'warning';
    const line =
      severity === 'error' ? error.firstHidden : (warning.shown[room]?.line ?? warning.firstHidden);
    const more: InputProblem = {
      severity,
      code: 'RCTL_INPUT_MORE',
      file: this.#file,
      line,
      message: `and ${hidden} more.`,
      remedy: 'Put these right and read the file again.',
    };
    return [...listed, more];
  }

  #add(severity: 'error' | 'warning', line: number | (() => number), finding: () => Finding): void {
    const found = this.#found[severity];
    found.count++;
    if (found.shown.length === SHOWN && found.firstHidden > 0) return;
    const place = typeof line === 'number' ? line : line();
    if (found.shown.length === SHOWN) found.firstHidden = place;
    else found.shown.push({ severity, file: this.#file, line: place, ...finding() });
  }
}

/** A text of the file as a message shows it: in backticks, on one line, and not longer than 60 characters. */
export function quoted(text: string): string {
  const characters = [...text.slice(0, 4 * SHOWN_CHARACTERS)];
  const cut = characters.length > SHOWN_CHARACTERS || text.length > 4 * SHOWN_CHARACTERS;
  const start = characters.slice(0, SHOWN_CHARACTERS).join('');
  // What moves the cursor of a terminal, or colours it, is shown by its number instead.
  const visible = start.replaceAll('\t', '\\t').replaceAll(/\p{Cc}/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `\`${visible}${cut ? '…' : ''}\``;
}

/** `1 column`, `3 columns`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
