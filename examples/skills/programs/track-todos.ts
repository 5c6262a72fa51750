import findTodos from './skills/find-todos';
import remember from './skills/remember';

interface Options {
  /** Folder to look in. */
  folder: string;
  /** Name of the project in the memory. */
  project: string;
}

/** Finds what is left to do in a folder and remembers it for the project. Use at the end of a session. */
export default async function trackTodos({
  folder,
  project,
}: Options): Promise<{ todos: number; news: string[] }> {
  const todos = await findTodos({ folder });
  const facts = todos.map(({ file, text }) => `${file}: ${text}`);
  const { added } = await remember({ subject: project, fact: facts });
  return { todos: todos.length, news: added };
}
