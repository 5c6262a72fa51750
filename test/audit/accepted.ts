/**
 * Advisories that do not stop a run, by their number at GitHub (`GHSA-…`), each with the reason why they
 * do no harm here and the date when it is to be looked at again.
 */
export const accepted: Readonly<Record<string, string>> = {};
