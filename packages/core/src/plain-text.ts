// ECMA-48: operating-system commands (titles, links), control sequences (colours, cursor), and the
// short escapes. Adjacent parts share no character, so matching takes linear time.
const ansi =
  /(?:\u001B\]|\u009D)[^\u0007\u001B\u009C\n]*(?:\u0007|\u001B\\|\u009C)?|(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B[ -/]*[0-~]/gu;

// What a terminal acts on and what a reader cannot see; tab and newline stay.
const invisible = /[^\P{C}\t\n]|[\u2028\u2029]/gu;

/** Text of a program, a server or a file for a terminal, a log or an agent: nothing in it acts or hides. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(ansi, '')
    .replaceAll(/\r\n?/gu, '\n')
    .replaceAll(invisible, '');
}
