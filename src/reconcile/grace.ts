/** A signal that is aborted some time after another one was. `cancel` takes the timer away. */
export function graceAfter(
  signal: AbortSignal,
  graceMs: number,
): { readonly signal: AbortSignal; cancel(): void } {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => over.abort(), graceMs);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    signal: over.signal,
    cancel: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', begin);
    },
  };
}
