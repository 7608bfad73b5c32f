/**
 * The little of the DOM that the page uses, and no more: with the compiler's own library of it, the whole program
 * would take the browser's `fetch` for Node's.
 */
export interface PageElement {
  innerHTML: string;
  textContent: string | null;
  value: string;
  hidden: boolean;
  tabIndex: number;
  readonly classList: { toggle(name: string, on: boolean): void; contains(name: string): boolean };
  readonly dataset: Readonly<Record<string, string | undefined>>;
  closest(selector: string): PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement>;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, listener: (event: PageEvent) => void): void;
  focus(options?: { preventScroll: boolean }): void;
  scrollIntoView(options: { block: 'nearest' | 'start' }): void;
}

export interface PageEvent {
  readonly target: PageElement;
  readonly key?: string;
  preventDefault(): void;
}

interface Page {
  readonly document: Pick<PageElement, 'querySelectorAll' | 'querySelector'> & {
    readonly activeElement: PageElement | null;
    getElementById(id: string): PageElement | null;
  };
  readonly location: { hash: string };
  readonly history: { replaceState(state: null, title: string, url: string): void };
  addEventListener(type: 'hashchange', listener: () => void): void;
}

export const page = globalThis as unknown as Page;
