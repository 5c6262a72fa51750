/** In its own words what a text describes is deprecated: it begins with that, or shouts it. */
export function saysDeprecated(text: string): boolean {
  return /^\W{0,5}deprecated\b/i.test(text) || /\bDEPRECATED\b/.test(text);
}
