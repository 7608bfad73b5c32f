import type { QueryList } from '../payload.ts';
import { page } from './browser.ts';
import { Explorer } from './explorer.ts';

const explorers = Array.from(page.document.querySelectorAll('.explorer')).map((root) => {
  const report = Number(root.dataset.report);
  const list = page.document.getElementById(`list-${report}`)?.textContent ?? '';
  return new Explorer(root, report, JSON.parse(list) as QueryList);
});

page.addEventListener('hashchange', () => {
  for (const explorer of explorers) explorer.followFragment();
});
