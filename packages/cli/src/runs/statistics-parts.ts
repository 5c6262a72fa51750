/** Of what "stats" shows. */
export const parts = ['runs', 'tokens', 'cache', 'tools'] as const;
export type Part = (typeof parts)[number];
