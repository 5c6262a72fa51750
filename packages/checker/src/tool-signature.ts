const maxTypeChars = 500;
const maxSignatureChars = 1_500;

/** `text` without comments and line breaks. */
function onOneLine(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** The declaration of an exported type on one line, without its name. */
function typeText(wrapper: string, name: string): string | undefined {
  const interfaceStart = `\nexport interface ${name} {`;
  const aliasStart = `\nexport type ${name} =`;
  const body = between(wrapper, interfaceStart, '\n}');
  if (body !== undefined) return body.trim() === '' ? '{}' : `{ ${onOneLine(body)} }`;
  const alias = between(wrapper, aliasStart, ';\n');
  return alias === undefined ? undefined : onOneLine(alias);
}

function between(text: string, start: string, end: string): string | undefined {
  const found = text.indexOf(start);
  if (found < 0) return undefined;
  const from = found + start.length;
  if (text.startsWith(end.trim(), from)) return '';
  const to = text.indexOf(end, from);
  return to < 0 ? undefined : text.slice(from, to);
}

/**
 * How a wrapper's function is called, on one line, with the types that it names written out as far
 * as they are short; undefined where `wrapper` has no such function.
 */
export function signatureOf(wrapper: string, name: string): string | undefined {
  const line = between(wrapper, `export function ${name}(`, '> {\n return callTool(');
  if (line === undefined) return undefined;
  const typed = onOneLine(line).replaceAll(/\b[A-Z]\w*(?:Params|Result)\w*\b/gu, (type) => {
    const text = typeText(wrapper, type);
    return text === undefined || text.length > maxTypeChars ? type : text;
  });
  const text = `${name}(${typed}>`;
  return text.length <= maxSignatureChars
    ? text
    : `${text.slice(0, maxSignatureChars).toWellFormed()}…`;
}

/** Names that a module exports by themselves or from its neighbours, types left out. */
export function exportedNames(text: string): string[] {
  const names = Array.from(
    text.matchAll(/^export (?:async )?(?:function|const|class) ([\w$]+)/gmu),
    ([, name = '']) => name,
  );
  for (const [, list = ''] of text.matchAll(/^export \{([^}]*)\}/gmu)) {
    for (const entry of list.split(',')) {
      const name = entry.trim().replace(/^.* as /u, '');
      if (name !== '' && !name.startsWith('type ') && !entry.trim().startsWith('type ')) {
        names.push(name.replaceAll(/^(['"])(.*)\1$/gu, '$2'));
      }
    }
  }
  return names;
}
