import { list_directory, read_text_file } from './servers/filesystem';

export default async function main({ folder }: { folder: string }) {
  const { content } = await list_directory({ path: `${folder}/orders` });
  const names = content.match(/\S+\.csv/g) ?? [];
  const files = await Promise.all(
    names.map((name) => read_text_file({ path: `${folder}/orders/${name}` })),
  );
  const byMonth: Record<string, number> = {};
  let largest = { order: '', amount: 0 };
  for (const line of files.flatMap((file) => file.content.split('\n'))) {
    const [order = '', date = '', amount, status] = line.split(',');
    if (status !== 'refunded') continue;
    const month = date.slice(0, 7);
    byMonth[month] = (byMonth[month] ?? 0) + 1;
    if (Number(amount) > largest.amount) largest = { order, amount: Number(amount) };
  }
  return { byMonth, largest: largest.order };
}
