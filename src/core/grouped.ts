/** `1,234,567`. Without `toLocaleString`, whose first call loads the tables of a language and takes 20 ms. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
