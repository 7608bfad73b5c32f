import { VERSION } from '../../core/version.ts';
import { renderPage } from '../render/page/page.ts';
import type { Report } from './told.ts';

/** The page of verifications; of a command that measured nothing, a page without any. */
export function renderHtmlReport({ told, text }: Report): string {
  return renderPage(told.verifications ?? [], { text, version: VERSION });
}
