export const guards: Readonly<Record<string, string>> = {};
