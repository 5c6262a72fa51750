import { list_directory, read_text_file } from './servers/files';

interface Options {
  /** Folder to look in, with the folders below it. */
  folder: string;
  /** Words that mark something to do. */
  words?: string[];
}

interface Todo {
  file: string;
  line: number;
  text: string;
}

/** Finds the lines marked TODO or FIXME in the text files of a folder. Use to see what is left to do. */
export default async function findTodos({
  folder,
  words = ['TODO', 'FIXME'],
}: Options): Promise<Todo[]> {
  const todos: Todo[] = [];
  const folders = [folder];
  for (let path = folders.shift(); path !== undefined; path = folders.shift()) {
    const { content } = await list_directory({ path });
    const files: string[] = [];
    for (const [, kind, name] of content.matchAll(/^\[(DIR|FILE)\] (.+)$/gm)) {
      if (kind === 'DIR') folders.push(`${path}/${name}`);
      else if (/\.(?:md|txt|ts|js)$/.test(name)) files.push(`${path}/${name}`);
    }
    const texts = await Promise.all(files.map((file) => read_text_file({ path: file })));
    texts.forEach(({ content: text }, index) => {
      text.split('\n').forEach((line, number) => {
        if (!words.some((word) => line.includes(word))) return;
        todos.push({ file: files[index], line: number + 1, text: line.trim() });
      });
    });
  }
  return todos.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}
